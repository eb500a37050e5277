package match

import "math"

const (
	weekHours = 7 * 24
	// minUsualDays is how much history the hours of the week need.
	minUsualDays = 14
	// maxUsualDays keeps a ticket with an impossible date from being history.
	maxUsualDays = 400
)

// A week is how many tickets come in each hour of the week, from Monday 00:00 UTC
// on, neighbouring hours smoothed.
type week [weekHours]float64

// hourOfWeek counts from Monday; the first of January 1970 was a Thursday.
func hourOfWeek(unix int64) int {
	h := int((unix/3600 + 3*24) % weekHours)
	return (h + weekHours) % weekHours
}

// usualWeek counts the rows outside [from, to], which are in order of time. ok
// is false where they span too few days.
func usualWeek(rows []*row, from, to int64) (w week, ok bool) {
	if len(rows) == 0 {
		return w, false
	}
	first, last := rows[0].at, rows[len(rows)-1].at
	if last-first > maxUsualDays*24*3600 {
		return w, false
	}
	var hours week
	for at := first - first%3600; at <= last; at += 3600 {
		if at < from || at > to {
			hours[hourOfWeek(at)]++
		}
	}
	total := 0.0
	for _, r := range rows {
		if r.at < from || r.at > to {
			w[hourOfWeek(r.at)]++
		}
	}
	for h := range w {
		total += hours[h]
		w[h] /= max(hours[h], 1)
	}
	return w.smooth(), total >= minUsualDays*24
}

func (w week) smooth() (out week) {
	for h := range w {
		out[h] = (w[(h+weekHours-1)%weekHours] + 2*w[h] + w[(h+1)%weekHours]) / 4
	}
	return out
}

// between adds up the usual tickets of a stretch of time.
func (w week) between(from, to int64) float64 {
	sum := 0.0
	for at := from; at < to; {
		next := min(at-at%3600+3600, to)
		sum += w[hourOfWeek(at)] * float64(next-at) / 3600
		at = next
	}
	return sum
}

// excess bounds the tickets that came above usual in the incident's window:
// the difference plus two standard deviations, and a few. known is false
// without enough history.
func (c *Corpus) excess(s *scene) (limit int, known bool) {
	w, ok := usualWeek(c.rows, s.from, s.to)
	if !ok {
		return 0, false
	}
	usual := w.between(s.from, s.to)
	return int(math.Max(float64(s.own)-usual, 0)+2*math.Sqrt(usual)) + 3, true
}
