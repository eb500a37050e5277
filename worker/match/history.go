package match

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Counts are confirmed and rejected links; each week they fade by 2 %.
type Counts struct {
	Confirmed float64   `json:"confirmed"`
	Rejected  float64   `json:"rejected"`
	At        time.Time `json:"at"` // until when they have faded
}

const (
	fadePerWeek = 0.98
	minPair     = 4 // decisions before an association acts
	pairPrior   = 2 // decisions' worth of "as usual" every association starts with
	maxPair     = 4 // natural log-odds
	bestPairs   = 2 // associations that count for one ticket
)

func (n Counts) faded(at time.Time) Counts {
	if at.After(n.At) {
		if !n.At.IsZero() {
			f := math.Pow(fadePerWeek, at.Sub(n.At).Hours()/(7*24))
			n.Confirmed, n.Rejected = n.Confirmed*f, n.Rejected*f
		}
		n.At = at
	}
	return n
}

func (n Counts) add(l Lesson) Counts {
	n = n.faded(l.At)
	if l.Confirmed {
		n.Confirmed = max(n.Confirmed+l.times(), 0)
	} else {
		n.Rejected = max(n.Rejected+l.times(), 0)
	}
	return n
}

func (n Counts) total() float64 { return n.Confirmed + n.Rejected }

// rate is the base rate of confirmation, away from 0 and 1.
func (n Counts) rate() float64 {
	return clamp((n.Confirmed+1)/(n.total()+2), 0.02, 0.98)
}

// weight is how much more, or less, the pair is confirmed than the base rate.
func (n Counts) weight(rate float64) float64 {
	if n.total() <= minPair-1 { // each fades from its first second on
		return 0
	}
	w := math.Log((n.Confirmed+pairPrior*rate)/(n.Rejected+pairPrior*(1-rate))) - logit(rate)
	return clamp(w, -maxPair, maxPair)
}

func (m *Model) associate(l Lesson) {
	m.Base = m.Base.add(l)
	for _, i := range incidentTraits(l.Incident) {
		if m.Pairs[i] == nil {
			m.Pairs[i] = map[string]Counts{}
		}
		for _, t := range ticketTraits(l.Ticket) {
			m.Pairs[i][t] = m.Pairs[i][t].add(l)
		}
	}
}

func incidentTraits(i Incident) []string {
	var out []string
	for _, s := range i.Services {
		out = append(out, "service:"+foldTag(s))
	}
	for _, t := range i.Tags {
		out = append(out, "tag:"+foldTag(t))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func ticketTraits(t Ticket) []string {
	var out []string
	for _, tag := range t.Tags {
		out = append(out, "tag:"+foldTag(tag))
	}
	if t.Form != "" {
		out = append(out, "form:"+t.Form)
	}
	if t.Category != "" {
		out = append(out, "category:"+t.Category)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// An association is one pair of traits that people's decisions speak of.
type association struct {
	ticket, incident string
	counts           Counts
	weight           float64
}

// associationsOf returns, by the ticket's trait, the strongest association with
// an incident of these traits.
func (m Model) associationsOf(incident []string) map[string]association {
	out := map[string]association{}
	rate := m.Base.rate()
	for _, i := range incident {
		for t, n := range m.Pairs[i] {
			a := association{t, i, n, n.weight(rate)}
			if stronger(a, out[t]) {
				out[t] = a
			}
		}
	}
	return out
}

// stronger orders associations; the names break ties.
func stronger(a, b association) bool {
	return cmp.Or(cmp.Compare(math.Abs(a.weight), math.Abs(b.weight)),
		strings.Compare(b.incident, a.incident), strings.Compare(b.ticket, a.ticket)) > 0 && a.weight != 0
}

// strongestPairs picks the associations that count for one ticket.
func strongestPairs(found []association) []association {
	slices.SortFunc(found, func(a, b association) int {
		if stronger(a, b) {
			return -1
		}
		return 1
	})
	return found[:min(len(found), bestPairs)]
}

// History is the weight of the associations between one ticket and one
// incident, in natural log-odds against the base rate of confirmation.
func (m Model) History(t Ticket, i Incident) float64 {
	known := m.associationsOf(incidentTraits(i))
	var found []association
	for _, trait := range ticketTraits(t) {
		if a, ok := known[trait]; ok {
			found = append(found, a)
		}
	}
	sum := 0.0
	for _, a := range strongestPairs(found) {
		sum += a.weight
	}
	return sum
}
