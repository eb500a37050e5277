package match

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Query asks which tickets belong to which incidents.
type Query struct {
	Targets   []Incident // links are wanted for these
	Rivals    []Incident // these compete for the same tickets
	Decisions []Decision
	// Previous are the states of the targets' present links; they stay a while
	// when confidence falls (see Settle). What Match does not return is to be dropped.
	Previous map[Pair]State
	Model    Model
	Policy   Policy
	Now      time.Time
}

// A Pair is one ticket and one incident.
type Pair struct {
	TicketID, IncidentID string
}

// Match returns the links of the query's targets, by incident and ticket. It
// gives the same answer to the same query on the same tickets, whatever their order.
func (c *Corpus) Match(q Query) []Link {
	var links []Link
	for _, s := range c.solve(q) {
		if s.target {
			links = append(links, c.links(s, q)...)
		}
	}
	return links
}

// solve scores all scenes twice: the second time, tickets also count that are
// like those which were found the first time.
func (c *Corpus) solve(q Query) []*scene {
	scenes := c.scenes(q)
	for _, s := range scenes {
		c.score(s)
	}
	fit(scenes)
	for _, s := range scenes {
		s.similar = c.membersOf(s)
	}
	for _, s := range scenes {
		c.score(s)
	}
	fit(scenes)
	return scenes
}

func (c *Corpus) scenes(q Query) []*scene {
	c.settle()
	var out []*scene
	seen := map[string]bool{}
	for k, list := range [][]Incident{q.Targets, q.Rivals} {
		for _, inc := range list {
			if !seen[inc.ID] {
				seen[inc.ID] = true
				s := c.newScene(inc, q.Now)
				s.target = k == 0
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b *scene) int { return strings.Compare(a.inc.ID, b.inc.ID) })
	return out
}

func (c *Corpus) membersOf(s *scene) *lifts {
	l := c.newLifts()
	for i := range s.cands {
		if t := &s.cands[i]; t.p > 0.5 && t.weight > 0 {
			t.own = t.p * clamp(t.parts[partTopic]/1.5, 0, 1)
			l.add(t.row, t.own)
		}
	}
	return l
}

func (c *Corpus) links(s *scene, q Query) []Link {
	var out []Link
	for i := range s.cands {
		t := &s.cands[i]
		previous := q.Previous[Pair{t.row.id, s.inc.ID}]
		if t.p < keepSuggested*q.Policy.Suggest && previous == "" {
			continue
		}
		if l, ok := Settle(previous, c.link(s, t), q.Policy); ok {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b Link) int {
		return cmp.Or(strings.Compare(a.IncidentID, b.IncidentID), strings.Compare(a.TicketID, b.TicketID))
	})
	return out
}

func (c *Corpus) link(s *scene, t *candidate) Link {
	l := Link{TicketID: t.row.id, IncidentID: s.inc.ID, Engine: Engine, Evidence: c.explain(s, t)}
	for _, e := range l.Evidence {
		l.LogOdds += e.Weight
	}
	l.Confidence = sigmoid(l.LogOdds)
	return l
}

// Explain says what one ticket was scored against: a link for each incident of
// the query in whose window it lies, below the thresholds too, the most likely
// first. State is what Match would make of it, "" for nothing.
func (c *Corpus) Explain(q Query, ticketID string) []Link {
	var out []Link
	for _, s := range c.solve(q) {
		for i := range s.cands {
			if t := &s.cands[i]; t.row.id == ticketID {
				l := c.link(s, t)
				settled, _ := Settle(q.Previous[Pair{ticketID, s.inc.ID}], l, q.Policy)
				l.State = settled.State
				out = append(out, l)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Link) int { return cmp.Compare(b.LogOdds, a.LogOdds) })
	return out
}
