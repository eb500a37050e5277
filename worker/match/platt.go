package match

import "math"

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

func (p *Platt) add(s Scored) {
	p.Scores = append(p.Scores, s)
	p.Scores = p.Scores[max(0, len(p.Scores)-maxScores):]
}

// fit is Newton's method for logistic regression, pulled towards usualPlatt.
func (p *Platt) fit() {
	p.Slope, p.Shift = 0, 0
	if len(p.Scores) < minScores {
		return
	}
	a, b := usualPlatt.Slope, usualPlatt.Shift
	for range plattSteps {
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
		a += (hbb*ga - hab*gb) / det
		b += (haa*gb - hab*ga) / det
	}
	p.Slope, p.Shift = math.Max(a, 0.2), b
}
