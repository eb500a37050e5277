package worker

import (
	"testing"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
)

// A confidence that wobbles around any threshold changes a link at most once.
func TestStatesDoNotFlap(t *testing.T) {
	policy, low := match.DefaultPolicy(), match.DefaultPolicy()
	low.AutoLink = 0.6
	tests := []struct {
		name    string
		policy  match.Policy
		around  float64
		begun   string
		decided string
	}{
		{"linking", policy, policy.AutoLink, "suggested", "auto"},
		{"unlinking", policy, 0.6, "auto", "suggested"},
		{"linking from 0.6", low, 0.6, "suggested", "auto"},
		{"unlinking below 0.4", low, 0.4, "auto", "suggested"},
		{"suggesting", policy, policy.Suggest, "dropped", "suggested"},
		{"dropping", policy, 0.6 * policy.Suggest, "suggested", "dropped"},
	}
	for _, test := range tests {
		state, had := test.begun, 1
		for i := range 20 {
			link := match.Link{TicketID: "1", IncidentID: "2", Confidence: test.around + []float64{0.03, -0.03}[i%2]}
			previous := previousOf(2, []schema.LinksOfRow{{Ticket: 1, State: state}})
			now := "dropped"
			if l, ok := match.Settle(previous[match.Pair{TicketID: "1", IncidentID: "2"}], link, test.policy); ok {
				now = string(l.State)
			}
			if now != state {
				state, had = now, had+1
			}
		}
		if had != 2 || state != test.decided {
			t.Errorf("%s: %d states, the last %s, want one change, to %s", test.name, had, state, test.decided)
		}
	}
}
