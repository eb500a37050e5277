package firehydrant

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func delivery(milestone, more string) string {
	return fmt.Sprintf(`{"event": {"operation": "UPDATED", "resource_type": "incident"}, "data": {"incident": {"id": "4f3a", "number": 42, "name": "Payments fail at checkout",
		"description": null, "summary": "5xx", "customer_impact_summary": "Cards are refused", "current_milestone": %q,
		"milestones": [{"type": "started", "occurred_at": "2026-11-23T08:50:00Z", "duration": "PT0S"}%s], "severity": {"slug": "SEV2", "description": "", "type": "gameday"},
		"priority": {"slug": "P1"}, "impacts": [{"type": "service", "impact": {"id": "s", "name": "Payments"}}, {"type": "functionality", "impact": {"name": "Checkout"}},
		{"type": "environment", "impact": {"name": "production"}}], "tag_list": ["card"], "incident_url": "https://app.example/incident/4f3a",
		"created_at": "2026-11-23T08:58:59.000Z", "started_at": "2026-11-23T08:58:59.000Z"}}}`, milestone, more)
}

var (
	firing   = delivery("started", "")
	resolved = delivery("resolved", `, {"type": "resolved", "occurred_at": "2026-11-23T09:40:00Z"}`)
	unknown  = `{"event": {"operation": "SUNG"}, "data": {"change_event": {"id": "c1", "summary": "deploy"}}}`
)

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: Decode, Secret: "planted-secret-of-firehydrant", Signs: true,
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: sourcetest.SignHex(sha256.New, "Fh-Signature", ""),
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

func FuzzDecode(f *testing.F) { sourcetest.Fuzz(f, Decode, firing, resolved, unknown) }

func TestFields(t *testing.T) {
	u := suite.Read(t, resolved)
	if u.Severity != "sev2" || u.Summary != "Cards are refused" || !slices.Equal(u.Services, []string{"payments"}) ||
		!slices.Equal(u.Tags, []string{"card", "checkout"}) || u.StartedAt.Format(time.TimeOnly) != "08:50:00" || u.ResolvedAt.Format(time.TimeOnly) != "09:40:00" {
		t.Errorf("%+v", u)
	}
	if u := suite.Read(t, strings.Replace(firing, `{"slug": "SEV2", "description": "", "type": "gameday"}`, `"SEV1"`, 1)); u.Severity != "sev1" {
		t.Errorf("a plain severity is %q", u.Severity)
	}
}

func TestMilestones(t *testing.T) {
	for milestone, resolved := range map[string]bool{"started": false, "detected": false, "acknowledged": false, "investigating": false,
		"mitigated": false, "of_our_own": false, "resolved": true, "postmortem_started": true, "retrospective_completed": true, "closed": true} {
		if u := suite.Read(t, delivery(milestone, "")); u.Resolved != resolved || u.Detail {
			t.Errorf("%s: %+v", milestone, u)
		}
	}
}
