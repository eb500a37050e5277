package offline

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/worker/match"
)

// Changes say how links differ from those of an earlier run.
type Changes struct {
	Same      int // pairs in the same state
	Incidents []IncidentChanges
	Pairs     []Change // in another state, the largest first
}

// IncidentChanges are those of one incident.
type IncidentChanges struct {
	ID                 string
	Linked, NotLinked  int // linked now; linked before and not now
	Suggested, Dropped int // suggested now and unknown before; suggested before and unknown now
}

// A Change is one pair in another state. A state is "" where there was no link.
type Change struct {
	match.Pair
	Before, After linkRecord
}

func compare(before, after []linkRecord) *Changes {
	was, is := byPair(before), byPair(after)
	all := maps.Clone(was)
	maps.Copy(all, is)
	c, byIncident := &Changes{}, map[string]*IncidentChanges{}
	for pair := range all {
		b, a := was[pair], is[pair]
		if a.State == b.State {
			c.Same++
			continue
		}
		c.Pairs = append(c.Pairs, Change{pair, b, a})
		i := byIncident[pair.IncidentID]
		if i == nil {
			i = &IncidentChanges{ID: pair.IncidentID}
			byIncident[i.ID] = i
		}
		i.count(b.State, a.State)
	}
	for _, id := range slices.Sorted(maps.Keys(byIncident)) {
		c.Incidents = append(c.Incidents, *byIncident[id])
	}
	slices.SortFunc(c.Pairs, func(x, y Change) int {
		return cmp.Or(cmp.Compare(y.size(), x.size()), strings.Compare(x.IncidentID, y.IncidentID), strings.Compare(x.TicketID, y.TicketID))
	})
	return c
}

func byPair(links []linkRecord) map[match.Pair]linkRecord {
	out := make(map[match.Pair]linkRecord, len(links))
	for _, l := range links {
		out[l.pair()] = l
	}
	return out
}

func (i *IncidentChanges) count(before, after match.State) {
	switch {
	case after == match.Auto:
		i.Linked++
	case before == match.Auto:
		i.NotLinked++
	case after == match.Suggested:
		i.Suggested++
	default:
		i.Dropped++
	}
}

func (c Change) size() float64 { return math.Abs(c.After.Confidence - c.Before.Confidence) }

// kinds are those of whose evidence the weight changed, the most changed first.
// What was not proposed has no evidence to compare.
func (c Change) kinds() (out []kindChange) {
	if c.Before.State == "" || c.After.State == "" {
		return nil
	}
	sums := map[string]*kindChange{}
	at := func(kind string) *kindChange {
		if sums[kind] == nil {
			sums[kind] = &kindChange{kind: kind}
		}
		return sums[kind]
	}
	for _, e := range c.Before.Evidence {
		at(e.Kind).before += e.Weight
	}
	for _, e := range c.After.Evidence {
		at(e.Kind).after += e.Weight
	}
	for _, k := range sums {
		if math.Abs(k.after-k.before) >= slight {
			out = append(out, *k)
		}
	}
	slices.SortFunc(out, func(x, y kindChange) int {
		return cmp.Or(cmp.Compare(math.Abs(y.after-y.before), math.Abs(x.after-x.before)), strings.Compare(x.kind, y.kind))
	})
	return out
}

type kindChange struct {
	kind          string
	before, after float64
}

// standing words what became of a pair.
func (l linkRecord) standing() string {
	if l.State == "" {
		return "nothing"
	}
	return fmt.Sprintf("%s at %.2f", l.State, l.Confidence)
}
