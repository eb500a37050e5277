package match

import (
	"maps"
	"time"
)

// A Model is what people's decisions have taught. The zero value knows
// nothing and changes nothing. It is plain data: store it as JSON, show it,
// reset a part of it by clearing that part.
type Model struct {
	Version   int               `json:"version"` // raised by every Learn
	UpdatedAt time.Time         `json:"updated_at"`
	Decisions int               `json:"decisions"`
	Pairs     map[string]Counts `json:"associations"` // "tag:payouts | service:ledger"
	Base      Counts            `json:"base"`         // all decisions, decayed like the pairs
	Lag       Lag               `json:"lag"`
	Scores    []ScoredDecision  `json:"scores"` // the last ones, oldest first
	Platt     Platt             `json:"platt"`
}

// Counts are confirmed and rejected links, older ones counting less.
type Counts struct {
	Confirmed float64   `json:"confirmed"`
	Rejected  float64   `json:"rejected"`
	At        time.Time `json:"at"` // until when they are decayed
}

// Lag counts confirmed tickets by how late after the incident's end they came.
type Lag struct {
	Hours map[int]float64 `json:"hours"`
}

// A ScoredDecision is what the engine had said before a person decided.
type ScoredDecision struct {
	LogOdds   float64 `json:"log_odds"`
	Confirmed bool    `json:"confirmed"`
}

// Platt corrects the final log-odds: slope x + shift. Zero slope: not yet learned.
type Platt struct {
	Slope float64 `json:"slope"`
	Shift float64 `json:"shift"`
}

// A Lesson is one decision with what was known when it was taken.
type Lesson struct {
	Decision
	Ticket   Ticket
	Incident Incident
	LogOdds  float64 // what Match had said; NaN where it had not seen the pair
}

// Learn returns the model after the lessons, in their order. m is not changed.
func (m Model) Learn(lessons ...Lesson) Model {
	m.Pairs = maps.Clone(m.Pairs)
	return m
}
