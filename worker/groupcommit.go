package worker

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errBusy means that more webhooks wait than we can store in time. The sender
// is asked to come again.
var errBusy = errors.New("store webhook: too many deliveries wait")

// A delivery is one webhook on its way into the inbox.
type delivery struct {
	source, key string
	body        []byte
	stored      chan error
}

// groupCommit stores deliveries: one writer takes whatever waits, stores it in
// one statement and one commit, and answers them all. While it is busy the next
// group grows by itself, so it needs no timer and one connection.
type groupCommit struct {
	waiting chan delivery
	insert  func(ctx context.Context, group []delivery) error
	stopped chan struct{}
}

const (
	maxGroup   = 256
	maxWaiting = 4096
	maxWait    = time.Second // for a place in the queue
)

func newGroupCommit(insert func(context.Context, []delivery) error) *groupCommit {
	return &groupCommit{waiting: make(chan delivery, maxWaiting), insert: insert, stopped: make(chan struct{})}
}

// put returns once the delivery is durable. An error means that it may not be,
// and that the sender has to repeat it.
func (g *groupCommit) put(ctx context.Context, d delivery) error {
	d.stored = make(chan error, 1)
	select {
	case g.waiting <- d:
	default:
		if err := g.queueUp(ctx, d); err != nil {
			return err
		}
	}
	select {
	case err := <-d.stored:
		return err
	case <-g.stopped:
		return errBusy
	case <-ctx.Done():
		return fmt.Errorf("store webhook: %w", ctx.Err())
	}
}

func (g *groupCommit) queueUp(ctx context.Context, d delivery) error {
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case g.waiting <- d:
		return nil
	case <-timer.C:
		return errBusy
	case <-ctx.Done():
		return fmt.Errorf("store webhook: %w", ctx.Err())
	}
}

// run is the writer. It ends with its context, after the group in hand.
func (g *groupCommit) run(ctx context.Context) {
	defer close(g.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-g.waiting:
			group := g.collect(first)
			err := g.insert(ctx, group)
			for _, d := range group {
				d.stored <- err
			}
		}
	}
}

// collect takes what waits already, and waits for nothing.
func (g *groupCommit) collect(first delivery) []delivery {
	group := []delivery{first}
	for len(group) < maxGroup {
		select {
		case d := <-g.waiting:
			group = append(group, d)
		default:
			return group
		}
	}
	return group
}
