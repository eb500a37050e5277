package offline

import (
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// Scored again every quarter of an hour of their lives, links do not come and go:
// none is linked without asking twice, and hardly any suggestion wavers.
func TestLinksDoNotFlap(t *testing.T) {
	states, linked, wavering := lived(t, "late_declared", 15*time.Minute), 0, 0
	for pair, s := range states {
		begun := 0
		for _, state := range s {
			if state == match.Auto {
				begun++
			}
		}
		if begun > 1 {
			t.Errorf("ticket %s and incident %s were linked %d times: %v", pair.TicketID, pair.IncidentID, begun, s)
		}
		linked += min(begun, 1)
		if len(s) > 3 {
			wavering++
		}
	}
	if linked < 100 || wavering > len(states)/100 {
		t.Errorf("of %d links %d were made without asking and %d changed more than twice", len(states), linked, wavering)
	}
}

// lived returns each link's states, in their order, "" where it was dropped.
func lived(t *testing.T, set string, every time.Duration) map[match.Pair][]match.State {
	t.Helper()
	file := func(name string) string { return filepath.Join(evalDir(t, set), name+".jsonl.gz") }
	policy := match.DefaultPolicy()
	m := &matcher{opts: MatchOptions{Incidents: file("incidents"), Tickets: file("tickets"), Events: file("events"), Organizations: file("orgs"), Policy: policy},
		corpus: match.NewCorpus(policy), tickets: map[string]ID{}, linkedAt: map[match.Pair]time.Time{}, bar: &bar{w: io.Discard}}
	r := &replayer{matcher: m, texts: map[string]match.Ticket{},
		known: map[string]match.Incident{}, links: map[string][]match.Link{}, watch: watch{corpus: m.corpus}}
	var err error
	if m.records, _, err = loadIncidents(m.opts.Incidents); err != nil {
		t.Fatal(err)
	}
	if err := r.load(); err != nil {
		t.Fatal(err)
	}
	states, scored := map[match.Pair][]match.State{}, time.Time{}
	err = eachLine(m.opts.Events, func(e eventRecord) error {
		if e.At.Sub(scored) >= every {
			scored = e.At.Time
			for _, inc := range r.everyKnown() {
				if inc.ResolvedAt.IsZero() || e.At.Sub(inc.ResolvedAt) < policy.Windows.After {
					r.rematch(inc.ID, e.At.Time)
				}
				note(states, inc.ID, r.links[inc.ID])
			}
		}
		return r.apply(e)
	})
	if err != nil {
		t.Fatal(err)
	}
	return states
}

// note adds the incident's links as they are now, where they changed.
func note(states map[match.Pair][]match.State, incident string, links []match.Link) {
	now := map[match.Pair]match.State{}
	for _, l := range links {
		pair := match.Pair{TicketID: l.TicketID, IncidentID: incident}
		now[pair] = l.State
		if states[pair] == nil {
			states[pair] = []match.State{l.State}
		}
	}
	for pair, s := range states {
		if pair.IncidentID == incident && s[len(s)-1] != now[pair] {
			states[pair] = append(s, now[pair])
		}
	}
}
