package match

// tagWeight is the best shared tag plus a little for each further one. Pieces
// of tags count where the whole did not.
func (b *bag) tagWeight(r *row) float64 {
	best, rest := 0.0, 0.0
	for _, id := range r.tags {
		best, rest = keepBest(best, rest, b.tags[id])
	}
	if best == 0 {
		for _, id := range r.parts {
			best, rest = keepBest(best, rest, 0.7*b.parts[id])
		}
	}
	return best + 0.3*rest
}

func keepBest(best, rest, w float64) (float64, float64) {
	if w > best {
		return w, rest + best
	}
	return best, rest + w
}
