package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// exporter is a helpdesk's change log: pages of tickets from a time on, then
// from a cursor on, and single tickets by id.
type exporter interface {
	Export(ctx context.Context, cursor string, since time.Time) (integrations.Page, error)
	Fetch(ctx context.Context, ids []string) (integrations.Page, error)
}

// pollLease is how long a poller that died keeps the others away.
const pollLease = 3 * time.Minute

// poll reads a helpdesk's export to its end. Polling is the source of truth:
// webhooks get lost. One replica polls at a time, for the claim moves the due
// time on, and each page renews it.
func (w *Worker) poll(ctx context.Context, t queue.Task) error {
	h, ok := w.helpdesks[t.Name]
	if !ok {
		return nil
	}
	now := w.now()
	lease := now.Add(pollLease)
	at, err := w.queries.ClaimPoll(ctx, schema.ClaimPollParams{Name: h.Name, Now: &now, Lease: &lease})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim poll of %s: %w", h.Name, err)
	}
	defer w.noteRate(ctx, h)
	cursor := at.Cursor
	for {
		page, err := h.Client.Export(ctx, cursor, at.StartTime)
		if err != nil {
			return w.pollFailed(ctx, h, int(at.Failures), err)
		}
		if err := w.savePage(ctx, h, page); err != nil {
			return w.pollFailed(ctx, h, int(at.Failures), err)
		}
		failpoint("polled")
		w.nudge(ctx, queue.Task{Kind: "match"})
		if page.End {
			return nil
		}
		cursor = page.Cursor
	}
}

// savePage stores a page and the cursor behind it in one transaction: a crash
// between them neither loses nor skips anything.
func (w *Worker) savePage(ctx context.Context, h Helpdesk, page integrations.Page) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		if err := w.acceptPage(ctx, q, h.Name, viaPoll, page); err != nil {
			return err
		}
		now := w.now()
		next := now.Add(pollLease)
		if page.End {
			next = now.Add(h.PollInterval)
		}
		err := q.SavePoll(ctx, schema.SavePollParams{Name: h.Name, Cursor: page.Cursor, Now: &now, NextAt: &next, AtEnd: page.End})
		if err != nil {
			return fmt.Errorf("save cursor of %s: %w", h.Name, err)
		}
		return nil
	})
}

// pollFailed sets the time of the next try. A cursor that the helpdesk does
// not know any more is given up for a time before the last page: what comes
// twice does no harm.
func (w *Worker) pollFailed(ctx context.Context, h Helpdesk, failures int, cause error) error {
	now := w.now()
	if ctx.Err() != nil { // a shutdown is nobody's failure: the next process goes on at once
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_, err := w.queries.PollNow(ctx, schema.PollNowParams{Name: h.Name, Now: &now})
		return err
	}
	if integrations.KindOf(cause) == integrations.CursorLost {
		err := w.queries.LoseCursor(ctx, schema.LoseCursorParams{Name: h.Name, Now: &now, Error: cause.Error()})
		return errors.Join(fmt.Errorf("poll %s: starting again from a time: %w", h.Name, cause), err)
	}
	wait := integrations.RetryAfter(cause)
	if integrations.KindOf(cause) != integrations.RateLimited { // a limit says itself how long it lasts
		wait = max(wait, backoff(failures))
	}
	next := now.Add(wait)
	err := w.queries.FailPoll(ctx, schema.FailPollParams{Name: h.Name, NextAt: &next, Error: cause.Error()})
	return errors.Join(fmt.Errorf("poll %s: %w", h.Name, cause), err)
}

const fetchBatch = 100 // Zendesk's show_many takes no more

// fetchTickets looks up the tickets that events named but did not describe.
func (w *Worker) fetchTickets(ctx context.Context, t queue.Task) error {
	h, ok := w.helpdesks[t.Name]
	if !ok {
		return nil
	}
	now := w.now()
	lease := now.Add(2 * time.Minute)
	defer w.giveBack(ctx, &lease)
	claimed, err := w.queries.ClaimFetches(ctx, schema.ClaimFetchesParams{Helpdesk: h.Name, Now: now, Lease: lease, Batch: fetchBatch})
	if err != nil {
		return fmt.Errorf("claim tickets to fetch from %s: %w", h.Name, err)
	}
	if len(claimed) == 0 {
		return nil
	}
	ids, attempts := make([]string, 0, len(claimed)), 0
	for _, c := range claimed {
		ids, attempts = append(ids, c.TicketID), max(attempts, int(c.Attempts))
	}
	page, err := h.Client.Fetch(ctx, ids)
	if err != nil {
		due := w.now().Add(max(integrations.RetryAfter(err), backoff(attempts)))
		retry := w.queries.RetryFetches(ctx, schema.RetryFetchesParams{Helpdesk: h.Name, TicketIds: ids, DueAt: due, Error: err.Error()})
		return errors.Join(fmt.Errorf("fetch tickets from %s: %w", h.Name, err), retry)
	}
	if err := w.deleteGone(ctx, h.Name, page.Gone); err != nil {
		return err
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if err := w.acceptPage(ctx, q, h.Name, viaWebhook, page); err != nil {
			return err
		}
		return q.FinishFetches(ctx, schema.FinishFetchesParams{Helpdesk: h.Name, TicketIds: ids})
	})
	if err == nil {
		w.nudge(ctx, queue.Task{Kind: "match"})
	}
	return err
}
