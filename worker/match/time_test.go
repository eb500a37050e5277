package match

import (
	"testing"
	"time"
)

func TestProfile(t *testing.T) {
	inc := Incident{StartedAt: noon, DeclaredAt: noon.Add(time.Hour), Phases: []Phase{
		{Start: noon.Add(time.Hour), End: noon.Add(2 * time.Hour)}, {Start: noon.Add(8 * time.Hour)},
	}}
	p := profile{inc.phases(noon.Add(9 * time.Hour)), usualLag}
	tests := []struct {
		name     string
		at       time.Duration
		from, to float64
	}{
		{"long before", -11 * time.Hour, 0.005, 0.02},
		{"just before", -time.Minute, 0.1, 0.15},
		{"at the start", 0, 1, 1},
		{"at the end", 2 * time.Hour, 1, 1},
		{"clocks are late", 2*time.Hour + 20*time.Minute, 1, 1},
		{"after the end", 4 * time.Hour, 0.2, 0.6},
		{"between the phases it decays", 6 * time.Hour, 0.05, 0.3},
		{"reopened", 8 * time.Hour, 1, 1},
		{"still open", 9 * time.Hour, 1, 1},
	}
	for _, test := range tests {
		got := p.at(noon.Add(test.at).Unix())
		if got < test.from || got > test.to {
			t.Errorf("%s: %.3f, want %v to %v", test.name, got, test.from, test.to)
		}
	}
}

func TestWindow(t *testing.T) {
	tests := []struct {
		name     string
		inc      Incident
		now      time.Duration
		from, to time.Duration
	}{
		{"the earliest of the three times counts", Incident{StartedAt: noon, DetectedAt: noon.Add(-time.Hour), ResolvedAt: noon.Add(time.Hour)},
			100 * time.Hour, -13 * time.Hour, 37 * time.Hour},
		{"open: up to now", Incident{DeclaredAt: noon}, 5 * time.Hour, -12 * time.Hour, 5 * time.Hour},
		{"not without bound", Incident{StartedAt: noon.AddDate(-50, 0, 0)}, 0, -longestWindow, 0},
		{"not later than now", Incident{StartedAt: noon, ResolvedAt: noon.Add(time.Hour)}, 2 * time.Hour, -12 * time.Hour, 2 * time.Hour},
	}
	for _, test := range tests {
		from, to := usualWindows.of(test.inc, noon.Add(test.now))
		if from != noon.Add(test.from) || to != noon.Add(test.to) {
			t.Errorf("%s: %v to %v, want %v to %v", test.name, from.Sub(noon), to.Sub(noon), test.from, test.to)
		}
	}
}

func TestHourOfWeek(t *testing.T) {
	monday := time.Date(2026, 11, 23, 0, 30, 0, 0, time.UTC)
	for h := range weekHours {
		at := monday.Add(time.Duration(h) * time.Hour)
		if got := hourOfWeek(at.Unix()); got != h {
			t.Fatalf("%v is hour %d, want %d", at, got, h)
		}
	}
	if h := hourOfWeek(time.Time{}.Unix()); h < 0 || h >= weekHours {
		t.Errorf("year one is hour %d", h)
	}
}
