package match

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// More tickets are rarer, a higher usual count makes them less so, and a rate
// that is barely known needs more tickets than one that is known well.
func TestRareness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "n")
		mean := rapid.Float64Range(1e-4, 1).Draw(t, "share of n") * float64(n) / 2
		shape := rapid.Float64Range(0.5, riseShape).Draw(t, "shape")
		got := rareness(n, shape, mean)
		if got < 0 || math.IsNaN(got) || rareness(n+1, shape, mean) <= got || rareness(n, shape, mean*1.5) >= got {
			t.Fatalf("rareness(%d, %v, %v) = %v is out of order", n, shape, mean, got)
		}
	})
	if vague, known := rareness(5, 0.5, 0.1), rareness(5, riseShape, 0.1); vague >= known {
		t.Errorf("vague %v, known %v", vague, known)
	}
	if got, want := rareness(1, 1, 1), math.Ln2; math.Abs(got-want) > 1e-6 { // geometric: P(N >= 1) = 1/2
		t.Errorf("got %v, want %v", got, want)
	}
}

// Two rises at one time are two surges, and each grows as itself.
func TestTwoSurges(t *testing.T) {
	w := newWorld(1, 0)
	c := w.corpus(DefaultPolicy())
	now := noon.Add(40 * time.Hour)
	put := func(from, to int) {
		for i := from; i < to; i++ {
			at := now.Add(time.Duration(i-10) * time.Minute)
			c.Put(Ticket{ID: fmt.Sprintf("p%d", i), CreatedAt: at, Subject: "Payout never arrived", Tags: []string{"payouts"}, OrganizationID: fmt.Sprint(i)})
			c.Put(Ticket{ID: fmt.Sprintf("v%d", i), CreatedAt: at, Subject: "Video stutters", Tags: []string{"video"}, OrganizationID: fmt.Sprint(i + 100)})
		}
	}
	put(0, 9)
	first := c.Surges(nil, now)
	if len(first) != 2 || len(first[0].Tickets) != 9 || len(first[1].Tickets) != 9 {
		t.Fatalf("want two surges of nine tickets: %+v", first)
	}
	put(9, 14)
	all, seen := Join(first, c.Surges(nil, now.Add(5*time.Minute)))
	if len(all) != 2 || !slices.Equal(seen, []int{0, 1}) {
		t.Fatalf("five minutes later they are %d surges, of which %v are seen", len(all), seen)
	}
	for _, s := range all {
		if len(s.Tickets) != 14 {
			t.Errorf("%s %q grew to %d tickets, want 14", s.Kind, s.Term, len(s.Tickets))
		}
	}
}
