package followup

import (
	"time"

	"github.com/rickar/cal/v2"
)

const day = 24 * time.Hour

// Hours are a team's business hours. A moment is open when its wall clock in
// the team's zone lies in one of the weekday's shifts and its date is no
// holiday. So an hour that the clock shows twice counts twice, and one that it
// skips counts not at all. A nil *Hours is always open.
type Hours struct {
	zone      *time.Location
	week      [7][]shift // by time.Weekday, ascending and disjoint
	dates     map[date]bool
	countries []*cal.Calendar
}

// A shift is [from, to) since midnight on the wall clock.
type shift struct{ from, to time.Duration }

type date struct {
	year  int
	month time.Month
	day   int
}

// Open says whether t is in business hours.
func (h *Hours) Open(t time.Time) bool { return h.Next(t).Equal(t) }

// Next returns the first moment from t on that is in business hours.
func (h *Hours) Next(t time.Time) time.Time {
	if h == nil {
		return t
	}
	from, _ := h.stretch(t)
	return from
}

// Until returns the first moment from t on that is outside these hours: with
// quiet hours, when they end. Hours that never end are given up after a while.
func (h *Hours) Until(t time.Time) time.Time {
	const stretches = 31
	end := t
	for range stretches {
		if h == nil || !h.Open(end) {
			return end
		}
		_, end = h.stretch(end)
	}
	return t
}

// Add returns the moment when d of business time has passed since t: the
// earliest u with Between(t, u) == d. A d of zero or less gives t.
func (h *Hours) Add(t time.Time, d time.Duration) time.Time {
	if h == nil {
		return t.Add(max(d, 0))
	}
	for d > 0 {
		from, to := h.stretch(t)
		if open := to.Sub(from); open < d {
			t, d = to, d-open
			continue
		}
		return from.Add(d)
	}
	return t
}

// Between returns the business time from a to b, zero if b is not after a.
func (h *Hours) Between(a, b time.Time) time.Duration {
	if h == nil {
		return max(b.Sub(a), 0)
	}
	var sum time.Duration
	for a.Before(b) {
		from, to := h.stretch(a)
		sum += max(earlier(to, b).Sub(from), 0)
		a = to
	}
	return sum
}

// stretch returns the first stretch of open time that ends after t, its start
// no earlier than t. Adjacent stretches are returned one by one.
//
// It walks in steps of one wall clock day under one UTC offset, so that changes
// of the clock, of whatever size and at whatever time of day, need no special
// case.
func (h *Hours) stretch(t time.Time) (from, to time.Time) {
	for {
		local := t.In(h.zone)
		_, offset := local.Zone()
		_, end := local.ZoneBounds()
		// As if the zone had no other offset than this one.
		wall := local.In(time.FixedZone("", offset))
		y, m, d := wall.Date()
		midnight := time.Date(y, m, d, 0, 0, 0, 0, wall.Location())
		for _, s := range h.on(midnight) {
			from, to = later(midnight.Add(s.from), t), midnight.Add(s.to)
			if !end.IsZero() {
				to = earlier(to, end)
			}
			if from.Before(to) {
				return from.UTC(), to.UTC()
			}
		}
		t = midnight.Add(day)
		if !end.IsZero() {
			t = earlier(t, end)
		}
	}
}

// on returns the shifts of the date that midnight begins.
func (h *Hours) on(midnight time.Time) []shift {
	y, m, d := midnight.Date()
	shifts := h.week[midnight.Weekday()]
	if len(shifts) == 0 || h.dates[date{y, m, d}] {
		return nil
	}
	for _, c := range h.countries {
		if actual, observed, _ := c.IsHoliday(midnight); actual || observed {
			return nil
		}
	}
	return shifts
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Zone is where the team works, UTC for nil.
func (h *Hours) Zone() *time.Location {
	if h == nil {
		return time.UTC
	}
	return h.zone
}
