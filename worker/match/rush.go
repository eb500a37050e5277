package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A Surge is a rise of similar tickets that no incident explains.
type Surge struct {
	Kind    string // "tag", "word" or "symptom"
	Term    string // what the tickets share
	Symptom string // the failure that they speak of as well, "" for any
	Onset   time.Time
	Tickets []string // ids, oldest first
	Usual   float64  // how many would have been usual
	LogOdds float64  // how surprising the rise is: -ln of the chance of as many or more
}

// Same says whether two surges are one that was found twice: they share half
// the tickets of the smaller. Only the first is worth a message.
func (s Surge) Same(o Surge) bool {
	ids := map[string]bool{}
	for _, id := range s.Tickets {
		ids[id] = true
	}
	both := 0
	for _, id := range o.Tickets {
		if ids[id] {
			both++
		}
	}
	return both > 0 && 2*both >= min(len(s.Tickets), len(o.Tickets))
}

// SurgeLasts is for how long after it was last found a surge is remembered:
// found again within this time, it is not told again.
const SurgeLasts = 3 * time.Hour

// Again says whether a surge found now is a known one: the same tickets, or the
// same term whatever the symptom.
func (s Surge) Again(now Surge) bool {
	return s.Same(now) || s.Kind == now.Kind && s.Term == now.Term && (s.Term != "" || s.Symptom == now.Symptom)
}

// Grown is a known surge with what was found of it now: all its tickets so far,
// the new ones last.
func (s Surge) Grown(now Surge) Surge {
	held := map[string]bool{}
	s.Tickets = slices.Clone(s.Tickets)
	for _, id := range s.Tickets {
		held[id] = true
	}
	for _, id := range now.Tickets {
		if !held[id] {
			s.Tickets = append(s.Tickets, id)
		}
	}
	s.Usual, s.LogOdds = max(s.Usual, now.Usual), max(s.LogOdds, now.LogOdds)
	return s
}

const surgeShare = 0.15 // of all tickets: a commoner term says nothing

// surgeKey is a term, alone (symptom 0) or with one family of symptoms (1 + its number).
type surgeKey struct {
	term    uint32
	symptom uint8
}

// anyTerm stands for no term: a symptom alone.
const anyTerm = math.MaxUint32

// Surges returns the rises that are going on at now, the most surprising
// first; no ticket stands in two. Tickets in explained belong to an incident
// already and do not count. Every minute costs one pass over the tickets' times
// and one over the terms of the last two hours' tickets.
func (c *Corpus) Surges(explained map[string]bool, now time.Time) []Surge {
	c.settle()
	m := c.newMoment(explained, now.Unix())
	var out []Surge
	taken := map[string]bool{}
	rises := m.rises(sortedKeys(m.held), taken)
	for len(rises) > 0 {
		best := slices.MaxFunc(rises, func(a, b rise) int { return cmp.Compare(a.margin, b.margin) })
		s := c.newSurge(best)
		for _, id := range s.Tickets {
			taken[id] = true
		}
		out = append(out, s)
		left := make([]surgeKey, 0, len(rises))
		for _, r := range rises {
			left = append(left, r.key)
		}
		rises = m.rises(left, taken)
	}
	return out
}

// surgeKeys are the ticket's uncommon terms, alone and with its symptoms.
func (c *Corpus) surgeKeys(r *row) []surgeKey {
	var keys []surgeKey
	for f := range families {
		if r.sym&(1<<f) != 0 {
			keys = append(keys, surgeKey{anyTerm, uint8(f + 1)})
		}
	}
	for _, ids := range [][]uint32{r.tags, r.words} {
		for _, id := range ids {
			if c.share(id) > surgeShare {
				continue
			}
			keys = append(keys, surgeKey{id, 0})
			for f := range families {
				if r.sym&(1<<f) != 0 {
					keys = append(keys, surgeKey{id, uint8(f + 1)})
				}
			}
		}
	}
	return keys
}

// usualCount is how many tickets outside the window hold the key.
func (c *Corpus) usualCount(k surgeKey, inWindow int) float64 {
	n := 0
	switch {
	case k.symptom == 0:
		n = int(c.df[k.term])
	case k.term == anyTerm:
		n = c.symCount[k.symptom-1]
	default:
		n = int(c.symDF[k])
	}
	return float64(max(n-inWindow, 0))
}

func sortedKeys(m map[surgeKey][]*row) []surgeKey {
	keys := make([]surgeKey, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b surgeKey) int {
		return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(a.symptom, b.symptom))
	})
	return keys
}

func (c *Corpus) newSurge(r rise) Surge {
	s := Surge{Kind: "symptom", Usual: round(r.usual), LogOdds: round(r.score), Onset: time.Unix(r.rows[0].at, 0).UTC()}
	if r.key.term != anyTerm {
		s.Kind, s.Term = "word", c.said(r.key.term)
		if c.isTag(r.key) {
			s.Kind = "tag"
		}
	}
	if r.key.symptom > 0 {
		s.Symptom = families[r.key.symptom-1].name
	}
	for _, row := range r.rows {
		s.Tickets = append(s.Tickets, row.id)
	}
	return s
}

// unsaid begins the name of a word that is known by its hash only.
const unsaid = "#"

// Unsaid says that the surge's term is no word that anybody used.
func (s Surge) Unsaid() bool { return s.Kind == "word" && strings.HasPrefix(s.Term, unsaid) }

// said names a term for people.
func (c *Corpus) said(id uint32) string {
	if c.shown[id] == "" {
		return fmt.Sprintf("%s%x", unsaid, c.names[id][1:])
	}
	return c.shown[id]
}

// orgOf returns the term of the customer's organization, 0 for unknown.
func (c *Corpus) orgOf(r *row) uint32 {
	for _, id := range r.marks {
		if c.names[id][:1] == orgTerm {
			return id
		}
	}
	return 0
}
