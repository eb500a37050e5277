package report

import (
	"time"

	"github.com/ticketlink/ticketlink/worker/impact"
)

// maxSteps is how many bars a plot has at most; steps are widened to keep it.
const maxSteps = 120

// NewSeries cuts what a report plots out of an incident's bins: from before the
// first thing that happened until after the last, as far as tickets are known.
func NewSeries(b impact.Bins, arrivals []impact.Arrivals, started, ended time.Time) Series {
	from, to := started, ended
	if n := len(arrivals); n > 0 {
		if first := arrivals[0].Minute; first.Before(from) {
			from = first
		}
		if last := arrivals[n-1].Minute; last.After(to) {
			to = last
		}
	}
	margin := max(to.Sub(from)/6, 45*time.Minute)
	first, last := max(b.At(from.Add(-margin)), 0), min(b.At(to.Add(margin)), len(b.All)-1)
	step := stepOf(max(last-first+1, 0), maxSteps-1, impact.Bin)
	wide := int(step / impact.Bin)
	first = max(b.At(b.Since.Add(time.Duration(first)*impact.Bin).Truncate(step)), 0) // days begin at midnight
	bins := max(last-first+1, 0)
	s := Series{Start: b.Since.Add(time.Duration(first) * impact.Bin), Seconds: int(step / time.Second)}
	for n := range bins {
		if n%wide == 0 {
			s.Linked, s.All, s.Usual = append(s.Linked, 0), append(s.All, 0), append(s.Usual, 0)
		}
		k := len(s.All) - 1
		s.Linked[k] += b.Linked[first+n]
		s.All[k] += b.All[first+n]
		s.Usual[k] += b.Usual(first + n)
	}
	s.Customers = customersSoFar(s, arrivals)
	return s
}

// stepOf is a step that people use, of whole present ones, in which n of them
// are at most so many.
func stepOf(n, most int, present time.Duration) time.Duration {
	least := present * time.Duration((n+most-1)/most)
	for _, step := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour} {
		if step >= least && step%present == 0 {
			return step
		}
	}
	step := 24 * time.Hour
	for step < least {
		step *= 2
	}
	return step
}

// customersSoFar counts customers to the end of each step.
func customersSoFar(s Series, arrivals []impact.Arrivals) []int {
	out, sum := make([]int, len(s.All)), 0
	for n := range out {
		for len(arrivals) > 0 && arrivals[0].Minute.Before(s.at(n+1)) {
			sum += int(arrivals[0].Customers)
			arrivals = arrivals[1:]
		}
		out[n] = sum
	}
	return out
}
