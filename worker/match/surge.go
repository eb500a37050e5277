package match

import "math"

const (
	binSeconds = 15 * 60
	emRounds   = 12
	// kappa is how many tickets a bin needs to outweigh the expected shape.
	kappa = 5
)

// bins are quarters of an hour across the incident's window.
type bins struct {
	n     []float64 // tickets, smoothed
	shape []float64 // mean expected shape of the bin's tickets
	share []float64 // estimated part of the tickets that belong to the incident
	mean  float64   // mean shape of all candidates
	prior float64   // part of all candidates
}

func newBins(cands []candidate) bins {
	size := 1
	if len(cands) > 0 {
		size = cands[len(cands)-1].bin + 1
	}
	b := bins{n: make([]float64, size), shape: make([]float64, size), share: make([]float64, size)}
	for _, t := range cands {
		b.n[t.bin]++
		b.shape[t.bin] += t.shape
		b.mean += t.shape / float64(len(cands))
	}
	for i := range b.shape {
		b.shape[i] /= max(b.n[i], 1)
	}
	b.n = smooth(b.n)
	return b
}

// smooth spreads each bin 1-2-1 over its neighbours.
func smooth(x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		left, right := x[max(i-1, 0)], x[min(i+1, len(x)-1)]
		out[i] = (left + 2*x[i] + right) / 4
	}
	return out
}

// estimate sets the share of each bin from the tickets' present probabilities,
// shrunk towards the expected shape.
func (s *scene) estimate() {
	b := &s.bins
	found := make([]float64, len(b.n))
	total := 0.0
	for i := range s.cands {
		found[s.cands[i].bin] += s.cands[i].p
		total += s.cands[i].p
	}
	n := float64(len(s.cands))
	b.prior = clamp((total+0.5)/(n+5), 1e-4, 0.5)
	found = smooth(found)
	for i := range b.share {
		expected := b.prior * b.shape[i] / max(b.mean, 1e-9)
		b.share[i] = clamp((found[i]+kappa*expected)/(b.n[i]+kappa), 1e-5, 0.95)
	}
}

// start assumes a handful of tickets, spread as expected.
func (s *scene) begin() {
	b := &s.bins
	n := float64(max(len(s.cands), 1))
	b.prior = min(5/n, 0.05)
	for i := range b.share {
		b.share[i] = clamp(b.prior*b.shape[i]/max(b.mean, 1e-9), 1e-5, 0.5)
	}
}

// settle runs expectation and maximisation over all scenes together, so that
// incidents compete for a ticket and with "none".
func fit(scenes []*scene) {
	for _, s := range scenes {
		s.begin()
	}
	for range emRounds {
		compete(scenes)
		for _, s := range scenes {
			s.estimate()
		}
	}
	compete(scenes)
}

// compete sets every ticket's odds and its probability among all incidents.
func compete(scenes []*scene) {
	total := map[*row]float64{}
	for _, s := range scenes {
		for i := range s.cands {
			t := &s.cands[i]
			t.odds = math.Exp(min(logit(s.bins.share[t.bin])+t.weight, 15))
			total[t.row] += t.odds
		}
	}
	for _, s := range scenes {
		for i := range s.cands {
			t := &s.cands[i]
			t.p = t.odds / (1 + total[t.row])
		}
	}
}
