package integrations

import (
	"testing"
	"time"
)

func TestPlaceAdvances(t *testing.T) {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	page := []Ticket{{ID: "7", UpdatedAt: noon}, {ID: "8", UpdatedAt: noon.Add(-time.Minute)}}
	for _, tt := range []struct {
		before  Place
		end     bool
		want    Place
		wantEnd bool
	}{
		{Place{noon.Add(-time.Second), 7, ""}, false, Place{noon, 0, ""}, false},
		{Place{noon, 0, ""}, false, Place{noon, 1, "7"}, false},
		{Place{noon, 1, "6"}, false, Place{noon, 2, "7"}, false},
		{Place{noon, 298, "6"}, false, Place{noon, 299, "7"}, false},
		{Place{noon, 299, "6"}, false, Place{noon.Add(2 * time.Second), 0, ""}, false},
		{Place{noon, 7, "6"}, true, Place{noon, 0, ""}, true},
		{Place{noon, 1, "7"}, false, Place{noon, 0, ""}, true}, // the same page again
	} {
		got := tt.before
		if end := got.Advance(page, tt.end, 300); got != tt.want || end != tt.wantEnd {
			t.Errorf("%+v became %v, %v", tt, got, end)
		}
	}
}
