package integrations

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// Lookups remember, by id, what a list only names: an organization, an agent.
// What is gone, or not for us, is remembered too. They may be used by several goroutines.
type Lookups[T any] struct {
	Find  func(ctx context.Context, id string) (T, error)
	Clock func() time.Time

	mu    sync.Mutex
	known map[string]remembered[T]
}

type remembered[T any] struct {
	value T
	gone  bool
	until time.Time
}

const (
	lookupAge = time.Hour
	lookupMax = 20_000 // then everything is asked anew
)

// All returns what is known under these ids, without repeats; "" is none.
func (l *Lookups[T]) All(ctx context.Context, ids []string) ([]T, error) {
	var all []T
	seen := map[string]bool{"": true}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		found, err := l.one(ctx, id)
		if err != nil {
			return nil, err
		}
		if !found.gone {
			all = append(all, found.value)
		}
	}
	return all, nil
}

func (l *Lookups[T]) one(ctx context.Context, id string) (remembered[T], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r, ok := l.known[id]; ok && l.Clock().Before(r.until) {
		return r, nil
	}
	value, err := l.Find(ctx, id)
	if err != nil && !untold(err) {
		return remembered[T]{}, err
	}
	if l.known == nil || len(l.known) >= lookupMax {
		l.known = map[string]remembered[T]{}
	}
	r := remembered[T]{value, err != nil, l.Clock().Add(lookupAge)}
	l.known[id] = r
	return r, nil
}

// untold says that there is nothing under the id, or nothing for us: a key that
// may read tickets but not who answers them must not stop the tickets.
func untold(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Kind == NotFound || e.Status == http.StatusForbidden)
}
