package match

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Query asks which tickets belong to which incidents.
type Query struct {
	Targets   []Incident // links are wanted for these
	Rivals    []Incident // these compete for the same tickets
	Decisions []Decision
	// Previous are the states of the targets' present links; they stay a while
	// when confidence falls (see Settle). What Match does not return is to be
	// dropped, unless a person decided it.
	Previous map[Pair]State
	Model    Model
	Policy   Policy
	Now      time.Time
}

// A Pair is one ticket and one incident.
type Pair struct {
	TicketID, IncidentID string
}

// Match returns the links of the query's targets, by incident and ticket.
// Pairs that a person decided are not among them. It gives the same answer to
// the same query on the same tickets, whatever their order.
func (c *Corpus) Match(q Query) []Link {
	var links []Link
	for _, s := range c.solve(q) {
		if s.target {
			links = append(links, c.links(s, q)...)
		}
	}
	return links
}

// Explain says what one ticket was scored against: a link for each incident of
// the query in whose window it lies, below the thresholds too, the most likely
// first. State is what Match would make of it, "" for nothing.
func (c *Corpus) Explain(q Query, ticketID string) []Link {
	var out []Link
	for _, s := range c.solve(q) {
		for i := range s.cands {
			if t := &s.cands[i]; t.row.id == ticketID && !t.muted {
				out = append(out, c.explained(s, t, q))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Link) int { return cmp.Compare(b.LogOdds, a.LogOdds) })
	return out
}

func (c *Corpus) explained(s *scene, t *candidate, q Query) Link {
	l := c.link(s, t, q.Model)
	if t.pinned != "" {
		l.State = t.pinned
		return l
	}
	if settled, ok := c.settleLink(s, t, l, q); ok {
		l.State = settled.State
	}
	return l
}

// solve scores all scenes twice: the second time, tickets also count that are
// like those which were found the first time.
func (c *Corpus) solve(q Query) []*scene {
	scenes := c.scenes(q)
	inParallel(scenes, c.score)
	fit(scenes)
	inParallel(scenes, func(s *scene) { s.similar = c.membersOf(s) })
	inParallel(scenes, c.score)
	fit(scenes)
	return scenes
}

// inParallel calls f for every scene. f changes nothing but its scene, so the
// order does not matter.
func inParallel(scenes []*scene, f func(*scene)) {
	var wg sync.WaitGroup
	next := make(chan *scene)
	for range min(runtime.GOMAXPROCS(0), len(scenes)) {
		wg.Go(func() {
			for s := range next {
				f(s)
			}
		})
	}
	for _, s := range scenes {
		next <- s
	}
	close(next)
	wg.Wait()
}

// scenes sets one up for each incident, in the order of their ids.
func (c *Corpus) scenes(q Query) []*scene {
	c.settle()
	var out []*scene
	seen := map[string]bool{}
	for k, list := range [][]Incident{q.Targets, q.Rivals} {
		for _, inc := range list {
			if !seen[inc.ID] {
				seen[inc.ID] = true
				out = append(out, &scene{inc: inc, target: k == 0})
			}
		}
	}
	slices.SortFunc(out, func(a, b *scene) int { return strings.Compare(a.inc.ID, b.inc.ID) })
	c.sayWords(out)
	inParallel(out, func(s *scene) { c.prepare(s, q) })
	return out
}

// Only tickets that are probably members, and that speak of the incident's own
// topic, teach what its members look like: an unrelated rush at the same hour
// would otherwise take the incident over.
const (
	memberAt   = 0.5
	topicStart = 1.5 // topic weight from which a member counts fully
)

func (c *Corpus) membersOf(s *scene) *lifts {
	l := c.newLifts()
	for i := range s.cands {
		t := &s.cands[i]
		switch {
		case t.muted:
			continue
		case t.pinned == Confirmed:
			t.own = 1
		case t.p > memberAt && t.weight > 0:
			t.own = t.p * clamp(t.parts[partTopic]/topicStart, 0, 1)
		default:
			continue
		}
		l.add(t.row, t.own)
	}
	l.close(c)
	return l
}
