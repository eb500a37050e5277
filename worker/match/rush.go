package match

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A Surge is a rise of similar tickets that no incident explains.
type Surge struct {
	Kind    string   // "theme" (a tag and what goes with it), "tag", "word" or "symptom"
	Term    string   // what the tickets share
	Symptom string   // the failure that they speak of as well, "" for any
	Theme   string   // the tag that the term goes with, "" for none
	Also    []string // what else the tickets share: found later, and of the same rise
	Onset   time.Time
	Tickets []string // ids, oldest first
	Usual   float64  // how many would have been usual
	LogOdds float64  // how surprising the rise is: -ln of the chance of as many or more
	touched []string // tickets of the last two hours that share it, those of other surges too
}

// SurgeLasts is for how long after it was last found a surge is remembered:
// found again within this time, it is not told again.
const SurgeLasts = 3 * time.Hour

const surgeShare = 0.15 // of all tickets: a commoner term says nothing

// surgeKey is a term, alone (symptom 0) or with one family of symptoms (1 + its number).
type surgeKey struct {
	term    uint32
	symptom uint8
	theme   uint8 // 1: the term is a tag that stands for all that goes with it
}

// anyTerm stands for no term: a symptom alone.
const anyTerm = math.MaxUint32

// Surges returns the rises that are going on at now, the most surprising
// first; no ticket stands in two. Tickets in explained belong to an incident
// already and do not count; where they are a third of those that share a term,
// the incident explains the others too. Every minute costs one pass over the
// tickets' times and one over the terms of the last two hours' tickets.
func (c *Corpus) Surges(explained map[string]bool, now time.Time) []Surge {
	c.settle()
	m := c.newMoment(explained, now.Unix())
	var out []Surge
	taken := map[string]bool{}
	rises := m.rises(sortedKeys(m.held), taken)
	for len(rises) > 0 {
		best := slices.MaxFunc(rises, m.compare)
		s := m.surge(best)
		for _, id := range s.Tickets {
			taken[id] = true
		}
		if n := idSet(explained).count(s.touched); n < 2 || 3*n < len(s.touched) {
			out = append(out, s)
		}
		left := make([]surgeKey, 0, len(rises))
		for _, r := range rises {
			left = append(left, r.key)
		}
		rises = m.rises(left, taken)
	}
	return out
}

// compare puts what says more of the tickets last: a symptom alone holds whatever
// fails that way, so it is told of what no term holds, and a term that nobody
// could read of what no other does.
func (m *moment) compare(a, b rise) int {
	says := func(r rise) int {
		switch {
		case r.key.term == anyTerm:
			return 0
		case m.c.spelled(r.rows[0], r.key.term) == "":
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(says(a), says(b)), cmp.Compare(a.margin, b.margin))
}

// symptoms are the numbers of the families that the ticket speaks of, from 1,
// none where it speaks of many.
func (r *row) symptoms() (numbers []uint8) {
	for f := range families {
		if r.sym&(1<<f) != 0 {
			numbers = append(numbers, uint8(f+1))
		}
	}
	if len(numbers) > surgeSymptoms {
		return nil
	}
	return numbers
}

// surgeKeys are the ticket's uncommon terms, alone and with its symptoms.
func (c *Corpus) surgeKeys(r *row) []surgeKey {
	symptoms := r.symptoms()
	keys := withSymptoms(nil, surgeKey{term: anyTerm}, symptoms)
	for _, ids := range [][]uint32{r.tags, r.words} {
		for _, id := range ids {
			if c.share(id) <= surgeShare {
				keys = withSymptoms(append(keys, surgeKey{term: id}), surgeKey{term: id}, symptoms)
			}
		}
	}
	return keys
}

// withSymptoms adds the key with each of the symptoms.
func withSymptoms(keys []surgeKey, k surgeKey, symptoms []uint8) []surgeKey {
	for _, k.symptom = range symptoms {
		keys = append(keys, k)
	}
	return keys
}

func (c *Corpus) kindOf(k surgeKey) string {
	switch {
	case k.theme == 1:
		return "theme"
	case c.isTag(k.term):
		return "tag"
	}
	return "word"
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
		return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(a.symptom, b.symptom), cmp.Compare(a.theme, b.theme))
	})
	return keys
}

func (m *moment) surge(r rise) Surge {
	c := m.c
	s := Surge{Kind: "symptom", Usual: round(r.usual), LogOdds: round(r.score), Onset: time.Unix(r.rows[0].at, 0).UTC()}
	if r.key.term != anyTerm {
		s.Kind, s.Term = c.kindOf(r.key), cmp.Or(c.spelled(r.rows[0], r.key.term), c.said(r.key.term))
		if tag, ok := m.themes.of[r.key.term]; ok {
			s.Theme = c.shown[tag]
		}
	}
	if r.key.symptom > 0 {
		s.Symptom = families[r.key.symptom-1].name
	}
	for _, row := range r.rows {
		s.Tickets = append(s.Tickets, row.id)
	}
	for _, row := range m.held[r.key] {
		s.touched = append(s.touched, row.id)
	}
	return s
}

// unsaid begins the name of a word that is known by its hash only.
const unsaid = "#"

// Unsaid says that the surge's term is no word that anybody used.
func (s Surge) Unsaid() bool { return s.Kind == "word" && strings.HasPrefix(s.Term, unsaid) }

// unsaidName is a word's name in the vocabulary, from what said calls it. An
// incident that was declared of such a surge has it for a keyword.
func unsaidName(said string) (name string, ok bool) {
	raw, err := hex.DecodeString(strings.TrimPrefix(said, unsaid))
	return string(raw), err == nil && len(raw) == hashSize && strings.HasPrefix(said, unsaid)
}

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
