package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

var errNoTicket = errors.New("that ticket is not known here (yet): check the helpdesk's name and the id, or wait for the next poll")

// decide records a person's word about one ticket and one incident. It outlives
// every later automatic match.
func (w *Worker) decide(ctx context.Context, key, helpdesk, ticketID, state, by string) (l schema.Link, err error) {
	err = w.inTx(ctx, func(q *schema.Queries) error {
		i, err := q.LockIncident(ctx, key)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoIncident
		}
		if err != nil {
			return fmt.Errorf("lock %s: %w", key, err)
		}
		t, err := q.TicketByID(ctx, schema.TicketByIDParams{Helpdesk: helpdesk, TicketID: ticketID})
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoTicket
		}
		if err != nil {
			return fmt.Errorf("find ticket %s/%s: %w", helpdesk, ticketID, err)
		}
		l, err = w.decideIn(ctx, q, i, t, state, by)
		return err
	})
	if err == nil {
		w.nudge(ctx, queue.Task{Kind: "rescore", ID: l.Incident}, queue.Task{Kind: "measure", ID: l.Incident},
			queue.Task{Kind: "plan", ID: l.Incident}, queue.Task{Kind: "writeback"})
	}
	return l, err
}

// decideIn writes the decision and asks for all that follows from it: the tag,
// the replies, and new scores for the incidents that compete.
func (w *Worker) decideIn(ctx context.Context, q *schema.Queries, i schema.Incident, t schema.Ticket, state, by string) (schema.Link, error) {
	now, confidence := w.now(), 0.0
	if state == "confirmed" {
		confidence = 1
	}
	l, err := q.DecideLink(ctx, schema.DecideLinkParams{
		Incident: i.ID, Ticket: t.ID, State: state, Confidence: confidence, DecidedBy: by, Now: now})
	if err != nil {
		return l, fmt.Errorf("store decision on %s/%s: %w", t.Helpdesk, t.TicketID, err)
	}
	w.Metrics.links.WithLabelValues(state).Inc()
	linked, unlinked := []int64{t.ID}, []int64(nil)
	if state == "rejected" {
		linked, unlinked = unlinked, linked
	}
	if err := w.wantWriteBacks(ctx, q, i.ID, linked, unlinked); err != nil {
		return l, err
	}
	if err := q.LookUpReplies(ctx, schema.LookUpRepliesParams{Tickets: linked, Now: &now}); err != nil {
		return l, fmt.Errorf("ask for replies: %w", err)
	}
	if err := q.DecisionMade(ctx, schema.DecisionMadeParams{Incident: i.ID, Ticket: t.ID, Now: &now}); err != nil {
		return l, fmt.Errorf("ask for what follows from the decision: %w", err)
	}
	return l, w.audit(ctx, q, by, state, &i.ID, &t.ID, nil)
}
