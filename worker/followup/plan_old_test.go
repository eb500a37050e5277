package followup

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// An incident resolved long ago owes nothing when it is first planned; what was
// planned in time stays owed.
func TestOldIncidentsOweNothing(t *testing.T) {
	for _, c := range []struct {
		name    string
		planned time.Duration // after the resolution
		owedFor time.Duration
		state   State
	}{
		{"planned in time", 14 * day, 14 * day, Open},
		{"planned too late", 14*day + 1, 14 * day, Cancelled},
		{"without a bound", 400 * day, 0, Open},
	} {
		in := story()
		in.Policy.OwedFor = c.owedFor
		in.resolve("13:00")
		in.Now = clockTime("13:00").Add(c.planned)
		f := in.plan()[0]
		if f.State != c.state || c.state == Cancelled && !strings.Contains(f.Reason, "more than 14 d 0 h before this was planned") {
			t.Errorf("%s: %s, %s", c.name, f.State, f.Reason)
		}
		in.Now = in.Now.Add(30 * day)
		if diff := cmp.Diff(f, in.plan()[0]); diff != "" {
			t.Errorf("%s: a month later (-before +after):\n%s", c.name, diff)
		}
	}
}

// The tickets of an old incident that come to light late are not owed a word
// about something long over, but a new ticket is.
func TestANewTicketOfAnOldIncidentIsOwed(t *testing.T) {
	in := story()
	in.resolve("13:00")
	in.Now = clockTime("13:00").Add(30 * day)
	late := ticket("2", "8", "09:55")
	late.CreatedAt = in.Now.Add(-time.Hour)
	in.Tickets = append(in.Tickets, late)
	states := map[string]State{}
	for _, f := range in.plan() {
		states[f.TicketID] = f.State
	}
	if diff := cmp.Diff(map[string]State{"1": Cancelled, "2": Open}, states); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
