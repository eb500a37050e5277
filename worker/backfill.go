package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// backfillRound is what one backfill is known by, so that the same command an
// hour later goes on with it instead of beginning another.
const backfillRound = 24 * time.Hour

// Backfill loads a helpdesk's history from since on, next to the poller and
// with a cursor of its own, kept with each page. It goes on where an unfinished
// one stopped. Show learns how far it has come after each page.
func (w *Worker) Backfill(ctx context.Context, helpdesk string, since time.Time,
	show func(tickets int64, reached time.Time, done bool)) error {
	h, ok := w.helpdesks[helpdesk]
	if !ok {
		return fmt.Errorf("backfill %s: no helpdesk of that name is configured", helpdesk)
	}
	if err := w.ensureHelpdesks(ctx, w.queries); err != nil {
		return err
	}
	since = since.UTC().Truncate(backfillRound)
	unfinished, err := w.queries.UnfinishedBackfill(ctx, h.Name)
	if err != nil {
		return fmt.Errorf("find unfinished backfill of %s: %w", h.Name, err)
	}
	if len(unfinished) > 0 && !unfinished[0].After(since) {
		since = unfinished[0]
	}
	at, err := w.queries.StartBackfill(ctx, schema.StartBackfillParams{Helpdesk: h.Name, Since: since})
	if err != nil {
		return fmt.Errorf("start backfill of %s: %w", h.Name, err)
	}
	if at.DoneAt != nil {
		show(at.Tickets, *at.DoneAt, true)
		return nil
	}
	return w.backfillPages(ctx, h, since, at.Cursor, at.Tickets, show)
}

func (w *Worker) backfillPages(ctx context.Context, h Helpdesk, since time.Time, cursor string, tickets int64,
	show func(int64, time.Time, bool)) error {
	for {
		page, err := w.exportPatiently(ctx, h, cursor, since)
		if err != nil {
			return fmt.Errorf("backfill %s: %w", h.Name, err)
		}
		reached := reachedBy(page, since)
		err = w.inTx(ctx, func(q *schema.Queries) error {
			if err := w.acceptPage(ctx, q, h.Name, viaBackfill, page); err != nil {
				return err
			}
			save := schema.SaveBackfillParams{Helpdesk: h.Name, Since: since, Cursor: page.Cursor,
				PageTickets: int64(len(page.Tickets)), ReachedAt: &reached}
			if now := w.now(); page.End {
				save.DoneAt = &now
			}
			return q.SaveBackfill(ctx, save)
		})
		if err != nil {
			return fmt.Errorf("backfill %s: %w", h.Name, err)
		}
		tickets += int64(len(page.Tickets))
		show(tickets, reached, page.End)
		if page.End {
			return nil
		}
		cursor = page.Cursor
	}
}

// reachedBy is the newest change on a page.
func reachedBy(page integrations.Page, since time.Time) time.Time {
	for _, t := range page.Tickets {
		since = latest(since, latest(t.UpdatedAt, t.GeneratedAt))
	}
	return since
}

// exportPatiently waits out rate limits and passing failures.
func (w *Worker) exportPatiently(ctx context.Context, h Helpdesk, cursor string, since time.Time) (integrations.Page, error) {
	for attempt := 0; ; attempt++ {
		page, err := h.Client.Export(ctx, cursor, since)
		kind := integrations.KindOf(err)
		if err == nil || attempt >= maxAttempts || kind != integrations.RateLimited && kind != integrations.Temporary {
			return page, err
		}
		wait := time.NewTimer(max(integrations.RetryAfter(err), backoff(attempt)))
		select {
		case <-ctx.Done():
			wait.Stop()
			return page, errors.Join(ctx.Err(), err)
		case <-wait.C:
		}
	}
}
