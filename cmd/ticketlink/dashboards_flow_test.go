package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A board is what is asked of the database by one dashboard.
type board struct {
	Panels []struct {
		Title   string
		Targets []struct{ RawSQL string }
	}
	Annotations struct {
		List []struct {
			Name   string
			Target struct{ RawSQL string }
		}
	}
}

// queries are a dashboard's questions to the database, by what shows the answer.
func (b board) queries() map[string]string {
	all := map[string]string{}
	for _, p := range b.Panels {
		for _, q := range p.Targets {
			all[p.Title] = q.RawSQL
		}
	}
	for _, a := range b.Annotations.List {
		all[a.Name] = a.Target.RawSQL
	}
	return all
}

// Each panel and annotation that reads the database has something to show of a
// real incident: while it is open, or when it is over.
func TestDashboardsShowWhatIsInTheDatabase(t *testing.T) {
	files, err := filepath.Glob("../../integrations/grafana/dashboards/*.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("dashboards: %v, %v; want 4", files, err)
	}
	s, _ := payments(t)
	s.Alert("firing", "PaymentErrors", "payments", "f2", s.clock())
	fresh := s.PaymentTickets(3)
	s.FastForward(2 * time.Minute)
	s.API("PUT", "/incidents/INC-2/tickets/support/"+fresh[0], map[string]string{"state": "confirmed"}, 200, nil)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		s.must(err)
		var b board
		s.must(json.Unmarshal(raw, &b))
		for title, sql := range b.queries() {
			if sql == "" {
				continue
			}
			var rows int
			shown := 0
			for _, key := range []string{"INC-1", "INC-2"} {
				err := s.worker.Database.QueryRow(t.Context(), "select count(*) from ("+strings.ReplaceAll(sql, "${incident:sqlstring}", "'"+key+"'")+") q").Scan(&rows)
				s.must(err)
				shown += rows
			}
			if shown == 0 {
				t.Errorf("%s: %s shows nothing", filepath.Base(file), title)
			}
		}
	}
}
