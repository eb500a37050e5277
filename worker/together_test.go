package worker

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever comes during a reading waits for the next one, which serves them all;
// nobody is given what was read before they asked.
func TestTogetherIsNeverOlderThanTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pages together[int]
		began := 0
		read := func(context.Context) (int, error) {
			began++
			n := began
			time.Sleep(time.Second)
			return n, nil
		}
		ask := func(want int) {
			if n, err := pages.do(t.Context(), "INC-1", read); n != want || err != nil {
				t.Errorf("got reading %d, %v, want %d", n, err, want)
			}
		}
		var all sync.WaitGroup
		all.Go(func() { ask(1) })
		synctest.Wait()
		for range 200 {
			all.Go(func() { ask(2) })
		}
		all.Wait()
		ask(3)
	})
}

// Who leaves does not end what others wait for.
func TestTogetherGoesOnWhenTheFirstLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pages together[string]
		read := func(ctx context.Context) (string, error) {
			time.Sleep(time.Second)
			return "read", ctx.Err()
		}
		first, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { pages.do(first, "INC-1", read) })
		leave()
		all.Go(func() {
			if got, err := pages.do(t.Context(), "INC-1", read); got != "read" || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
		all.Wait()
		time.Sleep(3 * time.Second) // what was begun ends
	})
}
