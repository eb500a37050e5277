package offline

import (
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// An alarmRecord is a surge of a replay in which nobody declares an incident:
// one line when it is raised and one each time its tickets change.
type alarmRecord struct {
	Alarm   int      `json:"alarm"` // numbered from 1
	At      moment   `json:"at"`
	Kind    string   `json:"kind"`
	Term    string   `json:"term"`
	Symptom string   `json:"symptom"`
	Also    []string `json:"also,omitempty"`
	OnsetAt moment   `json:"onset_at"`
	Usual   float64  `json:"usual_tickets"`
	LogOdds float64  `json:"log_odds"`
	Tickets []ID     `json:"ticket_ids"`
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
	recent := w.recent(now)
	told := make([]match.Surge, 0, len(recent))
	for _, k := range recent {
		told = append(told, w.known[k])
	}
	all, found := match.Join(told, w.corpus.Surges(nil, now))
	for _, i := range found {
		if i >= len(recent) {
			recent = append(recent, len(w.known))
			w.known, w.seen = append(w.known, match.Surge{}), append(w.seen, now)
		}
		k := recent[i]
		grown := len(all[i].Tickets) > len(w.known[k].Tickets)
		w.known[k], w.seen[k] = all[i], now
		if grown {
			w.records = append(w.records, newAlarm(k, now, all[i], name))
		}
	}
}

// recent are the numbers of the alarms that were found of late.
func (w *watch) recent(now time.Time) (numbers []int) {
	for k, seen := range w.seen {
		if now.Sub(seen) < match.SurgeLasts {
			numbers = append(numbers, k)
		}
	}
	return numbers
}

func newAlarm(k int, now time.Time, s match.Surge, name map[string]ID) alarmRecord {
	r := alarmRecord{Alarm: k + 1, At: moment{now}, Kind: s.Kind, Term: s.Term, Symptom: s.Symptom, Also: s.Also, OnsetAt: moment{s.Onset}, Usual: s.Usual, LogOdds: s.LogOdds}
	for _, id := range s.Tickets {
		r.Tickets = append(r.Tickets, name[id])
	}
	return r
}
