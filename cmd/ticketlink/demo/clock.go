package demo

import (
	"sync"
	"time"
)

// A Clock is the time in the story. It stands still until it is moved, so that
// the story can wait for work to be done.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at a moment.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the time in the story; it takes time.Now's place.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *Clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Morning is when the story begins: half past eight on the Tuesday before now,
// so that every telling has the same hours and the same days behind it.
func Morning(now time.Time) time.Time {
	day := now.UTC().Truncate(24 * time.Hour).Add(-24 * time.Hour)
	for day.Weekday() != time.Tuesday {
		day = day.Add(-24 * time.Hour)
	}
	return day.Add(8*time.Hour + 30*time.Minute)
}
