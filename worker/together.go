package worker

import (
	"context"
	"sync"
)

// together lets requests that come while the same thing is being read wait for
// the next reading and share it. Nobody gets what was read before they asked:
// 200 pages that follow one change cost a few readings, and no answer is older
// than its question.
type together[T any] struct {
	mu   sync.Mutex
	next map[string]*reading[T] // has not begun
	now  map[string]*reading[T]
}

type reading[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// do returns what read returns, which goes on while anybody else may want it.
func (t *together[T]) do(ctx context.Context, key string, read func(context.Context) (T, error)) (T, error) {
	t.mu.Lock()
	r, joined := t.next[key]
	if !joined {
		r = &reading[T]{done: make(chan struct{})}
		if t.next == nil {
			t.next, t.now = map[string]*reading[T]{}, map[string]*reading[T]{}
		}
		t.next[key] = r
		go t.run(context.WithoutCancel(ctx), key, r, t.now[key], read)
	}
	t.mu.Unlock()
	select {
	case <-r.done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// run reads once the one before is over.
func (t *together[T]) run(ctx context.Context, key string, r, before *reading[T], read func(context.Context) (T, error)) {
	if before != nil {
		<-before.done
	}
	t.mu.Lock()
	delete(t.next, key)
	t.now[key] = r
	t.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	r.value, r.err = read(ctx)
	t.mu.Lock()
	if t.now[key] == r {
		delete(t.now, key)
	}
	t.mu.Unlock()
	close(r.done)
}
