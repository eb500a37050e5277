package opsgenie

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

const (
	firing = `{"source": {"name": "web", "type": "API"}, "alert": {"updatedAt": 1795424340166002001, "tags": ["checkout", "card"], "teams": ["t1"],
		"message": "Payments fail at checkout", "description": "5xx above 5 %", "username": "a@example.com", "alertId": "0526-52ac", "alias": "pay",
		"tinyId": "23", "createdAt": 1795424340104, "userId": "u1", "entity": "payments", "priority": "P2", "details": {"Region": "eu-1", "runbook": "x"}},
		"action": "Create", "integrationId": "i1", "integrationName": "ticketlink"}`
	resolved = `{"source": {"name": "", "type": "web"}, "alert": {"updatedAt": 1795426800669001603, "tags": [], "message": "Payments fail at checkout",
		"username": "a@example.com", "alertId": "0526-52ac", "alias": "pay", "tinyId": "23", "createdAt": 1795424340104, "entity": ""},
		"action": "Close", "integrationId": "i1", "integrationName": "ticketlink"}`
)

var unknown = strings.Replace(resolved, "Close", "Sing", 1)

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: Decode, Secret: "planted-secret-of-opsgenie",
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: sourcetest.SendBearer,
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

// The same suite for incidents, which come in the same frame.
const (
	incidentFiring = `{"source": {"name": "", "type": "web"}, "incident": {"incidentId": "7f3a-11", "tinyId": "8", "message": "Payments fail at checkout", "description": "5xx above 5 %",
		"tags": ["checkout"], "impactedServices": ["payments"], "priority": "P1", "details": {"region": "eu-1"}, "createdAt": 1795424340104, "updatedAt": 1795424340166002001},
		"action": "Create", "integrationId": "i1"}`
	incidentResolved = `{"source": {"name": "", "type": "web"}, "incident": {"incidentId": "7f3a-11", "tinyId": "8", "message": "Payments fail at checkout",
		"createdAt": 1795424340104, "updatedAt": 1795426800669001603}, "action": "Resolve", "integrationId": "i1"}`
)

func TestConformanceOfIncidents(t *testing.T) {
	s := suite
	s.Firing, s.Resolved, s.Unknown = incidentFiring, incidentResolved, strings.Replace(incidentResolved, "Resolve", "Sing", 1)
	sourcetest.Run(t, s)
}

func TestFieldsOfAnIncident(t *testing.T) {
	u := suite.Read(t, incidentFiring)
	if u.SourceKey != "7f3a-11" || u.Severity != "p1" || !slices.Equal(u.Services, []string{"payments"}) || !slices.Equal(u.Regions, []string{"eu-1"}) || !slices.Equal(u.Tags, []string{"checkout"}) {
		t.Errorf("%+v", u)
	}
	if u := suite.Read(t, strings.Replace(incidentResolved, "Resolve", "Reopen", 1)); u.Resolved || u.Detail {
		t.Errorf("reopened: %+v", u)
	}
}

func FuzzDecode(f *testing.F) { sourcetest.Fuzz(f, Decode, firing, resolved, unknown, incidentFiring) }

func TestFieldsOfTheFirstDelivery(t *testing.T) {
	u := suite.Read(t, firing)
	if u.Severity != "p2" || !slices.Equal(u.Services, []string{"payments"}) || !slices.Equal(u.Regions, []string{"eu-1"}) ||
		!slices.Equal(u.Tags, []string{"card", "checkout"}) || u.Summary != "5xx above 5 %" {
		t.Errorf("%+v", u)
	}
	if u := suite.Read(t, strings.Replace(firing, `"P2"`, "3", 1)); u.Severity != "p3" {
		t.Errorf("severity of an old account: %q", u.Severity)
	}
}

func TestActions(t *testing.T) {
	tests := []struct {
		action           string
		resolved, detail bool
	}{
		{"Create", false, false}, {"Acknowledge", false, false}, {"UnAcknowledge", false, false}, {"Escalate", false, false},
		{"Close", true, false}, {"Delete", true, false},
		{"AddNote", false, true}, {"RemoveTags", false, true}, {"UpdatePriority", false, true}, {"close", false, true},
	}
	for _, tt := range tests {
		if u := suite.Read(t, strings.Replace(firing, "Create", tt.action, 1)); u.Resolved != tt.resolved || u.Detail != tt.detail {
			t.Errorf("%s: %+v", tt.action, u)
		}
	}
}

// Jira Service Management's alerts have people in them that Opsgenie's have not,
// a message with spaces around it, and an empty entity.
func TestJiraServiceManagement(t *testing.T) {
	delivery := func(action string, updated int64) string {
		return fmt.Sprintf(`{"source": {"name": "web", "type": "API"}, "alert": {"updatedAt": %d, "tags": ["api"], "teams": ["t1"], "recipients": ["r1", "r2"],
			"message": " Payments fail", "username": "a@example.com", "alertId": "0526-jsm", "source": "a@example.com", "alias": "pay", "tinyId": "23",
			"createdAt": 1795424340104, "userId": "u1", "entity": ""}, "action": %q, "integrationId": "i1", "integrationName": "ticketlink"}`, updated, action)
	}
	u := suite.Read(t, delivery("Create", 1795424340166002001))
	if u.SourceKey != "0526-jsm" || u.Title != "Payments fail" || u.Resolved || len(u.Services) > 0 || !slices.Equal(u.Tags, []string{"api"}) {
		t.Errorf("%+v", u)
	}
	if u := suite.Read(t, delivery("Close", 1795426800669001603)); !u.Resolved || u.SourceKey != "0526-jsm" {
		t.Errorf("%+v", u)
	}
}

func TestRecordedClose(t *testing.T) {
	u := suite.Read(t, string(sourcetest.Recorded(t, "zulip/opsgenie_close.json")))
	started := time.Date(2015, 1, 5, 10, 3, 11, 104_000_000, time.UTC)
	over := time.Date(2015, 1, 5, 10, 6, 14, 669_001_000, time.UTC)
	if u.SourceKey != "052652ac-5d1c-464a-812a-7dd18bbfba8c" || !u.Resolved || !u.StartedAt.Equal(started) || !u.ResolvedAt.Equal(over) {
		t.Errorf("%+v", u)
	}
}
