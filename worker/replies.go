package worker

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// replier tells the comments of a ticket.
type replier interface {
	Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error)
}

const repliesBatch = 50

// fetchReplies looks up the comments of linked tickets that changed. Tickets
// that are linked to nothing are never asked for.
func (w *Worker) fetchReplies(ctx context.Context, t queue.Task) error {
	h, ok := w.helpdesks[t.Name]
	if !ok {
		return nil // configured no more: its rows wait until it is again
	}
	now := w.now()
	lease := now.Add(5 * time.Minute)
	defer w.giveBack(ctx, &lease)
	tickets, err := w.queries.ClaimReplies(ctx, schema.ClaimRepliesParams{
		Helpdesk: h.Name, Now: &now, Lease: &lease, Batch: repliesBatch})
	if err != nil {
		return fmt.Errorf("claim tickets to look up replies of: %w", err)
	}
	for i, ticket := range tickets {
		replies, err := h.Client.Replies(ctx, ticket.TicketID)
		if kind := integrations.KindOf(err); err != nil && kind != integrations.NotFound && kind != integrations.Refused {
			return w.postponeReplies(ctx, tickets[i:], lease, err)
		}
		if integrations.KindOf(err) == integrations.NotFound {
			if err := w.askIfGone(ctx, h.Name, ticket.TicketID, now); err != nil {
				return err
			}
		}
		failpoint("replied")
		if err := w.saveReplies(ctx, h.Name, ticket, replies, lease); err != nil {
			return err
		}
	}
	return nil
}

// askIfGone has the ticket itself asked for: comments that are not found may be
// a permission or a proxy, and deleting takes the text and the links away.
func (w *Worker) askIfGone(ctx context.Context, helpdesk, ticketID string, now time.Time) error {
	return execBatch("queue fetch of a ticket without comments",
		w.queries.QueueFetch(ctx, []schema.QueueFetchParams{{Helpdesk: helpdesk, TicketID: ticketID, Now: now}}))
}

// saveReplies stores one ticket's comments. A ticket that is gone has none.
func (w *Worker) saveReplies(ctx context.Context, helpdesk string, ticket schema.ClaimRepliesRow,
	replies []integrations.Reply, lease time.Time) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		if err := q.LockTickets(ctx, []int64{ticket.ID}); err != nil { // before incidents, as everybody does
			return fmt.Errorf("lock ticket %s: %w", ticket.TicketID, err)
		}
		answered, err := w.storeReplies(ctx, q, helpdesk, replies)
		if err != nil {
			return err
		}
		// The lookup itself is news to planning, even where it found nothing.
		if err := w.markAnswered(ctx, q, append(answered, ticket.ID)); err != nil {
			return err
		}
		return q.FinishReplies(ctx, schema.FinishRepliesParams{ID: ticket.ID, Lease: &lease})
	})
}

// After a failure the other lookups wait for repliesPause, the one that failed
// for failedReplies more: a ticket that may not be read holds up no others.
const (
	repliesPause  = 30 * time.Second
	failedReplies = 10 * time.Minute
)

// postponeReplies gives back what one failure kept from being looked up.
func (w *Worker) postponeReplies(ctx context.Context, rest []schema.ClaimRepliesRow, lease time.Time, cause error) error {
	due := w.now().Add(max(integrations.RetryAfter(cause), repliesPause))
	for i, ticket := range rest {
		at := due
		if i == 0 && integrations.KindOf(cause) != integrations.RateLimited {
			at = due.Add(failedReplies)
		}
		err := w.queries.RetryReplies(ctx, schema.RetryRepliesParams{ID: ticket.ID, Lease: &lease, DueAt: &at})
		if err != nil {
			return fmt.Errorf("postpone lookup of replies: %w", err)
		}
	}
	return fmt.Errorf("look up replies: %w", cause)
}

// storeReplies stores comments by whatever way they came, and with them when
// each ticket was first and last answered. It returns the tickets' rows.
// Tickets that we do not hold (their event was lost) are left to the export.
func (w *Worker) storeReplies(ctx context.Context, q *schema.Queries, helpdesk string, replies []integrations.Reply) ([]int64, error) {
	if len(replies) == 0 {
		return nil, nil
	}
	now := w.now()
	ids := make([]string, 0, len(replies))
	for _, r := range replies {
		ids = append(ids, r.TicketID)
	}
	known, err := q.TicketRows(ctx, schema.TicketRowsParams{Helpdesk: helpdesk, TicketIds: ids})
	if err != nil {
		return nil, fmt.Errorf("find tickets of replies: %w", err)
	}
	byID := map[string]int64{}
	var tickets []int64
	for _, t := range known {
		byID[t.TicketID] = t.ID
		tickets = append(tickets, t.ID)
	}
	var rows []schema.InsertReplyParams
	var mentioned []schema.PutNoteReferenceParams
	for _, r := range replies {
		if w.hidesText() {
			r.Text = ""
		}
		if ticket, ok := byID[r.TicketID]; ok {
			mentioned = append(mentioned, noteReferences(ticket, r)...)
			w.traceTicket(ctx, "reply", helpdesk, r.TicketID, attribute.Bool("public", r.Public), attribute.Bool("agent", r.Agent))
			rows = append(rows, schema.InsertReplyParams{Ticket: ticket, ReplyID: r.ID, AuthorID: r.AuthorID,
				Agent: r.Agent, Public: r.Public, At: r.At, Body: r.Text, Now: now})
		}
	}
	if err := execBatch("store replies", q.InsertReply(ctx, rows)); err != nil {
		return nil, err
	}
	if err := execBatch("store what notes mention", q.PutNoteReference(ctx, mentioned)); err != nil {
		return nil, err
	}
	if err := q.RepliesKnown(ctx, tickets); err != nil {
		return nil, fmt.Errorf("note when tickets were answered: %w", err)
	}
	return tickets, nil
}

// markAnswered has the incidents of tickets counted and planned again.
func (w *Worker) markAnswered(ctx context.Context, q *schema.Queries, tickets []int64) error {
	now := w.now()
	if err := q.LinksChanged(ctx, schema.LinksChangedParams{Tickets: tickets, Now: &now}); err != nil {
		return fmt.Errorf("mark incidents of answered tickets: %w", err)
	}
	return nil
}
