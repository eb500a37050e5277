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

// score adds up the ticket's strongest terms for and against the group. Terms
// of one message lean on one another, so only a few count, and not fully.
func (l *lifts) score(c *Corpus, r *row, own float64) float64 {
	var up [5]float64
	var down [3]float64
	for _, ids := range [][]uint32{r.tags, r.words} {
		for _, id := range ids {
			switch w := l.of(c, id, own); {
			case w > up[len(up)-1]:
				up[len(up)-1] = w
				for i := len(up) - 1; i > 0 && up[i] > up[i-1]; i-- {
					up[i], up[i-1] = up[i-1], up[i]
				}
			case w < down[len(down)-1]:
				down[len(down)-1] = w
				for i := len(down) - 1; i > 0 && down[i] < down[i-1]; i-- {
					down[i], down[i-1] = down[i-1], down[i]
				}
			}
		}
	}
	sum := 0.0
	for _, w := range up {
		sum += w
	}
	for _, w := range down {
		sum += w
	}
	return clamp(0.4*sum, -3, 4)
}
