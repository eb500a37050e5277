package match

import (
	"math"
	"slices"
)

// Platt corrects the final log-odds: slope x + shift (Platt 1999). Until
// enough people have decided it is usualPlatt.
type Platt struct {
	Slope  float64  `json:"slope"` // 0: not yet learned
	Shift  float64  `json:"shift"`
	Scores []Scored `json:"scores"` // the last decisions, oldest first
}

// Scored is what the engine had said, and what a person then decided.
type Scored struct {
	LogOdds   float64 `json:"log_odds"`
	Confirmed bool    `json:"confirmed"`
}

// usualPlatt was fitted on labelled sets: middling probabilities are a little
// too high before it.
var usualPlatt = Platt{Slope: 1.1, Shift: -0.15}

const (
	maxScores  = 1000
	plattRidge = 20 // decisions' worth of belief in usualPlatt
	plattSteps = 20
)

func (p Platt) apply(x float64) float64 {
	if p.Slope == 0 {
		p = usualPlatt
	}
	return p.Slope*x + p.Shift
}

// add takes a score in, or out: then the one that is most like it, for the link
// may have been scored again since.
func (p *Platt) add(s Scored, withdrawn bool) {
	if withdrawn {
		p.drop(s)
		return
	}
	p.Scores = append(p.Scores, s)
	p.Scores = p.Scores[max(0, len(p.Scores)-maxScores):]
}

func (p *Platt) drop(s Scored) {
	best := -1
	for i, o := range p.Scores {
		if o.Confirmed == s.Confirmed && (best < 0 || math.Abs(o.LogOdds-s.LogOdds) <= math.Abs(p.Scores[best].LogOdds-s.LogOdds)) {
			best = i
		}
	}
	if best >= 0 {
		p.Scores = slices.Delete(p.Scores, best, best+1)
	}
}

// fit is Newton's method for logistic regression, pulled towards usualPlatt. A
// step that would make the fit worse is halved: where people reject what the
// engine was sure of, whole steps go back and forth for ever.
func (p *Platt) fit() {
	p.Slope, p.Shift = 0, 0
	if len(p.Scores) < minScores {
		return
	}
	a, b := usualPlatt.Slope, usualPlatt.Shift
	for range plattSteps {
		da, db := p.step(a, b)
		for now := p.misfit(a, b); p.misfit(a+da, b+db) > now && math.Abs(da)+math.Abs(db) > 1e-9; {
			da, db = da/2, db/2
		}
		a, b = a+da, b+db
	}
	p.Slope, p.Shift = math.Max(a, 0.2), b
}

// step is Newton's from a slope and a shift.
func (p *Platt) step(a, b float64) (da, db float64) {
	ga, gb := plattRidge*(usualPlatt.Slope-a), plattRidge*(usualPlatt.Shift-b)/4
	haa, hab, hbb := float64(plattRidge), 0.0, plattRidge/4.0
	for _, s := range p.Scores {
		q := sigmoid(a*s.LogOdds + b)
		d, h := -q, q*(1-q)
		if s.Confirmed {
			d = 1 - q
		}
		ga, gb = ga+d*s.LogOdds, gb+d
		haa, hab, hbb = haa+h*s.LogOdds*s.LogOdds, hab+h*s.LogOdds, hbb+h
	}
	det := haa*hbb - hab*hab
	return (hbb*ga - hab*gb) / det, (haa*gb - hab*ga) / det
}

// misfit is what fit makes small.
func (p *Platt) misfit(a, b float64) float64 {
	sum := plattRidge * (math.Pow(a-usualPlatt.Slope, 2) + math.Pow(b-usualPlatt.Shift, 2)/4) / 2
	for _, s := range p.Scores {
		x := a*s.LogOdds + b
		if s.Confirmed {
			x = -x
		}
		sum += math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	}
	return sum
}
