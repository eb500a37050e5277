package match

import "math"

// lifts says, for each term, how much more often a group of tickets uses it
// than all tickets do.
type lifts struct {
	k []float32 // weighted tickets of the group that hold the term, by term id
	n float64   // weight of the group
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

// of is the shrunk log-ratio for one term, without the given weight of the
// ticket that asks.
func (l *lifts) of(c *Corpus, id uint32, own float64) float64 {
	k := max(float64(l.k[id])-own, 0)
	return math.Log((k + liftPrior) / (max(l.n-own, 0)*c.share(id) + liftPrior))
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
			t := termWeight{id, l.of(c, id, own)}
			insert(s.up[:], t, 1)
			insert(s.down[:], t, -1)
		}
	}
	return s
}

func (s strongest) sum() float64 {
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
func insert(top []termWeight, t termWeight, sign float64) {
	i := len(top) - 1
	if sign*t.weight <= max(sign*top[i].weight, 0) {
		return
	}
	for ; i > 0 && sign*top[i-1].weight < sign*t.weight; i-- {
		top[i] = top[i-1]
	}
	top[i] = t
}
