package offline

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A Checkpoint scores a replay some minutes after each declaration, against the
// tickets that were there by then.
type Checkpoint struct {
	Minutes int   `json:"minutes"`
	Auto    Score `json:"auto"`
	Any     Score `json:"any"`
}

// checkpoints scores the snapshots of a replay, where there are any.
func (j *judge) checkpoints(path string) (out []Checkpoint, err error) {
	byMinutes := map[int]*Checkpoint{}
	taken := map[int]map[string]time.Time{} // when, by incident
	err = eachLine(path, func(s snapshot) error {
		c := byMinutes[s.Minutes]
		if c == nil {
			c = &Checkpoint{Minutes: s.Minutes}
			byMinutes[s.Minutes], taken[s.Minutes] = c, map[string]time.Time{}
		}
		taken[s.Minutes][s.IncidentID.Text] = s.At.Time
		truth, labelled := j.truth[s.TicketID.Text]
		if !labelled { // or no ticket: the incident had no link
			return nil
		}
		c.Any.add(truth == s.IncidentID.Text)
		if s.State == match.Auto {
			c.Auto.add(truth == s.IncidentID.Text)
		}
		return nil
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	for minutes, c := range byMinutes {
		n := j.thereBy(taken[minutes])
		c.Auto.finish(n)
		c.Any.finish(n)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Checkpoint) int { return cmp.Compare(a.Minutes, b.Minutes) })
	return out, err
}

// thereBy counts the members of the incidents that were declared: those that had
// been written when their incident's snapshot was taken, or all of them where
// the tickets' times are not known.
func (j *judge) thereBy(taken map[string]time.Time) int {
	n := 0
	for id, incident := range j.truth {
		at, ok := taken[incident]
		if ok && !j.tickets[id].CreatedAt.After(at) {
			n++
		}
	}
	return n
}
