package worker

import (
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// lateRepeat is for how long after an alert's end the same firing is taken for a
// delivery that was late, where the source does not say when it spoke. Later it
// is news: the alert fires again. Alertmanager's cluster repeats a group within
// peer_timeout (15 s for each peer); an alert that timed out and then came back
// with its old start is told after group_wait (30 s) at the earliest, and again
// after repeat_interval where this has cost it the first time.
const lateRepeat = 2 * time.Minute

// A word is one update, with when it was said. It is what the decisions below
// are made of; they read no clock and no database.
type word struct {
	integrations.IncidentUpdate
	source string
	at     time.Time
	timed  bool // at is the source's own time
}

// wordOf takes the time at which the delivery came where the source tells none,
// or tells one that is yet to come. Times more than a day ahead are mistakes.
func wordOf(u sourceUpdate) word {
	w := word{IncidentUpdate: u.update, source: u.source, at: u.received, timed: !u.update.At.IsZero()}
	if w.timed && u.update.At.Before(u.received) {
		w.at = u.update.At
	}
	ahead := u.received.Add(24 * time.Hour)
	if w.StartedAt.IsZero() || w.StartedAt.After(ahead) {
		w.StartedAt = w.at
	}
	if w.DetectedAt.After(ahead) {
		w.DetectedAt = time.Time{}
	}
	if w.Resolved && (w.ResolvedAt.IsZero() || w.ResolvedAt.After(ahead)) {
		w.ResolvedAt = w.at
	}
	return w
}

// onePart is for sources without alerts: the incident is its own only alert. It
// keeps the start it was first told with, which sources correct and leave out.
func (s *word) onePart(began []time.Time) {
	a := integrations.Alert{Fingerprint: s.SourceKey, Name: s.Title, StartsAt: s.StartedAt}
	if len(began) > 0 {
		a.StartsAt = began[0]
	}
	if s.Resolved {
		a.EndsAt = s.ResolvedAt
	}
	s.Alerts = []integrations.Alert{a}
}

// firings name the alerts.
func (s word) firings() (prints []string, starts []time.Time) {
	for _, a := range s.Alerts {
		prints, starts = append(prints, a.Fingerprint), append(starts, a.StartsAt)
	}
	return prints, starts
}

// An outcome is what is known of a word's alerts after it.
type outcome struct {
	rows  []schema.PutAlertParams
	fires bool      // an alert began, or began again
	over  bool      // an alert that is said to fire is known to be over
	last  time.Time // the last end
}

// settle puts the word beside what is stored. An older word changes nothing,
// and of two words the same age the end counts. An end that is told twice stays
// where it was.
func (s word) settle(stored []schema.IncidentAlert) outcome {
	type firing struct {
		print string
		start int64
	}
	before := map[firing]schema.IncidentAlert{}
	for _, a := range stored {
		before[firing{a.Fingerprint, a.StartsAt.UnixMicro()}] = a
	}
	var o outcome
	for _, a := range s.Alerts {
		row := schema.PutAlertParams{Source: s.source, Fingerprint: a.Fingerprint, StartsAt: a.StartsAt, Name: a.Name, ToldAt: s.at}
		if !a.EndsAt.IsZero() {
			row.EndsAt = &a.EndsAt
		}
		old, known := before[firing{a.Fingerprint, a.StartsAt.UnixMicro()}]
		switch {
		case known && s.late(old, a):
			row.EndsAt, row.ToldAt = old.EndsAt, old.ToldAt
			o.over = o.over || old.EndsAt != nil && a.EndsAt.IsZero()
		case known && old.EndsAt != nil && row.EndsAt != nil:
			row.EndsAt = old.EndsAt
		case row.EndsAt == nil && (!known || old.EndsAt != nil):
			o.fires = true
		}
		if row.EndsAt != nil {
			o.last = latest(o.last, *row.EndsAt)
		}
		o.rows = append(o.rows, row)
	}
	return o
}

// late says whether something newer is known of an alert than the word tells.
func (s word) late(old schema.IncidentAlert, told integrations.Alert) bool {
	firesAfterEnd := old.EndsAt != nil && told.EndsAt.IsZero()
	if s.timed {
		return s.at.Before(old.ToldAt) || firesAfterEnd && s.at.Equal(old.ToldAt)
	}
	return firesAfterEnd && s.at.Sub(old.ToldAt) < lateRepeat
}
