package match

import (
	"math"
	"slices"
)

// Learned says what a Model does at present, part by part, for people to read.
// A part acts once it has the decisions that it needs.
type Learned struct {
	Confirmed float64   // part of the decisions; older ones count less
	Pairs     []Learnt  // associations that act, strongest first
	Known     int       // associations, those without enough decisions too
	Tags      LearntSum // an incident's own tags: so many times their usual weight
	Lag       LearntSum // of those who write after the end: mean hours
	UsualLag  float64
	Late      float64   // part of them after more than LateHours
	Scores    LearntSum // slope of the calibration
	Shift     float64
	LateHours int
	NeedsPair int // decisions of an association
}

// Learnt is one association: how often tickets with the one trait were confirmed
// in incidents with the other, and what that weighs in natural log-odds.
type Learnt struct {
	Ticket, Incident    string
	Confirmed, Rejected float64
	Weight              float64
}

// LearntSum is a figure with the decisions behind it.
type LearntSum struct {
	Has   float64
	Needs int
	Value float64
}

// Acts says whether the evidence suffices.
func (s LearntSum) Acts() bool { return s.Has >= float64(s.Needs) }

// Learned puts the model in words' reach.
func (m Model) Learned() Learned {
	out := Learned{LateHours: lateLag, NeedsPair: minPair, UsualLag: usualLag.quick, Shift: m.Platt.Shift,
		Tags:   LearntSum{m.Tag.With + m.Tag.Without, minTagHits, m.Tag.scale()},
		Lag:    LearntSum{m.Lag.Quick + m.Lag.Slow, minLags, m.Lag.tail().quick},
		Scores: LearntSum{float64(len(m.Platt.Scores)), minScores, m.Platt.Slope},
	}
	if n := m.Base.total(); n > 0 {
		out.Confirmed = m.Base.Confirmed / n
	}
	if out.Lag.Has > 0 {
		out.Late = m.Lag.Slow / out.Lag.Has
	}
	var found []association
	for i, pairs := range m.Pairs {
		out.Known += len(pairs)
		for t, n := range pairs {
			if w := n.weight(m.Base.rate()); math.Abs(w) > 0 {
				found = append(found, association{t, i, n, w})
			}
		}
	}
	slices.SortFunc(found, func(a, b association) int {
		if stronger(a, b) {
			return -1
		}
		return 1
	})
	for _, a := range found {
		out.Pairs = append(out.Pairs, Learnt{spoken(a.ticket), spoken(a.incident), a.counts.Confirmed, a.counts.Rejected, a.weight})
	}
	return out
}
