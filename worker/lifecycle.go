package worker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	sweepEvery   = time.Second
	sweepTimeout = 10 * time.Second
	nudgeEvery   = 100 * time.Millisecond
	housekeeping = time.Hour
	httpShutdown = 5 * time.Second
)

// Serve runs the whole service on a listener until ctx ends, then stops in
// order: no more requests, no more tasks, the running ones finished.
func (w *Worker) Serve(ctx context.Context, listener net.Listener) error {
	stop, err := w.Start(ctx)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: w.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	server.RegisterOnShutdown(w.live.close)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err = <-failed:
		err = fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	w.stopping.Store(true)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), httpShutdown)
	defer cancel()
	if shut := server.Shutdown(drain); shut != nil {
		server.Close()
	}
	return errors.Join(err, stop())
}

// Start begins the work behind the HTTP surface; stop ends it and waits.
func (w *Worker) Start(ctx context.Context) (stop func() error, err error) {
	if err := w.ensureRows(ctx, w.queries); err != nil {
		return nil, err
	}
	w.queue = queue.New(w.Redis, w.jobs(), w.now, w.Log, w.finished)
	if err := w.queue.Start(); err != nil {
		return nil, err
	}
	// The loops outlive ctx a little: what was accepted while stopping is stored.
	loops, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { w.inbox.run(loops) })
	running.Go(func() { every(loops, sweepEvery, w.sweepOnce) })
	running.Go(func() { every(loops, nudgeEvery, w.nudgeInbox) })
	running.Go(func() { every(loops, housekeeping, w.Tidy) })
	return func() error {
		err := w.queue.Stop()
		cancel()
		running.Wait()
		return err
	}, nil
}

// every calls f at once and then again and again until ctx ends.
func every(ctx context.Context, pause time.Duration, f func(context.Context)) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		f(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (w *Worker) sweepOnce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	begin := time.Now()
	if err := w.sweep(ctx); err != nil && ctx.Err() == nil {
		w.Log.Warn("sweep failed; the next one covers it", "error", err)
	}
	w.Metrics.sweep.Observe(time.Since(begin).Seconds())
}

// nudgeInbox tells the workers of webhooks, once for all that came lately.
func (w *Worker) nudgeInbox(ctx context.Context) {
	if w.inboxWaits.Swap(false) {
		w.nudge(ctx, queue.Task{Kind: "inbox"})
	}
}

// Tidy forgets what is kept no longer, and undoes what a clock that ran ahead
// has put off.
func (w *Worker) Tidy(ctx context.Context) {
	now := w.now()
	if far, err := w.farRows(ctx, w.queries); err != nil && ctx.Err() == nil {
		w.Log.Warn("look for work that was put off too far failed", "error", err)
	} else if len(far) > 0 {
		w.Log.Warn("work was put off by a clock that ran ahead; it is due again", "rows", len(far))
	}
	if err := w.hideStoredText(ctx); err != nil && ctx.Err() == nil {
		w.Log.Warn("leave out text that was stored before failed; the next hour covers it", "error", err)
	}
	w.purge(ctx, now)
}

// ensureRows gives everything that comes back by the clock its row.
func (w *Worker) ensureRows(ctx context.Context, q *schema.Queries) error {
	if err := q.EnsurePeriodic(ctx, schema.EnsurePeriodicParams{Kind: "surges", Now: w.now()}); err != nil {
		return fmt.Errorf("set up periodic work: %w", err)
	}
	return errors.Join(w.ensureHelpdesks(ctx, q), w.ensureOnCall(ctx, q))
}

// ensureHelpdesks gives each configured helpdesk its row.
func (w *Worker) ensureHelpdesks(ctx context.Context, q *schema.Queries) error {
	now := w.now()
	for _, h := range w.Helpdesks {
		err := q.EnsureHelpdesk(ctx, schema.EnsureHelpdeskParams{Name: h.Name, StartTime: h.StartTime, Now: &now})
		if err != nil {
			return fmt.Errorf("set up helpdesk %s: %w", h.Name, err)
		}
	}
	return nil
}
