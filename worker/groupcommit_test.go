package worker

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// A slowStore stores a group once it is let go.
type slowStore struct {
	groups chan []delivery // begun
	finish chan error      // one for each group
}

// newSlowGroupCommit runs a writer on a slow store until the test ends.
func newSlowGroupCommit(t *testing.T) (*groupCommit, slowStore, context.CancelFunc) {
	s := slowStore{groups: make(chan []delivery, 100), finish: make(chan error)}
	g := newGroupCommit(func(_ context.Context, group []delivery) error {
		s.groups <- group
		return <-s.finish
	})
	ctx, cancel := context.WithCancel(t.Context())
	go g.run(ctx)
	return g, s, cancel
}

// put puts n deliveries at once; their answers come by the channel.
func put(ctx context.Context, g *groupCommit, n int) <-chan error {
	answers := make(chan error, n)
	for i := range n {
		go func() { answers <- g.put(ctx, delivery{source: "support", key: strconv.Itoa(i)}) }()
	}
	synctest.Wait()
	return answers
}

// want takes n answers that are there already.
func want(t *testing.T, answers <-chan error, n int, target error) {
	t.Helper()
	synctest.Wait()
	if len(answers) != n {
		t.Errorf("%d were answered, want %d", len(answers), n)
	}
	for range len(answers) {
		if err := <-answers; !errors.Is(err, target) {
			t.Errorf("answer %v, want %v", err, target)
		}
	}
}

func TestWhatWaitsIsStoredTogether(t *testing.T) {
	for _, tt := range []struct {
		waiting int
		groups  []int // after the one that is being stored
	}{
		{1, []int{1}},
		{maxGroup, []int{maxGroup}},
		{maxGroup + 1, []int{maxGroup, 1}},
	} {
		synctest.Test(t, func(t *testing.T) {
			g, store, stop := newSlowGroupCommit(t)
			first := put(t.Context(), g, 1)
			rest := put(t.Context(), g, tt.waiting)
			<-store.groups
			store.finish <- nil
			want(t, first, 1, nil)
			for _, size := range tt.groups {
				if group := <-store.groups; len(group) != size {
					t.Errorf("of %d waiting, %d were stored together, want %d", tt.waiting, len(group), size)
				}
				want(t, rest, 0, nil) // nobody is answered before it is stored
				store.finish <- nil
				want(t, rest, size, nil)
			}
			stop()
			synctest.Wait()
		})
	}
}

func TestAFailureIsTheGroupsAndNotTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, store, stop := newSlowGroupCommit(t)
		away := errors.New("database away")
		first := put(t.Context(), g, 1)
		second := put(t.Context(), g, 3)
		store.finish <- nil
		want(t, first, 1, nil)
		third := put(t.Context(), g, 2)
		store.finish <- away
		want(t, second, 3, away)
		store.finish <- nil
		want(t, third, 2, nil)
		stop()
		synctest.Wait()
	})
}

func TestAFullQueueRefusesAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, store, stop := newSlowGroupCommit(t)
		inHand := put(t.Context(), g, 1)
		waiting := put(t.Context(), g, maxWaiting)
		late := put(t.Context(), g, 2)
		<-time.After(maxWait - 1)
		want(t, late, 0, nil)
		<-time.After(1)
		want(t, late, 2, errBusy)

		patient := put(t.Context(), g, 1)
		<-time.After(maxWait - 1)
		store.finish <- nil // makes places in time
		want(t, inHand, 1, nil)
		for range maxWaiting/maxGroup + 1 {
			synctest.Wait()
			select {
			case store.finish <- nil:
			default:
			}
		}
		want(t, patient, 1, nil)
		want(t, waiting, maxWaiting, nil)
		stop()
		synctest.Wait()
	})
}

func TestStoppingAnswersEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, store, stop := newSlowGroupCommit(t)
		inHand := put(t.Context(), g, 1)
		stop()
		waiting := put(t.Context(), g, 2)
		want(t, waiting, 0, nil)
		store.finish <- nil
		synctest.Wait()
		// The writer may take one more group before it sees that it is to stop.
		select {
		case store.finish <- nil:
			want(t, waiting, 2, nil)
		default:
			want(t, waiting, 2, errBusy)
		}
		want(t, inHand, 1, nil)
		want(t, put(t.Context(), g, 1), 1, errBusy)
	})
}

func TestASenderThatHangsUpWaitsNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, store, stop := newSlowGroupCommit(t)
		ctx, hangUp := context.WithCancel(t.Context())
		inHand := put(ctx, g, 1)
		want(t, inHand, 0, nil)
		hangUp()
		want(t, inHand, 1, context.Canceled)
		store.finish <- nil // what was begun is stored all the same
		stop()
		synctest.Wait()
	})
}
