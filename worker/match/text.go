package match

import "math"

// BM25 (Robertson and Zaragoza 2009): how much a word's first occurrence counts
// in a message of usual length, and how much longer messages are discounted.
const (
	bm25K1 = 1.2
	bm25B  = 0.5
)

func idf(share float64) float64 { return math.Log(1 + (1-share)/share) }

// textWeight is BM25 of a ticket's words against an incident's, which are
// weighed by term id; halved, since words that go together are not independent.
func textWeight(words []float32, r *row, meanWords float64) float64 {
	sum := 0.0
	for _, id := range r.words {
		sum += float64(words[id])
	}
	norm := (bm25K1 + 1) / (1 + bm25K1*(1-bm25B+bm25B*float64(len(r.words))/meanWords))
	return min(0.5*sum*norm, 6)
}
