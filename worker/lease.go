package worker

import (
	"context"
	"errors"
	"time"

	"github.com/ticketlink/ticketlink/schema"
)

// giveBackTimeout is for the last word of a job that is cut short; the queue
// waits a little longer for it.
const giveBackTimeout = time.Second

// giveBack is what a job that claims rows by a lease does at its end. Where the
// process stops and cuts it short, the rows that it still holds are due at once,
// so that another replica goes on. A process that is killed gives nothing back:
// its rows are due again when the lease ends, five minutes later at most.
func (w *Worker) giveBack(ctx context.Context, lease *time.Time) {
	if lease.IsZero() || !errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTimeout)
	defer cancel()
	now := w.now()
	if err := w.queries.GiveBack(ctx, schema.GiveBackParams{Lease: lease, Now: &now}); err != nil {
		w.Log.Warn("give back what a job held failed; it is due again when its lease ends", "lease", *lease, "error", err)
	}
}
