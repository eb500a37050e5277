package match

import (
	"math"
	"slices"
	"sort"
)

// A null holds the raw evidence of tickets that cannot belong to the incident,
// sorted, apart for tickets in the incident's language and in another one.
type null [2][]float64

// minNull is how many ordinary tickets a stratum needs to stand for itself.
const minNull = 200

func (s *scene) stratum(r *row) int {
	if r.lang < 0 || s.bag.lang < 0 || r.lang == s.bag.lang {
		return 0
	}
	return 1
}

// calibrate turns raw evidence into "as much as only 0.4 % of ordinary tickets
// show", which no ubiquitous tag, wordy customer or foreign language distorts.
func (s *scene) calibrate() {
	all := slices.Concat(s.null[0], s.null[1])
	for k := range s.null {
		if len(s.null[k]) < minNull {
			s.null[k] = all
		}
		slices.Sort(s.null[k])
	}
	for i := range s.cands {
		t := &s.cands[i]
		t.tail = tail(s.null[s.stratum(t.row)], t.raw)
		t.weight = math.Log(tailFactor(t.tail))
		if t.raw < 0 { // what speaks against the incident never becomes neutral
			t.weight = min(t.weight, t.raw)
		}
		t.factor = math.Exp(t.weight)
	}
}

// assumed is how many ordinary tickets every stratum starts with. Where nothing
// is known of what is usual, raw evidence is taken for what it claims to be: a
// log-likelihood ratio of x or more befalls an ordinary ticket at most e^-x of
// the time.
const assumed = 20

// tail is the share of ordinary tickets at or above x, ties counted half.
func tail(sorted []float64, x float64) float64 {
	below := sort.SearchFloat64s(sorted, x)
	upto := sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })
	n := float64(len(sorted))
	above := n - float64(below+upto)/2 + 0.5*n/(n+assumed)
	return (above + assumed*math.Exp(-max(x, 0))) / (n + assumed)
}

// tailFloor is where a more extreme tail says no more.
const tailFloor = 0.00025

// tailFactor turns a tail share, which is a p-value, into odds. Ordinary
// tickets are uniform in p by construction. Members are, on labelled sets, close
// to uniform in log p, with few above a half: density (1-p)/(p+floor). A few
// members look like any ticket. (That a decreasing density of p is a valid
// weight: Vovk and Wang 2021.)
func tailFactor(p float64) float64 {
	norm := (1+tailFloor)*math.Log((1+tailFloor)/tailFloor) - 1
	return 0.02 + 0.98*(1-p)/(p+tailFloor)/norm
}
