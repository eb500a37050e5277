package integrations

import (
	"testing"
	"time"
)

func TestPlaceAdvances(t *testing.T) {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	page := []Ticket{{UpdatedAt: noon}, {UpdatedAt: noon.Add(-time.Minute)}}
	for _, tt := range []struct {
		before Place
		end    bool
		want   Place
	}{
		{Place{noon.Add(-time.Second), 7}, false, Place{noon, 0}}, {Place{noon, 0}, false, Place{noon, 1}},
		{Place{noon, 298}, false, Place{noon, 299}}, {Place{noon, 299}, false, Place{noon.Add(2 * time.Second), 0}},
		{Place{noon, 7}, true, Place{noon, 0}},
	} {
		got := tt.before
		got.Advance(page, tt.end, 300)
		if got != tt.want {
			t.Errorf("%+v became %v", tt, got)
		}
	}
}
