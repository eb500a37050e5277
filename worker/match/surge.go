package match

import "math"

const (
	binSeconds = 15 * 60
	emRounds   = 12
	// kappa is how many tickets a bin needs to outweigh the expected shape.
	kappa = 10
)

// bins are quarters of an hour across the incident's window.
type bins struct {
	n                []float64 // tickets, smoothed
	shape            []float64 // mean expected shape of the bin's tickets
	rate             []float64 // by which more than the mean are expected
	found            []float64 // expected members, smoothed
	wideN, wideFound []float64 // the same within an hour on both sides
	total            float64   // expected members
	mean             float64   // mean shape of all candidates
}

func newBins(cands []candidate) bins {
	size := 1
	for _, t := range cands {
		size = max(size, t.bin+1)
	}
	b := bins{n: make([]float64, size), shape: make([]float64, size), found: make([]float64, size)}
	for _, t := range cands {
		b.n[t.bin]++
		b.shape[t.bin] += t.shape
		b.mean += t.shape / float64(len(cands))
	}
	for i := range b.shape {
		b.shape[i] /= max(b.n[i], 1)
	}
	b.rate = make([]float64, size)
	for i := range b.rate {
		b.rate[i] = math.Pow(b.shape[i]/max(b.mean, 1e-9), timeScale)
	}
	b.n, b.wideN = smooth(b.n), widen(b.n)
	b.wideFound = make([]float64, size)
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

const wideBins, wideKappa = 6, 40

// widen sums each bin with its neighbours within an hour.
func widen(x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		for k := max(i-wideBins, 0); k <= min(i+wideBins, len(x)-1); k++ {
			out[i] += x[k]
		}
	}
	return out
}

// estimate adds up the tickets' present probabilities by bin.
func (s *scene) estimate() {
	b := &s.bins
	found := make([]float64, len(b.n))
	b.total = 0
	for i := range s.cands {
		found[s.cands[i].bin] += s.cands[i].p
		b.total += s.cands[i].p
	}
	b.found, b.wideFound = smooth(found), widen(found)
}

// shareAt is the part of the bin's tickets that belong to the incident, as the
// other tickets tell: a ticket is no evidence for itself.
func (s *scene) shareAt(t *candidate) (share, prior float64) {
	b := &s.bins
	n, others := float64(len(s.cands)), max(b.total-t.p, 0)
	prior = clamp((others+priorMembers)/(n+priorTickets), 1e-4, 0.5)
	expected := prior * b.rate[t.bin]
	around := clamp((max(b.wideFound[t.bin]-t.p, 0)+wideKappa*expected)/(b.wideN[t.bin]-1+wideKappa), 1e-5, 0.8)
	found := max(b.found[t.bin]-t.p/2, 0)
	seen := clamp((found+kappa*around)/(b.n[t.bin]-0.5+kappa), 1e-5, 0.8)
	trust, usual := surgeTrust(others, n), logit(clamp(expected, 1e-5, 0.8))
	return sigmoid(usual + trust*(logit(seen)-usual)), prior
}

// surgeTrust is how far the tickets found tell when more are to be expected: a
// handful among many that lie together by chance are no surge. Fitted on
// labelled sets as they are, thinned and stretched.
func surgeTrust(found, candidates float64) float64 {
	chance := min(trustTickets, noisePerCand*candidates)
	return (fewTrust*chance + found) / (chance + found + 1e-9)
}

const (
	fewTrust     = 0.3
	trustTickets = 15
)

const (
	priorMembers = 3.0
	priorTickets = 5
)

// Where fewTickets are found, half of them are chance: a mixture fitted to a
// handful finds some in any noise. Measured with incidents thinned to one to
// five tickets, at fifteen hundred candidates; a hundred candidates hold no more
// than one such. From forty tickets on it hardly matters.
const (
	fewTickets   = 12
	noisePerCand = 0.01
)

