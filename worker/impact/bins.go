package impact

import (
	"math"
	"time"
)

// Weeks is how many weeks of history say what is usual.
const Weeks = 4

const binsPerWeek = int(7 * 24 * time.Hour / Bin)

// Bins are ticket counts of a span, one for each quarter of an hour since
// Since, which lies Weeks weeks before what is looked at.
type Bins struct {
	Since time.Time
	All   []int // every ticket
	// Linked are the linked tickets, and First when the first of them came, by bin.
	Linked map[int]int
	First  map[int]time.Time
	// Known is when our history begins; bins before it say nothing.
	Known time.Time
	// Until is the time up to which tickets are counted: it ends within the last bin.
	Until time.Time
}

// At returns the number of the bin that t falls in; negative before Since.
func (b Bins) At(t time.Time) int {
	return int(math.Floor(float64(t.Sub(b.Since)) / float64(Bin)))
}

// Usual returns how many tickets usually come in bin n: the mean of the same
// quarter of an hour in the weeks before, as far as we know them. With less
// than a week of history it is the mean of the day before; with none, nothing
// is known and it is 0.
func (b Bins) Usual(n int) float64 {
	sum, weeks := 0, 0
	for k := 1; k <= Weeks; k++ {
		if m := n - k*binsPerWeek; m >= 0 && m < len(b.All) && m > b.At(b.Known) {
			sum += b.All[m]
			weeks++
		}
	}
	if weeks > 0 {
		return float64(sum) / float64(weeks)
	}
	return b.dayBefore(n)
}

// dayBefore is the mean of the known bins of the 24 hours up to an hour before n.
func (b Bins) dayBefore(n int) float64 {
	sum, bins := 0, 0
	for m := n - 100; m < n-4; m++ {
		if m >= 0 && m < len(b.All) && m > b.At(b.Known) {
			sum += b.All[m]
			bins++
		}
	}
	if bins == 0 {
		return 0
	}
	return float64(sum) / float64(bins)
}

// complete is how much of bin n lies before Until, 0..1.
func (b Bins) complete(n int) float64 {
	passed := b.Until.Sub(b.Since.Add(time.Duration(n) * Bin))
	return min(max(float64(passed)/float64(Bin), 0), 1)
}

// A Span is from one time to another.
type Span struct{ From, To time.Time }

// excess sums all tickets beyond the usual in the spans, which are in order; a
// bin that two of them touch counts once. Of a bin that has just begun, as much
// of the usual counts as has passed of it.
func (b Bins) excess(spans []Span) float64 {
	sum, next := 0.0, 0
	for _, s := range spans {
		for n := max(b.At(s.From), next); n <= b.At(s.To) && n < len(b.All); n++ {
			sum += float64(b.All[n]) - b.Usual(n)*b.complete(n)
			next = n + 1
		}
	}
	return math.Max(sum, 0)
}

// onset returns the first linked ticket in the first bin whose tickets rose
// above usual by two standard deviations of a Poisson count, and the largest
// number of linked tickets in a bin. Where no bin rose, it is first.
func (b Bins) onset(first time.Time) (onset time.Time, peak int) {
	for n := range b.All {
		linked := b.Linked[n]
		peak = max(peak, linked)
		usual := b.Usual(n)
		if onset.IsZero() && linked >= 2 && float64(b.All[n]) > usual+2*math.Sqrt(usual)+1 {
			onset = b.First[n]
		}
	}
	if onset.IsZero() {
		onset = first
	}
	return onset, peak
}
