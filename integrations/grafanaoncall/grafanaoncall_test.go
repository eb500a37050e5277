package grafanaoncall

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func delivery(event, at, state, resolvedAt string) string {
	return fmt.Sprintf(`{"event": {"type": %q, "time": %q}, "user": {"username": "ada"}, "alert_group": {"id": "I6HN", "integration_id": "C1", "alerts_count": 1,
		"state": %q, "created_at": "2026-11-23T08:58:59.231148Z", "resolved_at": %s, "acknowledged_at": null, "title": "Payments fail at checkout",
		"permalinks": {"slack": null, "web": "https://grafana.example/a/alert-groups/I6HN"}, "labels": {"service": "payments"}}, "alert_group_id": "I6HN",
		"alert_payload": {"labels": {"region": "eu-1", "severity": "critical", "alertname": "PaymentErrors"}, "annotations": {"description": "5xx above 5 %%"}},
		"integration": {"name": "Main"}, "webhook": {"name": "ticketlink"}}`, event, at, state, resolvedAt)
}

var (
	firing   = delivery("alert group created", "2026-11-23T08:59:00.714058+00:00", "firing", "null")
	resolved = delivery("resolve", "2026-11-23T09:40:00.714058+00:00", "resolved", `"2026-11-23T09:40:00.700000Z"`)
	unknown  = delivery("sing", "2026-11-23T09:00:00+00:00", "singing", "null")
)

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: Decode, Secret: "planted-secret-of-oncall",
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: sourcetest.SendBearer,
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

func FuzzDecode(f *testing.F) { sourcetest.Fuzz(f, Decode, firing, resolved, unknown) }

func TestLabelsOfGroupAndAlert(t *testing.T) {
	u := suite.Read(t, firing)
	if u.Severity != "critical" || !slices.Equal(u.Services, []string{"payments"}) || !slices.Equal(u.Regions, []string{"eu-1"}) || u.Summary != "5xx above 5 %" {
		t.Errorf("%+v", u)
	}
}

func TestStates(t *testing.T) {
	for state, resolved := range map[string]bool{"firing": false, "acknowledged": false, "silenced": false, "resolved": true} {
		if u := suite.Read(t, delivery("x", "2026-11-23T09:40:00Z", state, "null")); u.Resolved != resolved || u.Detail {
			t.Errorf("%s: %+v", state, u)
		}
	}
}

func TestRecordedResolve(t *testing.T) {
	u := suite.Read(t, string(sourcetest.Recorded(t, "grafana-oncall/outgoing_webhook_resolve.json")))
	over := time.Date(2023, 4, 19, 21, 59, 21, 714_058_000, time.UTC)
	if u.SourceKey != "I6HNZGUFG4K11" || !u.Resolved || !u.ResolvedAt.Equal(over) || !u.At.Equal(over) || u.StartedAt.IsZero() ||
		!slices.Equal(u.Regions, []string{"eu-1"}) {
		t.Errorf("%+v", u)
	}
}
