package match

import (
	"fmt"
	"testing"
	"time"
)

// Small and young installations: little or no history, nothing outside the
// incident's window to calibrate against. What shares the incident's tag in its
// time is linked; what has nothing to do with it is not, however much the bin
// rises above usual.
func TestSmallWorlds(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	began := now.Add(-30 * time.Minute)
	topics := []string{"invoice address", "change my plan", "export to spreadsheet", "dark mode wish", "reset a password", "team seats"}
	tests := []struct {
		name      string
		ordinary  int           // ordinary tickets before
		apart     time.Duration // one each
		members   int
		unrelated int // among the members, in the same half hour
	}{
		{"no history at all", 0, 0, 5, 0},
		{"no history, others meanwhile", 0, 0, 8, 4},
		{"a morning of history", 20, 11 * time.Minute, 12, 1},
		{"a day of history", 150, 11 * time.Minute, 12, 2},
		{"three weeks of history", 600, 50 * time.Minute, 12, 3},
		{"a sparse incident", 600, 50 * time.Minute, 2, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := NewCorpus(DefaultPolicy())
			for i := range test.ordinary {
				topic := topics[i%len(topics)]
				c.Put(Ticket{ID: fmt.Sprintf("ordinary-%03d", i), CreatedAt: began.Add(-time.Duration(i+1) * test.apart),
					Subject: "Question about " + topic, Body: "Hello, how does " + topic + " work for us?", Tags: []string{"how_to", foldTag(topic)}})
			}
			for i := range test.members {
				c.Put(Ticket{ID: fmt.Sprintf("member-%03d", i), CreatedAt: began.Add(time.Duration(i+1) * time.Minute),
					Subject: "Payment declined at checkout", Body: "Every payment fails with an error at checkout since this morning.", Tags: []string{"payments", "checkout"}})
			}
			for i := range test.unrelated {
				other := Ticket{ID: fmt.Sprintf("unrelated-%03d", i), CreatedAt: began.Add(time.Duration(i-3) * time.Minute),
					Subject: "How do I add a seat?", Body: "We have a new colleague.", Tags: []string{"how_to"}}
				if i%2 == 1 {
					other.Subject, other.Body = "Question about "+topics[i], "Hello, how does "+topics[i]+" work for us?"
				}
				c.Put(other)
			}
			links := c.Match(Query{Policy: DefaultPolicy(), Now: now, Targets: []Incident{{ID: "INC-1", Title: "Payments fail at checkout",
				Services: []string{"payments"}, Tags: []string{"payments"}, StartedAt: began, DetectedAt: began, DeclaredAt: now.Add(-10 * time.Minute)}}})
			state := map[string]State{}
			for _, l := range links {
				state[l.TicketID] = l.State
			}
			for i := range test.members {
				if id := fmt.Sprintf("member-%03d", i); state[id] != Auto {
					t.Errorf("%s is %q, want auto", id, state[id])
				}
			}
			for id, s := range state {
				if id[:6] != "member" && s == Auto {
					t.Errorf("%s is linked without asking and has nothing to do with it", id)
				}
			}
		})
	}
}

// Where everything around is the incident's, what speaks against a ticket still
// counts: ordinary tickets speak against it even more, which is no merit.
func TestAgainstIsNeverNeutral(t *testing.T) {
	s := &scene{bag: &bag{}, null: null{make([]float64, minNull)}, cands: []candidate{{row: &row{}, raw: -1}, {row: &row{}, raw: 1}}}
	for i := range s.null[0] {
		s.null[0][i] = -3
	}
	s.calibrate()
	if against, speaksFor := s.cands[0].weight, s.cands[1].weight; against > -1 || speaksFor <= 0 {
		t.Errorf("evidence of -1 counts %.2f, of 1 %.2f", against, speaksFor)
	}
}
