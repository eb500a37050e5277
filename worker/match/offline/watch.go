package offline

import (
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// An alarmRecord is a surge of a replay in which nobody declares an incident:
// one line when it is raised and one each time its tickets change.
type alarmRecord struct {
	Alarm   int       `json:"alarm"` // numbered from 1
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Term    string    `json:"term"`
	Symptom string    `json:"symptom"`
	OnsetAt time.Time `json:"onset_at"`
	Usual   float64   `json:"usual_tickets"`
	LogOdds float64   `json:"log_odds"`
	Tickets []ID      `json:"ticket_ids"`
}

// watch looks for surges at the minutes of a replay, as the service does. A
// minute that brought no ticket is left out: nothing can have risen.
type watch struct {
	corpus  *match.Corpus
	due     time.Time // the minute after the last ticket; zero: none waits
	known   []match.Surge
	seen    []time.Time // when each of known was found last
	records []alarmRecord
}

func (w *watch) ticket(at time.Time) {
	if w.due.IsZero() {
		w.due = at.Truncate(time.Minute).Add(time.Minute)
	}
}

// until looks at the minute that is due before the moment. name gives a
// ticket's id as the files have it.
func (w *watch) until(at time.Time, name map[string]ID) {
	if w.due.IsZero() || w.due.After(at) {
		return
	}
	now := w.due
	w.due = time.Time{}
	for _, s := range w.corpus.Surges(nil, now) {
		k := w.remember(s, now)
		if k < 0 {
			continue
		}
		s = w.known[k]
		r := alarmRecord{Alarm: k + 1, At: now, Kind: s.Kind, Term: s.Term, Symptom: s.Symptom, OnsetAt: s.Onset, Usual: s.Usual, LogOdds: s.LogOdds}
		for _, id := range s.Tickets {
			r.Tickets = append(r.Tickets, name[id])
		}
		w.records = append(w.records, r)
	}
}

// remember returns the number of the alarm, -1 where nothing about it is new.
func (w *watch) remember(s match.Surge, now time.Time) int {
	for k, old := range w.known {
		if now.Sub(w.seen[k]) < match.SurgeLasts && old.Again(s) {
			w.known[k], w.seen[k] = old.Grown(s), now
			if len(w.known[k].Tickets) == len(old.Tickets) {
				return -1
			}
			return k
		}
	}
	w.known, w.seen = append(w.known, s), append(w.seen, now)
	return len(w.known) - 1
}
