package pagerduty

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

const (
	firing = `{"event": {"id": "01EVENT1", "event_type": "incident.triggered", "resource_type": "incident", "occurred_at": "2026-11-23T08:59:00.169Z",
		"agent": null, "client": null, "data": {"id": "PINC1", "type": "incident", "html_url": "https://acme.example/incidents/PINC1", "number": 2,
		"status": "triggered", "created_at": "2026-11-23T08:58:59Z", "title": "Payments fail at checkout", "urgency": "high",
		"service": {"id": "PSVC", "summary": "Payments", "type": "service_reference"}, "priority": null, "resolve_reason": null}}}`
	unknown = `{"event": {"id": "01EVENT9", "event_type": "incident.sang", "occurred_at": "2026-11-23T09:00:00Z", "data": {"id": "S1", "type": "song"}}}`
)

var resolved = strings.NewReplacer("01EVENT1", "01EVENT2", "incident.triggered", "incident.resolved", `"triggered"`, `"resolved"`,
	"2026-11-23T08:59:00.169Z", "2026-11-23T09:40:00Z").Replace(firing)

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: Decode, Secret: "planted-secret-of-pagerduty", Signs: true,
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: sourcetest.SignHex(sha256.New, "X-Pagerduty-Signature", "v1="),
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

func FuzzDecode(f *testing.F) { sourcetest.Fuzz(f, Decode, firing, resolved, unknown) }

func TestOneOfSeveralSignaturesIsEnough(t *testing.T) {
	good := suite.Sign([]byte(firing), "s", time.Time{}).Get("X-PagerDuty-Signature")
	for given, ok := range map[string]bool{
		good: true, "v1=00," + good: true, good + ", v1=00": true, "v2=" + good[3:]: false, good[3:]: false, "v1=00": false,
	} {
		err := Verify(http.Header{"X-Pagerduty-Signature": {given}}, []byte(firing), integrations.Check{Secret: "s"})
		if (err == nil) != ok {
			t.Errorf("%s: %v", given, err)
		}
	}
}

func TestStates(t *testing.T) {
	tests := []struct {
		event, status    string
		resolved, detail bool
	}{
		{"incident.triggered", "triggered", false, false},
		{"incident.acknowledged", "acknowledged", false, false},
		{"incident.unacknowledged", "triggered", false, false},
		{"incident.reopened", "triggered", false, false},
		{"incident.resolved", "resolved", true, false},
		{"incident.priority_updated", "resolved", true, false},
		{"incident.rewritten", "paused", false, true},
	}
	for _, tt := range tests {
		u := suite.Read(t, strings.NewReplacer("incident.triggered", tt.event, `"triggered"`, `"`+tt.status+`"`).Replace(firing))
		if u.Resolved != tt.resolved || u.Detail != tt.detail || u.Event != tt.event {
			t.Errorf("%s, %s: %+v", tt.event, tt.status, u)
		}
	}
}

func TestPriorityBeatsUrgency(t *testing.T) {
	if u := suite.Read(t, firing); u.Severity != "high" {
		t.Errorf("severity %q", u.Severity)
	}
	if u := suite.Read(t, strings.Replace(firing, `"priority": null`, `"priority": {"summary": "P1"}`, 1)); u.Severity != "p1" {
		t.Errorf("severity %q", u.Severity)
	}
}

func TestRecordedSignature(t *testing.T) {
	body := sourcetest.Recorded(t, "PagerDuty-go-pagerduty/webhook_v3_priority_updated.body.json")
	var meta struct{ Secret, Header, Signature, Mismatch_Signature string }
	if err := json.Unmarshal(sourcetest.Recorded(t, "PagerDuty-go-pagerduty/webhook_v3_priority_updated.meta.json"), &meta); err != nil {
		t.Fatal(err)
	}
	body = []byte(strings.TrimSuffix(string(body), "\n"))
	for signature, ok := range map[string]bool{meta.Signature: true, meta.Mismatch_Signature: false} {
		err := Verify(http.Header{http.CanonicalHeaderKey(meta.Header): {signature}}, body, integrations.Check{Secret: meta.Secret})
		if (err == nil) != ok {
			t.Errorf("%s: %v", signature, err)
		}
	}
	// A recording of 2021 has no created_at, and a number where a text is now.
	u := suite.Read(t, string(body))
	if u.SourceKey != "PGR0VU2" || u.Severity != "p1" || !u.StartedAt.IsZero() || u.At.IsZero() || !slices.Equal(u.Services, []string{"api service"}) {
		t.Errorf("%+v", u)
	}
}

func TestPublishedEventsAndData(t *testing.T) {
	var events []json.RawMessage
	if err := json.Unmarshal(sourcetest.Recorded(t, "PagerDuty-developer-docs/webhook_v3_events.json"), &events); err != nil {
		t.Fatal(err)
	}
	if u := suite.Read(t, string(events[0])); u.SourceKey != "PGR0VU2" || u.Detail || u.StartedAt.Format(time.DateOnly) != "2020-04-09" {
		t.Errorf("an incident: %+v", u)
	}
	if u := suite.Read(t, string(events[1])); u.SourceKey != "" {
		t.Errorf("a service: %+v", u)
	}
	var data []json.RawMessage
	if err := json.Unmarshal(sourcetest.Recorded(t, "PagerDuty-developer-docs/webhook_v3_data_objects.json"), &data); err != nil {
		t.Fatal(err)
	}
	for i, object := range data[1:] {
		u := suite.Read(t, `{"event": {"event_type": "incident.x", "data": `+string(object)+`}}`)
		if u.SourceKey != "" && !u.Detail {
			t.Errorf("object %d opens or resolves: %+v", i+1, u)
		}
		if i == 1 && !slices.Equal(u.Regions, []string{"us"}) {
			t.Errorf("custom fields: %+v", u)
		}
	}
}
