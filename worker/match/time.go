package match

import (
	"math"
	"time"
)

// usualWindows around an incident hold its candidates. On real pairs (iPACK,
// Azure 2020 to 2022) 95 % of the tickets came within 11 to 14 hours of the
// alert, and 4 to 21 % before it.
var usualWindows = Windows{Before: 12 * time.Hour, After: 36 * time.Hour}

const (
	// longestWindow bounds the work for an incident that nobody closes, or that
	// was given an impossible date.
	longestWindow = 120 * 24 * time.Hour
	onsetSlack    = 20 * time.Minute // detection and clocks are late by this much
)

// start is when the incident began, as far as anyone has said.
func (i Incident) start() time.Time {
	var first time.Time
	for _, t := range []time.Time{i.StartedAt, i.DetectedAt, i.DeclaredAt} {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if len(i.Phases) > 0 && (first.IsZero() || i.Phases[0].Start.Before(first)) {
		first = i.Phases[0].Start
	}
	return first
}

// phases returns the active stretches; the last ends at now while open.
func (i Incident) phases(now time.Time) []Phase {
	phases := []Phase{{Start: i.start(), End: i.ResolvedAt}}
	if len(i.Phases) > 0 {
		phases = append([]Phase(nil), i.Phases...)
		phases[0].Start = i.start()
	}
	for k := range phases {
		if phases[k].End.IsZero() || phases[k].End.After(now) {
			phases[k].End = now
		}
	}
	return phases
}

// of returns the times between which a ticket may belong to the incident.
func (w Windows) of(i Incident, now time.Time) (from, to time.Time) {
	phases := i.phases(now)
	to = phases[len(phases)-1].End.Add(w.After)
	if to.After(now) {
		to = now
	}
	from = i.start().Add(-w.Before)
	if earliest := to.Add(-longestWindow); from.Before(earliest) {
		from = earliest
	}
	return from, to
}

// timeScale is how much a moment says beyond its profile, fitted on labelled
// sets as they are and thinned: where few tickets are to be found, those of the
// incident's own hours are the ones.
const timeScale = 1.2

// A profile says how many tickets to expect at a moment, 1 while active.
type profile struct {
	phases []Phase
	lag    lagTail
}

// lagTail is how customers come late: a quick and a slow part, in hours.
type lagTail struct{ quick, slow, slowShare float64 }

var usualLag = lagTail{quick: 1.6, slow: 12, slowShare: 0.08}

// at returns the expected intensity at the moment: the best that any phase gives.
func (p profile) at(unix int64) float64 {
	best := 0.0
	for _, ph := range p.phases {
		best = max(best, p.phase(ph, unix))
	}
	return best
}

func (p profile) phase(ph Phase, unix int64) float64 {
	early := time.Duration(ph.Start.Unix()-unix) * time.Second
	late := time.Duration(unix-ph.End.Unix()) * time.Second
	switch {
	case early > 0:
		return 0.12*math.Exp(-early.Hours()/1.2) + 0.01
	case late <= onsetSlack:
		return 1
	default:
		h := (late - onsetSlack).Hours()
		return (1-p.lag.slowShare)*math.Exp(-h/p.lag.quick) + p.lag.slowShare*math.Exp(-h/p.lag.slow)
	}
}

// Overlap says whether a ticket could belong to both incidents.
func (w Windows) Overlap(i, o Incident, now time.Time) bool {
	from, to := w.of(i, now)
	oFrom, oTo := w.of(o, now)
	return !from.After(oTo) && !oFrom.After(to)
}