// sizeWeight takes back what small incidents are overestimated by.
func (s *scene) sizeWeight(t *candidate) float64 {
	chance := min(fewTickets, noisePerCand*float64(len(s.cands)))
	others := max(s.bins.total-t.p, 0) + priorMembers
	return -math.Log1p(chance * chance / (others * others))
}

// begin assumes a handful of tickets, spread as expected.
func (s *scene) begin() {
	b := &s.bins
	b.total = min(5, 0.05*float64(len(s.cands)))
	each := b.total / max(float64(len(s.cands))*b.mean, 1e-9)
	for i := range b.found {
		b.found[i] = b.n[i] * b.shape[i] * each
		b.wideFound[i] = b.wideN[i] * b.shape[i] * each
	}
	for i := range s.cands {
		s.cands[i].p = 0
	}
}

// fit runs expectation and maximisation over all scenes together, so that
// incidents compete for a ticket and with "none".
func fit(scenes []*scene) {
	field := newField(scenes)
	for _, s := range scenes {
		s.begin()
	}
	for range emRounds {
		field.compete(scenes)
		for _, s := range scenes {
			s.estimate()
		}
	}
	field.compete(scenes)
}

// rivalry is how far another incident's odds count: they are estimates too, and
// on labelled sets they take too much when they count in full.
const rivalry = 0.7

// A field holds, for every ticket in the scenes' windows, the odds of all
// incidents together and the highest, by the ticket's place in the corpus.
type field struct {
	first       int
	total, best []float64
}

func newField(scenes []*scene) *field {
	f, last := &field{first: math.MaxInt}, 0
	for _, s := range scenes {
		if n := len(s.cands); n > 0 {
			f.first, last = min(f.first, s.cands[0].place), max(last, s.cands[n-1].place+1)
		}
	}
	n := max(last-f.first, 0)
	f.total, f.best = make([]float64, n), make([]float64, n)
	return f
}

// compete sets every ticket's odds and its probability among all incidents.
func (f *field) compete(scenes []*scene) {
	clear(f.total)
	clear(f.best)
	for _, s := range scenes {
		for i := range s.cands {
			s.cands[i].setOdds(s)
		}
		s.keepBest()
		for i := range s.cands {
			t := &s.cands[i]
			f.total[t.place-f.first] += t.odds
			f.best[t.place-f.first] = max(f.best[t.place-f.first], t.odds)
		}
	}
	for _, s := range scenes {
		for i := range s.cands {
			t := &s.cands[i]
			t.divide(f.total[t.place-f.first], f.best[t.place-f.first])
		}
	}
}

// divide splits the ticket among the incidents and "none". No incident gets more
// than its part of all odds, so that what they get is never more than one ticket.
func (t *candidate) divide(total, best float64) {
	t.second = t.odds < best
	t.rivals = 1
	if others := total - t.odds; others > 1e-9 {
		t.rivals = max(math.Pow(1+others, rivalry), others)
	}
	t.p = t.odds / (t.odds + t.rivals)
	switch {
	case t.muted || t.pinned == Rejected:
		t.p = 0
	case t.pinned == Confirmed:
		t.p = 1
	}
}

// setOdds takes a person's or a rule's word, and the evidence otherwise.
func (t *candidate) setOdds(s *scene) {
	t.share, t.prior = s.shareAt(t)
	if len(s.weights) > 0 {
		t.share = s.weighShare(t)
	}
	t.odds = t.share / (1 - t.share) * t.factor
	switch {
	case t.pinned == Rejected || t.pinned == "" && t.rule != nil && t.rule.Never:
		t.odds = 0
	case t.pinned == Confirmed || t.rule != nil:
		t.odds = math.Exp(certain)
	}
}

// weighShare is the ticket's share with the operator's factors for time and surge.
func (s *scene) weighShare(t *candidate) float64 {
	prior, when := logit(t.prior), t.timeWeight(s)
	surge := logit(t.share) - prior - when
	return clamp(sigmoid(prior+s.weights.of("time")*when+s.weights.of("surge")*surge), 1e-5, 0.99)
}
