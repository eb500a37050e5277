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
	bins := max(last-first+1, 0)
	wide := (bins + maxSteps - 1) / maxSteps
	s := Series{Start: b.Since.Add(time.Duration(first) * impact.Bin), Seconds: max(wide, 1) * int(impact.Bin/time.Second)}
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
