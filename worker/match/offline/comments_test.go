package offline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/worker/match"
)

const reported = "payment declined at checkout"

// What a customer wrote later counts in a replay from then on; what agents
// write does not.
func TestReplayTakesComments(t *testing.T) {
	tests := []struct {
		comment string
		linked  bool
	}{
		{`{"body":"` + reported + `"}`, true},
		{`{"body":"` + reported + `","author_id":7,"public":true}`, true},
		{`{"body":"` + reported + `","author_id":8,"public":true}`, false},
		{`{"body":"` + reported + `","author_id":7,"public":false}`, false},
		{`{"body":"thank you"}`, false},
	}
	_, events, _ := small(func(i int) string { return fmt.Sprint(i) })
	old := `{"kind":"ticket_created","ticket_id":9001,"at":"2026-11-20T00:00:00Z","ticket":{"id":9001,"requester_id":7,"subject":"a question","description":"hello","tags":[],"created_at":"2026-11-20T00:00:00Z"}}` + "\n"
	for _, test := range tests {
		later := `{"kind":"ticket_commented","ticket_id":9001,"at":"2026-11-21T09:35:00Z","comment":` + test.comment + "}\n"
		head, tail, _ := strings.Cut(events, `{"kind":"incident_declared"`)
		linked := false
		for _, l := range run(t, MatchOptions{Events: write(t, "events", old+head+later+`{"kind":"incident_declared"`+tail)}) {
			linked = linked || l.TicketID.Text == "9001" && l.State == match.Auto
		}
		if linked != test.linked {
			t.Errorf("%s: linked %v", test.comment, linked)
		}
	}
}

// A ticket's own comments count where the export has them.
func TestTicketsWithComments(t *testing.T) {
	tickets, _, incidents := small(func(i int) string { return fmt.Sprint(i) })
	for said, want := range map[string]bool{reported: true, "thank you": false} {
		old := `{"id":9001,"requester_id":7,"subject":"a question","description":"hello","tags":[],"created_at":"2026-11-20T00:00:00Z",
			"comments":[{"author_id":7,"body":"` + said + `","created_at":"2026-11-21T09:35:00Z"}]}`
		linked := false
		for _, l := range run(t, MatchOptions{Tickets: write(t, "tickets", strings.ReplaceAll(old, "\n", "")+"\n"+tickets), Incidents: write(t, "incidents", incidents)}) {
			linked = linked || l.TicketID.Text == "9001" && l.State == match.Auto
		}
		if linked != want {
			t.Errorf("%q: linked %v", said, linked)
		}
	}
}
