package match

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A Surge is a rise of similar tickets that no incident explains.
type Surge struct {
	Kind    string // "tag" or "word"
	Term    string // what the tickets share
	Symptom string // the failure that they speak of as well, "" for any
	Onset   time.Time
	Tickets []string // ids, oldest first
	Usual   float64  // how many would have been usual
	LogOdds float64  // how surprising the rise is: log-likelihood ratio of Poisson rates
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

// Again says whether a surge found now is a known one: the same tickets, or what they share.
func (s Surge) Again(now Surge) bool {
	return s.Same(now) || s.Kind == now.Kind && s.Term == now.Term && s.Symptom == now.Symptom
}

// A rise is judged over these minutes up to now. The bars were set on labelled
// streams: fewer than one false alarm a week in 20,000 tickets a month.
var surgeWindows = []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour}

const (
	surgeTickets    = 5    // at least
	surgePerOrg     = 2    // tickets of one organization that count
	surgeShare      = 0.15 // of all tickets: a commoner term says nothing
	surgeDispersion = 1.3  // usual counts vary more than Poisson's
	surgeHistory    = 500  // tickets before a rise can be judged
)

// bar is the log-likelihood ratio that a rise of the key needs: the more keys
// of its sort there are, the more of them rise by chance.
func (c *Corpus) bar(k surgeKey) float64 {
	switch isTag := k.term == anyTerm || c.names[k.term][:1] == tagTerm; {
	case isTag && k.symptom == 0:
		return 8
	case isTag:
		return 9
	default:
		return 14.5
	}
}

// surgeKey is a term, alone (symptom 0) or with one family of symptoms (1 + its number).
type surgeKey struct {
	term    uint32
	symptom uint8
}

// anyTerm stands for no term: a symptom alone.
const anyTerm = math.MaxUint32

// Surges returns the rises that are going on at now, the most surprising
// first. Tickets in explained belong to an incident already and do not count.
func (c *Corpus) Surges(explained map[string]bool, now time.Time) []Surge {
	c.settle()
	var out []Surge
	taken := map[string]bool{}
	for {
		s, ok := c.strongestSurge(explained, taken, now)
		if !ok {
			return out
		}
		out = append(out, s)
		for _, id := range s.Tickets {
			taken[id] = true
		}
	}
}

// strongestSurge looks at all windows.
func (c *Corpus) strongestSurge(explained, taken map[string]bool, now time.Time) (best Surge, ok bool) {
	for _, w := range surgeWindows {
		lo, hi := c.from(now.Add(-w).Unix()), c.from(now.Unix()+1)
		if lo < surgeHistory {
			continue
		}
		found := c.holders(c.rows[lo:hi], explained, taken)
		volume := c.usualVolume(lo, hi, now.Add(-w).Unix(), now.Unix())
		for _, k := range sortedKeys(found) {
			usual := surgeDispersion * (c.usualCount(k, len(found[k])) + 0.5) / float64(lo+1) * volume
			n := float64(len(found[k]))
			score := n*math.Log(n/usual) - (n - usual)
			if n > usual && score >= c.bar(k) && score > best.LogOdds {
				best, ok = c.newSurge(k, found[k], usual, score), true
			}
		}
	}
	return best, ok
}

// usualVolume is how many tickets the window would hold without the surge: as
// many as it does, or half more than usual for the hour of the week if that is less.
func (c *Corpus) usualVolume(lo, hi int, from, to int64) float64 {
	volume := float64(hi - lo)
	if w, ok := usualWeek(c.rows[:lo], to, to); ok {
		volume = min(volume, 1.5*w.between(from, to)+1)
	}
	return volume
}

// holders lists the tickets that hold each key, where they are enough.
func (c *Corpus) holders(rows []*row, explained, taken map[string]bool) map[surgeKey][]*row {
	found := map[surgeKey][]*row{}
	type orgKey struct {
		org uint32
		surgeKey
	}
	perOrg := map[orgKey]int{}
	for _, r := range rows {
		if explained[r.id] || taken[r.id] {
			continue
		}
		org := c.orgOf(r)
		for _, k := range c.surgeKeys(r) {
			perOrg[orgKey{org, k}]++
			if org == 0 || perOrg[orgKey{org, k}] <= surgePerOrg {
				found[k] = append(found[k], r)
			}
		}
	}
	for k, list := range found {
		if len(list) < surgeTickets {
			delete(found, k)
		}
	}
	return found
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

func (c *Corpus) newSurge(k surgeKey, rows []*row, usual, score float64) Surge {
	s := Surge{Kind: "symptom", Usual: round(usual), LogOdds: round(score), Onset: time.Unix(rows[0].at, 0).UTC()}
	if k.term != anyTerm {
		s.Kind, s.Term = "word", c.shown[k.term]
		if c.names[k.term][:1] == tagTerm {
			s.Kind = "tag"
		}
	}
	if k.symptom > 0 {
		s.Symptom = families[k.symptom-1].name
	}
	for _, r := range rows {
		s.Tickets = append(s.Tickets, r.id)
	}
	return s
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
