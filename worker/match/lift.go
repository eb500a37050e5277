package match

import "math"

// lifts says, for each term, how much more often a group of tickets uses it
// than all tickets do. First tickets are added, then it is closed.
type lifts struct {
	k []float32 // weighted tickets of the group that hold the term, by term id
	n float64   // weight of the group
	w []float32 // shrunk log-ratio by term id, once closed
}

// liftPrior is how many tickets' worth of "as usual" every term starts with.
const liftPrior = 2

func (c *Corpus) newLifts() *lifts { return &lifts{k: make([]float32, len(c.names))} }

func (l *lifts) add(r *row, weight float64) {
	l.n += weight
	for _, ids := range [][]uint32{r.tags, r.words} {
		for _, id := range ids {
			l.k[id] += float32(weight)
		}
	}
}

func (l *lifts) close(c *Corpus) {
	l.w = make([]float32, len(l.k))
	for id, k := range l.k {
		l.w[id] = float32(ratio(float64(k), l.n*c.share(uint32(id))))
	}
}

// fewTaught is how many tickets of a group are needed to believe half of what
// they have in common: the words of two or three customers, "morning" and "day",
// say little of the next one.
const fewTaught = 2

// trust is how far the group is large enough to teach, from 0 to 1.
func (l *lifts) trust(own float64) float64 {
	n := max(l.n-own, 0)
	return n / (n + fewTaught)
}

// scale multiplies each term's weight.
func (l *lifts) scale(factor func(id uint32) float64) {
	for id := range l.w {
		l.w[id] *= float32(factor(uint32(id)))
	}
}

// ratio compares what was seen with what was to be expected.
func ratio(seen, expected float64) float64 {
	return math.Log((seen + liftPrior) / (expected + liftPrior))
}

// of is the shrunk log-ratio for one term, without the given weight of the
// ticket that asks.
func (l *lifts) of(c *Corpus, id uint32, own float64) float64 {
	if own == 0 {
		return float64(l.w[id])
	}
	return ratio(max(float64(l.k[id])-own, 0), max(l.n-own, 0)*c.share(id))
}

// Terms of one message lean on one another, so only the strongest count.
const (
	termsFor     = 3
	termsAgainst = 3
)

// A termWeight is one term's share of a score.
type termWeight struct {
	id     uint32
	weight float64
}

// strongest holds a ticket's strongest terms for and against a group, the
// strongest first; unused places are zero.
type strongest struct {
	up   [termsFor]termWeight
	down [termsAgainst]termWeight
}

func (l *lifts) strongest(c *Corpus, r *row, own float64) (s strongest) {
	for _, ids := range [][]uint32{r.tags, r.words} {
		for _, id := range ids {
			switch t := (termWeight{id, l.of(c, id, own)}); {
			case t.weight > 0:
				c.insert(s.up[:], t, 1)
			case t.weight < 0:
				c.insert(s.down[:], t, -1)
			}
		}
	}
	return s
}

func (s *strongest) sum() float64 {
	sum := 0.0
	for _, t := range s.up {
		sum += t.weight
	}
	for _, t := range s.down {
		sum += t.weight
	}
	return sum
}

// insert keeps top the strongest terms in the direction of sign.
func (c *Corpus) insert(top []termWeight, t termWeight, sign float64) {
	i := len(top)
	for ; i > 0; i-- {
		up := top[i-1]
		if sign*t.weight < sign*up.weight || t.weight == up.weight && c.before(up.id, t.id) {
			break
		}
		if i < len(top) {
			top[i] = up
		}
	}
	if i < len(top) {
		top[i] = t
	}
}

// before orders equally strong terms: what people can read, then by name. Ids go
// by who came first, and the order of tickets must not count.
func (c *Corpus) before(a, b uint32) bool {
	if x, y := c.wordless(a), c.wordless(b); x != y {
		return y
	}
	return c.names[a] < c.names[b]
}
