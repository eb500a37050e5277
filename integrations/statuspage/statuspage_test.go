package statuspage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func delivery(status, updated, resolvedAt string) string {
	return fmt.Sprintf(`{"meta": {"unsubscribe": "https://status.example/u", "generated_at": %q}, "page": {"id": "p1", "status_indicator": "major", "status_description": "Partial outage"},
		"incident": {"backfilled": false, "created_at": "2026-11-23T00:58:59.744-08:00", "impact": "major", "monitoring_at": null, "resolved_at": %s,
		"shortlink": "https://stspg.example/abc", "status": %q, "updated_at": %q, "id": "lbkhbwn21v5q", "organization_id": "o1", "name": "Payments fail at checkout",
		"components": [{"id": "c1", "name": "Checkout", "status": "major_outage"}],
		"incident_updates": [{"id": "u2", "status": %q, "body": "Payments work again.", "display_at": %q, "affected_components": [{"name": "API"}]},
		{"id": "u1", "status": "investigating", "body": "We look into failing payments."}]}}`, updated, resolvedAt, status, updated, status, updated)
}

var (
	firing   = delivery("investigating", "2026-11-23T00:59:00.000-08:00", "null")
	resolved = delivery("resolved", "2026-11-23T01:40:00.000-08:00", `"2026-11-23T01:39:59.388-08:00"`)
)

// A component's status alone.
const unknown = `{"meta": {}, "page": {"id": "p1"}, "component_update": {"created_at": "2026-11-23T09:00:00Z", "new_status": "major_outage", "old_status": "operational",
	"component_id": "c1"}, "component": {"id": "c1", "name": "Checkout", "status": "major_outage"}}`

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: Decode, Secret: "planted-secret-of-statuspage",
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: sourcetest.SendSecret, // as it comes from the URL
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

func FuzzDecode(f *testing.F) { sourcetest.Fuzz(f, Decode, firing, resolved, unknown) }

func TestFields(t *testing.T) {
	u := suite.Read(t, resolved)
	if u.Summary != "We look into failing payments." || u.Message != "Payments work again." || u.Severity != "major" ||
		!slices.Equal(u.Services, []string{"api", "checkout"}) || u.ResolvedAt.Format(time.TimeOnly) != "09:39:59" {
		t.Errorf("%+v", u)
	}
	if u := suite.Read(t, strings.Replace(firing, `"major", "monitoring`, `"none", "monitoring`, 1)); u.Severity != "" {
		t.Errorf("no impact has the severity %q", u.Severity)
	}
}

func TestStatuses(t *testing.T) {
	tests := []struct {
		status           string
		resolved, detail bool
	}{
		{"investigating", false, false}, {"identified", false, false}, {"monitoring", false, false}, {"resolved", true, false},
		{"postmortem", true, false}, {"scheduled", false, true}, {"in_progress", false, false}, {"verifying", false, false},
		{"completed", true, false}, {"pondering", false, true},
	}
	for _, tt := range tests {
		u := suite.Read(t, delivery(tt.status, "2026-11-23T09:40:00Z", "null"))
		if u.Resolved != tt.resolved || u.Detail != tt.detail || u.Resolved && u.ResolvedAt.IsZero() {
			t.Errorf("%s: %+v", tt.status, u)
		}
	}
}

func TestRecordedIncidentInAnotherTimeZone(t *testing.T) {
	var list struct{ Incidents []json.RawMessage }
	if err := json.Unmarshal(sourcetest.Recorded(t, "discord-statuspage/incidents.json"), &list); err != nil {
		t.Fatal(err)
	}
	u := suite.Read(t, `{"page": {}, "incident": `+string(list.Incidents[0])+`}`)
	started, over := time.Date(2022, 2, 15, 21, 14, 17, 737_000_000, time.UTC), time.Date(2022, 2, 15, 21, 37, 37, 388_000_000, time.UTC)
	if u.SourceKey != "n4njzfn1mqy0" || !u.Resolved || !u.StartedAt.Equal(started) || !u.ResolvedAt.Equal(over) || u.Severity != "minor" ||
		!slices.Equal(u.Services, []string{"api"}) {
		t.Errorf("%+v", u)
	}
}
