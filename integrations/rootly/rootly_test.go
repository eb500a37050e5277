package rootly

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func delivery(event, at, status, resolvedAt string) string {
	return fmt.Sprintf(`{"event": {"id": "ev-%s", "type": %q, "issued_at": %q}, "data": {"id": "ac7f-1", "sequential_id": 7, "title": "Payments fail at checkout", "slug": "payments-fail",
		"summary": "Cards are refused", "status": %q, "url": "https://rootly.example/incidents/7", "severity": {"id": "s", "name": "SEV1", "slug": "sev1"},
		"services": [{"id": "v", "name": "Payments"}], "functionalities": [], "started_at": "2026-11-23T00:58:59.546-08:00", "mitigated_at": null,
		"resolved_at": %s, "resolution_message": "Rolled back", "created_at": "2026-11-23T00:58:59.546-08:00"}}`, event, event, at, status, resolvedAt)
}

var (
	firing   = delivery("incident.created", "2026-11-23T00:59:00.546-08:00", "started", "null")
	resolved = delivery("incident.resolved", "2026-11-23T01:40:01.546-08:00", "resolved", `"2026-11-23T01:40:00.546-08:00"`)
	unknown  = `{"event": {"id": "ev-9", "type": "pulse.sang", "issued_at": "2026-11-23T01:00:00.546-08:00"}, "data": {"id": "p1"}}`
)

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: Decode, Secret: "planted-secret-of-rootly", Signs: true, Stamped: true,
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: func(body []byte, secret string, now time.Time) http.Header {
		at := strconv.FormatInt(now.Unix(), 10)
		return http.Header{"X-Rootly-Signature": {"t=" + at + ",v1=" + hex.EncodeToString(integrations.HMAC([]byte(secret), []byte(at), body))}}
	},
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

func FuzzDecode(f *testing.F) { sourcetest.Fuzz(f, Decode, firing, resolved, unknown) }

func TestStates(t *testing.T) {
	tests := []struct {
		event, status    string
		resolved, detail bool
	}{
		{"incident.created", "started", false, false},
		{"incident.created", "in_triage", false, true},
		{"incident.updated", "mitigated", false, false},
		{"incident.updated", "resolved", true, false},
		{"incident.mitigated", "mitigated", false, false},
		{"incident.resolved", "resolved", true, false},
		{"incident.cancelled", "cancelled", true, false},
		{"incident.deleted", "started", true, false},
		{"incident.scheduled.created", "scheduled", false, true},
		{"incident.scheduled.in_progress", "in_progress", false, false},
		{"incident.scheduled.completed", "completed", true, false},
		{"incident.sang", "singing", false, true},
	}
	for _, tt := range tests {
		u := suite.Read(t, delivery(tt.event, "2026-11-23T09:40:00Z", tt.status, "null"))
		if u.Resolved != tt.resolved || u.Detail != tt.detail {
			t.Errorf("%s, %s: %+v", tt.event, tt.status, u)
		}
	}
}

func TestNamesInEveryForm(t *testing.T) {
	for form, want := range map[string]string{
		`"SEV2"`: "sev2", `{"name": "SEV2"}`: "sev2", `{"slug": "sev2"}`: "sev2", `null`: "", `[]`: "",
		`{"data": {"id": "x", "attributes": {"name": "SEV2", "slug": "sev2"}}}`: "sev2",
	} {
		body := strings.Replace(firing, `{"id": "s", "name": "SEV1", "slug": "sev1"}`, form, 1)
		body = strings.Replace(body, `[{"id": "v", "name": "Payments"}]`, `{"data": [{"attributes": {"name": "Cards"}}]}`, 1)
		if u := suite.Read(t, body); u.Severity != want || !slices.Equal(u.Services, []string{"cards"}) {
			t.Errorf("%s: %+v", form, u)
		}
	}
}
