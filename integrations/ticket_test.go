package integrations

import (
	"testing"
	"time"
)

func TestMeasuredTakesNumbersThatTheDatabaseHolds(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "90": 90 * time.Minute, " 1.5 ": 90 * time.Second, "35791394": 35791394 * time.Minute} {
		if got := Measured(text, time.Minute); got == nil || *got != want {
			t.Errorf("%q: got %v, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "-1", "null", "NaN", "Inf", "1e300", "35791395", "an hour"} {
		if got := Measured(text, time.Minute); got != nil {
			t.Errorf("%q: got %s, want nothing", text, *got)
		}
	}
}
