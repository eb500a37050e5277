// Package prometheus holds configuration only; its tests run it through promtool.
package prometheus

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/ticketlink/ticketlink/integrations/prometheus/promtest"
)

func TestConfigurationAndRules(t *testing.T) {
	promtest.Promtool(t, ".", "check", "config", "prometheus.yml")
	promtest.Promtool(t, ".", "test", "rules", "rules_test.yml")
}

func TestRulesReadMetricsThatExist(t *testing.T) {
	var file struct {
		Groups []struct {
			Rules []struct{ Record, Alert, Expr string }
		}
	}
	b, err := os.ReadFile("rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	known := promtest.Metrics(t, "../../worker")
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			promtest.KnownMetrics(t, r.Expr, known)
			known[r.Record] = true
		}
	}
}
