package worker

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/schema"
)

const (
	purgeBatch = 1000
	// keepTold is long after anybody could be told the same again, or would
	// still replay a delivery that could not be read.
	keepTold = 90 * 24 * time.Hour
	// keepModels is how long past versions of what was learned can be read.
	keepModels = 30 * 24 * time.Hour
	// keepKeys is how long a repeat of a source's numbered event is known.
	keepKeys = 400 * 24 * time.Hour
)

// purge deletes what is older than it is kept, a small batch at a time.
func (w *Worker) purge(ctx context.Context, now time.Time) {
	told, q := now.Add(-keepTold), w.queries
	w.purgeAll(ctx, "ended sessions", func(batch int32) (int64, error) {
		return q.PurgeSessions(ctx, schema.PurgeSessionsParams{Now: now, Batch: batch})
	})
	w.purgeAll(ctx, "old notices", func(batch int32) (int64, error) {
		return q.PurgeNotices(ctx, schema.PurgeNoticesParams{Before: told, Batch: batch})
	})
	w.purgeAll(ctx, "old surges", func(batch int32) (int64, error) {
		return q.PurgeSurges(ctx, schema.PurgeSurgesParams{Before: told, Batch: batch})
	})
	w.purgeAll(ctx, "old versions of the model", func(batch int32) (int64, error) {
		return q.PurgeModels(ctx, schema.PurgeModelsParams{Before: now.Add(-keepModels), Batch: batch})
	})
	if w.KeepWebhooks > 0 {
		inbox := schema.PurgeInboxParams{Before: now.Add(-w.KeepWebhooks), KeysBefore: now.Add(-max(keepKeys, w.KeepWebhooks)),
			Sources: slices.Sorted(maps.Keys(w.sources))}
		dead := now.Add(-max(keepTold, w.KeepWebhooks))
		w.purgeAll(ctx, "old webhooks", func(batch int32) (int64, error) {
			inbox.DeadBefore, inbox.Batch = &dead, batch
			return q.PurgeInbox(ctx, inbox)
		})
	}
	if w.KeepTickets > 0 {
		before := now.Add(-w.KeepTickets)
		w.purgeAll(ctx, "old tickets", func(batch int32) (int64, error) {
			return q.PurgeTickets(ctx, schema.PurgeTicketsParams{Before: before, Batch: batch})
		})
		w.purgeAll(ctx, "people without tickets", func(batch int32) (int64, error) {
			return q.PurgePeople(ctx, schema.PurgePeopleParams{Before: before, Batch: batch})
		})
	}
}

func (w *Worker) purgeAll(ctx context.Context, what string, purge func(batch int32) (int64, error)) {
	for n := int64(purgeBatch); n == purgeBatch; {
		var err error
		if n, err = purge(purgeBatch); err != nil {
			if ctx.Err() == nil {
				w.Log.Warn("purge failed; the next hour covers it", "of", what, "error", err)
			}
			return
		}
	}
}
