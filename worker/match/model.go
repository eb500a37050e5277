package match

import (
	"maps"
	"math"
	"time"
)

// A Model is what people's decisions have taught. The zero value knows
// nothing and changes nothing. It is plain data: store it as JSON, show it,
// forget a part of it with Reset.
type Model struct {
	Version   int       `json:"version"` // one more after every Learn
	UpdatedAt time.Time `json:"updated_at"`
	Decisions int       `json:"decisions"`
	// Base counts all decisions; Pairs those for each pair of traits, by the
	// incident's ("service:ledger") and then the ticket's ("tag:payouts").
	Base  Counts                       `json:"base"`
	Pairs map[string]map[string]Counts `json:"associations"`
	Tag   TagHits                      `json:"tag"`
	Lag   Lag                          `json:"lag"`
	Platt Platt                        `json:"platt"`
}

// A Lesson is one decision with what was known when it was taken.
type Lesson struct {
	Decision
	Ticket   Ticket
	Incident Incident
	// LogOdds is what Link said before the last calibration (Link.Uncalibrated);
	// NaN if the engine had not proposed the pair.
	LogOdds float64
	// Withdrawn says that the decision was taken back: what it taught is forgotten.
	Withdrawn bool
}

// times is how often the lesson counts.
func (l Lesson) times() float64 {
	if l.Withdrawn {
		return -1
	}
	return 1
}

// TagHits counts confirmed tickets that carried one of their incident's tags,
// and those that did not.
type TagHits struct {
	With    float64 `json:"with"`
	Without float64 `json:"without"`
}

// The evidence that each part needs before it acts.
const (
	minTagHits = 20
	minLags    = 30
	minScores  = 50
)

// Learn returns the model after the lessons, in their order. m is not changed.
func (m Model) Learn(lessons ...Lesson) Model {
	m.Pairs = clonePairs(m.Pairs)
	m.Platt.Scores = append([]Scored(nil), m.Platt.Scores...)
	for _, l := range lessons {
		m.Decisions = max(m.Decisions+int(l.times()), 0)
		if l.At.After(m.UpdatedAt) {
			m.UpdatedAt = l.At
		}
		m.associate(l)
		if l.Confirmed {
			m.Tag.add(l)
			m.Lag.add(l)
		}
		if !math.IsNaN(l.LogOdds) && !math.IsInf(l.LogOdds, 0) {
			m.Platt.add(Scored{l.LogOdds, l.Confirmed}, l.Withdrawn)
		}
	}
	m.Platt.fit()
	m.Version++
	return m
}

// Reset returns the model without one part: "associations", "tag", "lag",
// "platt" or "all". An unknown part changes nothing.
func (m Model) Reset(part string) Model {
	switch part {
	case "associations":
		m.Base, m.Pairs = Counts{}, nil
	case "tag":
		m.Tag = TagHits{}
	case "lag":
		m.Lag = Lag{}
	case "platt":
		m.Platt = Platt{}
	case "all":
		m = Model{Version: m.Version, UpdatedAt: m.UpdatedAt}
	default:
		return m
	}
	m.Version++
	return m
}

func clonePairs(p map[string]map[string]Counts) map[string]map[string]Counts {
	out := make(map[string]map[string]Counts, len(p))
	for k, v := range p {
		out[k] = maps.Clone(v)
	}
	return out
}

func (h *TagHits) add(l Lesson) {
	ours := map[string]bool{}
	for _, t := range incidentTraits(l.Incident) {
		ours[t] = true
	}
	for _, t := range l.Ticket.Tags {
		if ours["service:"+foldTag(t)] || ours["tag:"+foldTag(t)] {
			h.With = max(h.With+l.times(), 0)
			return
		}
	}
	h.Without = max(h.Without+l.times(), 0)
}

// scale is how much more an incident's own tags say here than usual: m over
// its usual 0.6, with a Beta(3,2) prior; 1 until enough is known.
func (h TagHits) scale() float64 {
	if h.With+h.Without < minTagHits {
		return 1
	}
	return (h.With + 3) / (h.With + h.Without + 5) / 0.6
}

// Lag sums up how late confirmed tickets came after their incident's end.
type Lag struct {
	Quick float64 `json:"quick"` // tickets within lateLag
	Hours float64 `json:"hours"` // sum of their lags
	Slow  float64 `json:"slow"`  // later ones
}

const lateLag = 6 // hours

func (g *Lag) add(l Lesson) {
	phases := l.Incident.phases(l.At)
	h := l.Ticket.CreatedAt.Sub(phases[len(phases)-1].End).Hours()
	switch {
	case h <= 0:
	case h <= lateLag:
		g.Quick = max(g.Quick+l.times(), 0)
		g.Hours = max(g.Hours+l.times()*h, 0)
	default:
		g.Slow = max(g.Slow+l.times(), 0)
	}
}

// tail blends what was seen with the usual lag, which counts for minLags tickets.
func (g Lag) tail() lagTail {
	if g.Quick+g.Slow < minLags {
		return usualLag
	}
	t := usualLag
	t.quick = clamp((g.Hours+minLags*usualLag.quick)/(g.Quick+minLags), 0.3, 4)
	slow := (g.Slow + minLags*0.05) / (g.Quick + g.Slow + minLags)
	t.slowShare = clamp(slow/math.Exp(-lateLag/usualLag.slow), 0.02, 0.5)
	return t
}
