package worker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	inboxBatch  = 500
	maxAttempts = 10 // of a delivery that fails by itself
)

// drainInbox works through the stored webhooks: those about tickets a batch in
// one transaction, the others each in its own, for one that locked several
// incidents as they come would not lock them by id. When a batch fails, each
// delivery is tried alone, so that one poisonous delivery keeps no other from
// its way.
func (w *Worker) drainInbox(ctx context.Context, _ queue.Task) error {
	for {
		n, alone, err := w.drainBatch(ctx, inboxBatch)
		if err != nil {
			w.Log.Warn("inbox batch failed; trying its deliveries one by one", "error", err)
			n, err = w.drainOneByOne(ctx, inboxBatch)
		} else if alone > 0 {
			_, err = w.drainOneByOne(ctx, alone)
		}
		if err != nil {
			return err
		}
		if n < inboxBatch {
			return nil
		}
	}
}

// drainBatch claims up to size deliveries. Of several it does those about
// tickets, and returns how many it left alone.
func (w *Worker) drainBatch(ctx context.Context, size int32) (n, alone int, err error) {
	now, tickets := w.now(), false
	err = w.inTx(ctx, func(q *schema.Queries) error {
		rows, err := q.ClaimInbox(ctx, schema.ClaimInboxParams{Now: &now, Batch: size})
		if err != nil {
			return fmt.Errorf("claim inbox: %w", err)
		}
		n = len(rows)
		if size > 1 {
			rows = slices.DeleteFunc(rows, func(r schema.ClaimInboxRow) bool { return !w.aboutTickets(r) })
			alone = n - len(rows)
		}
		tickets = slices.ContainsFunc(rows, w.aboutTickets)
		if err = w.handleDeliveries(ctx, q, rows); err == nil && len(rows) > 0 {
			failpoint("accepting")
		}
		return err
	})
	if err == nil && tickets {
		failpoint("accepted")
		w.nudge(ctx, queue.Task{Kind: "match"})
	}
	return n, alone, err
}

func (w *Worker) aboutTickets(row schema.ClaimInboxRow) bool {
	_, ok := w.helpdesks[row.Source]
	return ok
}

// told is what a batch of deliveries says: tickets by helpdesk, incidents by source.
type told struct {
	done    []int64
	events  map[string][]integrations.TicketEvent
	updates []sourceUpdate
	said    []chatSaid
}

type sourceUpdate struct {
	source   string
	update   integrations.IncidentUpdate
	received time.Time
}

// handleDeliveries does what was delivered. Tickets come before incidents:
// every transaction locks in that order.
func (w *Worker) handleDeliveries(ctx context.Context, q *schema.Queries, rows []schema.ClaimInboxRow) error {
	now := w.now()
	t := told{events: map[string][]integrations.TicketEvent{}}
	for _, row := range rows {
		if err := w.decode(row, &t); err != nil {
			w.Log.Error("delivery cannot be read; it is kept with its reason", "source", row.Source, "id", row.ID, "error", err)
			if err := q.KillInbox(ctx, schema.KillInboxParams{ID: row.ID, Now: &now, Error: err.Error()}); err != nil {
				return fmt.Errorf("put delivery %d aside: %w", row.ID, err)
			}
			continue
		}
		t.done = append(t.done, row.ID)
	}
	if err := w.acceptEvents(ctx, q, t.events); err != nil {
		return err
	}
	for _, u := range t.updates {
		if err := w.applyUpdate(ctx, q, u); err != nil {
			return err
		}
	}
	for _, said := range t.said {
		if err := w.acceptSaid(ctx, q, said); err != nil {
			return err
		}
	}
	for _, helpdesk := range slices.Sorted(maps.Keys(t.events)) { // last, as a poll does: incidents are locked by now
		if err := q.WebhookSeen(ctx, schema.WebhookSeenParams{Name: helpdesk, Now: &now}); err != nil {
			return fmt.Errorf("note webhook of %s: %w", helpdesk, err)
		}
	}
	return q.FinishInbox(ctx, schema.FinishInboxParams{Ids: t.done, Now: &now})
}

// decode adds to t what one delivery says. An error means that the body is not
// what its sender documents, or that the configuration does not know the sender
// any more.
func (w *Worker) decode(row schema.ClaimInboxRow, t *told) error {
	if h, ok := w.helpdesks[row.Source]; ok {
		e, err := h.Decode(row.Body)
		if err == nil {
			t.events[row.Source] = append(t.events[row.Source], received(e, row.ReceivedAt))
		}
		return err
	}
	if s, ok := w.sources[row.Source]; ok && s.Decode != nil {
		u, err := s.Decode(row.Body)
		if err == nil {
			t.updates = append(t.updates, sourceUpdate{row.Source, u, row.ReceivedAt.UTC()})
		}
		return err
	}
	if c, ok := w.chat(row.Source); ok {
		e, err := c.Decode(row.Body)
		if err == nil {
			t.said = append(t.said, chatSaid{row.Source, e, row.ReceivedAt.UTC()})
		}
		return err
	}
	return errUnknownName
}

// received fills in when an event came, where it does not say when it happened.
func received(e integrations.TicketEvent, at time.Time) integrations.TicketEvent {
	if e.Ticket.UpdatedAt.IsZero() {
		e.Ticket.UpdatedAt = at
	}
	return e
}

// drainOneByOne gives each of the first deliveries its own transaction.
func (w *Worker) drainOneByOne(ctx context.Context, most int) (n int, err error) {
	for n < most {
		one, _, err := w.drainBatch(ctx, 1)
		if err != nil {
			if err := w.postpone(ctx, err); err != nil {
				return n, err
			}
			one = 1
		}
		if one == 0 {
			break
		}
		n++
	}
	return n, ctx.Err()
}

// postpone puts off the delivery that is first in line and failed with cause,
// for longer each time, and puts it aside for good after maxAttempts.
func (w *Worker) postpone(ctx context.Context, cause error) error {
	now := w.now()
	return w.inTx(ctx, func(q *schema.Queries) error {
		rows, err := q.ClaimInbox(ctx, schema.ClaimInboxParams{Now: &now, Batch: 1})
		if err != nil || len(rows) == 0 {
			return err
		}
		row := rows[0]
		w.Log.Error("delivery failed", "source", row.Source, "id", row.ID, "attempt", row.Attempts+1, "error", cause)
		if row.Attempts+1 >= maxAttempts {
			return q.KillInbox(ctx, schema.KillInboxParams{ID: row.ID, Now: &now, Error: cause.Error()})
		}
		due := now.Add(backoff(int(row.Attempts)))
		return q.RetryInbox(ctx, schema.RetryInboxParams{ID: row.ID, DueAt: &due, Error: cause.Error()})
	})
}

// backoff is how long to wait after a failed attempt, the first being 0: 5 s,
// doubled each time, at most an hour.
func backoff(attempt int) time.Duration {
	return min(5*time.Second<<min(attempt, 10), time.Hour)
}
