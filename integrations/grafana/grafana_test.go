// Package grafana holds provisioning and dashboards only; its tests read them.
package grafana

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/integrations/prometheus/promtest"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

type dashboard struct {
	UID, Title string
	Panels     []panel
	Templating struct{ List []struct{ Name, Type string } }
}

type panel struct {
	ID          int
	Type, Title string
	GridPos     box
	Datasource  struct{ Type, UID string }
	Targets     []struct{ RefID, Expr, RawSQL string }
}

type box struct{ X, Y, W, H int }

func (a box) overlaps(b box) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	files, err := filepath.Glob("dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("dashboards: %v, %v", files, err)
	}
	all := map[string]dashboard{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[file] = d
	}
	return all
}

func TestDashboardsAreFoundByNames(t *testing.T) {
	uids := map[string]bool{}
	for file, d := range dashboards(t) {
		if want := "ticketlink-" + strings.TrimSuffix(filepath.Base(file), ".json"); d.UID != want {
			t.Errorf("%s: uid %q, want %q", file, d.UID, want)
		}
		if d.Title == "" || uids[d.Title] {
			t.Errorf("%s: title %q is empty or taken", file, d.Title)
		}
		uids[d.Title] = true
	}
}

func TestPanelsStandApartOnTheGrid(t *testing.T) {
	for file, d := range dashboards(t) {
		ids := map[int]bool{}
		for i, p := range d.Panels {
			if p.ID == 0 || ids[p.ID] {
				t.Errorf("%s: panel %q has id %d, zero or taken", file, p.Title, p.ID)
			}
			ids[p.ID] = true
			if g := p.GridPos; g.X < 0 || g.W <= 0 || g.H <= 0 || g.X+g.W > 24 {
				t.Errorf("%s: panel %q lies outside the 24 columns: %+v", file, p.Title, g)
			}
			for _, other := range d.Panels[:i] {
				if p.GridPos.overlaps(other.GridPos) {
					t.Errorf("%s: panels %q and %q overlap", file, p.Title, other.Title)
				}
			}
		}
	}
}

// variables stands for what Grafana puts in place of its variables.
var variables = strings.NewReplacer("$__rate_interval", "1m", "$incident", "INC-1", "${incident:sqlstring}", "'INC-1'")

func TestQueriesToPrometheus(t *testing.T) {
	known := promtest.Metrics(t, "../../worker")
	known["helpdesk:ticketlink_tickets_ingested:rate15m"] = true
	known["helpdesk:ticketlink_tickets_ingested:busy7d"] = true
	var exprs []string
	for file, d := range dashboards(t) {
		for _, p := range d.Panels {
			if p.Datasource.Type != "prometheus" {
				continue
			}
			for _, q := range p.Targets {
				if q.Expr == "" || p.Datasource.UID != "ticketlink-prometheus" {
					t.Errorf("%s: panel %q, query %s: %q of %s", file, p.Title, q.RefID, q.Expr, p.Datasource.UID)
				}
				promtest.KnownMetrics(t, q.Expr, known)
				exprs = append(exprs, variables.Replace(q.Expr))
			}
		}
	}
	promtest.Parse(t, exprs)
}

func TestQueriesToTheDatabase(t *testing.T) {
	db := schematest.New(t)
	for file, d := range dashboards(t) {
		for _, p := range d.Panels {
			if p.Datasource.Type != "postgres" {
				continue
			}
			for _, q := range p.Targets {
				if _, err := db.Exec(t.Context(), variables.Replace(q.RawSQL)); err != nil {
					t.Errorf("%s: panel %q: %v", file, p.Title, err)
				}
				if p.Datasource.UID != "ticketlink-postgres" {
					t.Errorf("%s: panel %q reads from %q", file, p.Title, p.Datasource.UID)
				}
			}
		}
	}
}

func TestDataSourcesAreProvisioned(t *testing.T) {
	b, err := os.ReadFile("provisioning/datasources/ticketlink.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, uid := range []string{"ticketlink-prometheus", "ticketlink-postgres"} {
		if !strings.Contains(string(b), fmt.Sprintf("uid: %s\n", uid)) {
			t.Errorf("no data source has uid %s", uid)
		}
	}
}
