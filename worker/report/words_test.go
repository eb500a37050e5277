package report

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSpansAreToldInTwoUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 59*time.Minute + 59*time.Second: "59 min", time.Hour: "1 h",
		125 * time.Minute: "2 h 5 min", 48*time.Hour - time.Minute: "47 h 59 min", 48 * time.Hour: "2 days", 76 * time.Hour: "3 days 4 h",
		-5 * time.Minute: "−5 min",
	} {
		if got := span(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

func TestCountsAgreeWithTheirNouns(t *testing.T) {
	for n, want := range map[int64]string{0: "0 tickets", 1: "1 ticket", 2: "2 tickets", 999: "999 tickets", 1000: "1,000 tickets", 1234567: "1,234,567 tickets"} {
		if got := count(n, "ticket"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := count(2, "closing reply"); got != "2 closing replies" {
		t.Errorf("got %q", got)
	}
}

func TestSharesBeginWithTheLargest(t *testing.T) {
	if got := shares(map[string]int64{"free": 2, "team": 2, "enterprise": 30, "gone": 0}); got != "30 enterprise, 2 free, 2 team" {
		t.Errorf("got %q", got)
	}
	if got := shares(nil); got != "none" {
		t.Errorf("got %q", got)
	}
}

func TestWaitsFallIntoTheirClass(t *testing.T) {
	for minutes, want := range map[int]string{
		0: "under 15 min", 14: "under 15 min", 15: "15 to 30 min", 59: "30 to 60 min", 60: "1 to 2 h", 1439: "8 to 24 h",
		1440: "a day or longer", 1 << 29: "a day or longer", Waiting: "waiting still", NoReply: "solved without a reply",
	} {
		for _, w := range Waits(map[int]int{minutes: 3}) {
			if (w.Tickets == 3) != (w.Label == want) {
				t.Errorf("%d minutes: %d tickets in %q, want them in %q", minutes, w.Tickets, w.Label, want)
			}
		}
	}
}

func TestAxesEndAboveTheHighestValueAtARoundNumber(t *testing.T) {
	for v, want := range map[float64]float64{0: 4, 4: 4, 5: 6, 11: 12, 12: 12, 13: 16, 131: 160, 999: 1000, 1001: 1200} {
		if got := nice(v); got != want {
			t.Errorf("nice(%v) = %v, want %v", v, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(0, 1e7).Draw(t, "v")
		if n := nice(v); n < v || n > max(2.5*v, 4) || int64(n)%2 != 0 {
			t.Fatalf("nice(%v) = %v", v, n)
		}
	})
}
