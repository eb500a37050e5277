package integrations

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"
)

// What was found is not asked for again for an hour; a failure is.
func TestLookups(t *testing.T) {
	now, asked := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), 0
	failing := false
	l := Lookups[string]{Clock: func() time.Time { return now }, Find: func(_ context.Context, id string) (string, error) {
		asked++
		switch {
		case failing:
			return "", errors.New("cut off")
		case id == "gone":
			return "", &Error{Kind: NotFound}
		case id == "secret":
			return "", &Error{Kind: Unauthorized, Status: http.StatusForbidden}
		}
		return "name of " + id, nil
	}}
	for _, step := range []struct {
		later   time.Duration
		failing bool
		fails   bool
		asked   int
	}{{0, true, true, 1}, {0, false, false, 4}, {time.Hour - 1, true, false, 4}, {1, false, false, 7}} {
		now, failing = now.Add(step.later), step.failing
		got, err := l.All(t.Context(), []string{"7", "", "gone", "secret", "7"})
		if (err != nil) != step.fails || asked != step.asked || err == nil && !slices.Equal(got, []string{"name of 7"}) {
			t.Errorf("%+v: got %q, %v, asked %d times", step, got, err, asked)
		}
	}
}
