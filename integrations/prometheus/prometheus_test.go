// Package prometheus holds configuration only; its tests run it through promtool.
package prometheus

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/ticketlink/ticketlink/integrations/prometheus/promtest"
)

func TestConfigurationAndRules(t *testing.T) {
	promtest.Promtool(t, ".", "check", "config", "prometheus.yml")
	promtest.Promtool(t, ".", "test", "rules", "rules_test.yml")
}

type rule struct {
	Record, Alert, Expr string
	Annotations         map[string]string
}

func rules(t *testing.T) (all []rule) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []rule } }
	b, err := os.ReadFile("rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

func TestRulesReadMetricsThatExist(t *testing.T) {
	known := promtest.Metrics(t, "../../worker")
	for _, r := range rules(t) {
		promtest.KnownMetrics(t, r.Expr, known)
		known[r.Record] = true
	}
}

// Whoever is woken finds what to do.
func TestEveryAlertHasItsRunbook(t *testing.T) {
	guide, err := os.ReadFile("../../worker/OPERATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules(t) {
		if r.Alert == "" {
			continue
		}
		if !strings.Contains(string(guide), "\n### "+r.Alert+"\n") {
			t.Errorf("OPERATIONS.md has no section %s", r.Alert)
		}
		if url := r.Annotations["runbook_url"]; !strings.HasSuffix(url, "/worker/OPERATIONS.md#"+strings.ToLower(r.Alert)) {
			t.Errorf("%s: runbook_url leads to %q", r.Alert, url)
		}
	}
}
