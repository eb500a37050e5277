package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

var errNoTicket = errors.New("that ticket is not known here (yet): check the helpdesk's name and the id, or wait for the next poll")

// undecided takes a person's word back; the machine decides again.
const undecided = "undecided"

// decide records a person's word about one ticket and one incident, linked
// before or not. It outlives every later automatic match.
func (w *Worker) decide(ctx context.Context, key, helpdesk, ticketID, state, by string) (l schema.GetLinkRow, err error) {
	one := func(q *schema.Queries, i schema.Incident) ([]int64, error) {
		t, err := w.knownTicket(ctx, q, helpdesk, ticketID)
		return []int64{t.ID}, err
	}
	_, err = w.decideLinks(ctx, key, one, func(q *schema.Queries, i schema.Incident, tickets []int64, now time.Time) error {
		touch := schema.TouchLinkParams{Incident: i.ID, Ticket: tickets[0], Now: now}
		if state == "confirmed" {
			touch.Confidence = 1
		}
		if err := q.TouchLink(ctx, touch); err != nil {
			return fmt.Errorf("begin link of ticket %s/%s: %w", helpdesk, ticketID, err)
		}
		if _, err := w.decideIn(ctx, q, i, tickets, state, by, now); err != nil {
			return err
		}
		l, err = q.GetLink(ctx, schema.GetLinkParams{Incident: i.ID, Ticket: tickets[0]})
		return err
	})
	return l, err
}

func (w *Worker) knownTicket(ctx context.Context, q *schema.Queries, helpdesk, id string) (schema.Ticket, error) {
	t, err := q.TicketByID(ctx, schema.TicketByIDParams{Helpdesk: helpdesk, TicketID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return t, errNoTicket
	}
	if err != nil {
		return t, fmt.Errorf("find ticket %s/%s: %w", helpdesk, id, err)
	}
	return t, nil
}

// decideLinks chooses tickets, locks them and then the incidents that they may
// belong to, and decides.
// It returns the moment of the decision, by which undo finds it.
func (w *Worker) decideLinks(ctx context.Context, key string,
	choose func(q *schema.Queries, i schema.Incident) ([]int64, error),
	decide func(q *schema.Queries, i schema.Incident, tickets []int64, now time.Time) error) (now time.Time, err error) {
	i, err := w.incident(ctx, key)
	if err != nil {
		return now, err
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		tickets, err := choose(q, i)
		if err != nil {
			return err
		}
		if err := q.LockTickets(ctx, tickets); err != nil {
			return fmt.Errorf("lock tickets: %w", err)
		}
		if err := q.LockIncidentsOf(ctx, schema.LockIncidentsOfParams{Ids: []int64{i.ID}, Tickets: tickets}); err != nil {
			return fmt.Errorf("lock %s and its rivals: %w", key, err)
		}
		if i, err = q.GetIncidentByID(ctx, i.ID); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		if i.MergedInto != nil {
			return errMerged
		}
		now = w.now()
		return decide(q, i, tickets, now)
	})
	if err == nil {
		w.nudge(ctx, queue.Task{Kind: "rescore", ID: i.ID}, queue.Task{Kind: "measure", ID: i.ID},
			queue.Task{Kind: "plan", ID: i.ID}, queue.Task{Kind: "writeback"})
	}
	return now, err
}

// decideIn writes decisions on links, and returns how many there were.
func (w *Worker) decideIn(ctx context.Context, q *schema.Queries, i schema.Incident, tickets []int64, state, by string, now time.Time) (int, error) {
	arg := schema.DecideLinksParams{Incident: i.ID, Tickets: tickets, State: state, Action: state, By: by, Now: now}
	if state == undecided {
		arg.State = "suggested"
	}
	decided, err := q.DecideLinks(ctx, arg)
	if err != nil {
		return 0, fmt.Errorf("store decisions on %s: %w", i.Key, err)
	}
	w.Metrics.links.WithLabelValues(arg.State).Add(float64(len(decided)))
	linked, unlinked := decided, []int64(nil)
	if state != "confirmed" {
		linked, unlinked = unlinked, linked
	}
	return len(decided), w.decisionsMade(ctx, q, i.ID, linked, unlinked, now)
}

// undoDecisions takes back what one person decided at one moment. Links that
// changed since stay as they are.
func (w *Worker) undoDecisions(ctx context.Context, key, by string, madeAt time.Time) (undone int, err error) {
	made := func(q *schema.Queries, i schema.Incident) ([]int64, error) {
		return q.DecidedTickets(ctx, schema.DecidedTicketsParams{Incident: &i.ID, MadeAt: madeAt, By: by})
	}
	_, err = w.decideLinks(ctx, key, made, func(q *schema.Queries, i schema.Incident, _ []int64, now time.Time) error {
		rows, err := q.UndoDecisions(ctx, schema.UndoDecisionsParams{Incident: &i.ID, MadeAt: madeAt, By: by, Now: now})
		if err != nil {
			return fmt.Errorf("undo decisions on %s: %w", key, err)
		}
		undone = len(rows)
		var linked, unlinked []int64
		for _, r := range rows {
			if r.State == "auto" || r.State == "confirmed" {
				linked = append(linked, r.Ticket)
			} else {
				unlinked = append(unlinked, r.Ticket)
			}
		}
		return w.decisionsMade(ctx, q, i.ID, linked, unlinked, now)
	})
	return undone, err
}

// decisionsMade asks for all that follows from decisions: the tags, the replies,
// and new scores for the incidents that compete.
func (w *Worker) decisionsMade(ctx context.Context, q *schema.Queries, incident int64, linked, unlinked []int64, now time.Time) error {
	if err := w.wantWriteBacks(ctx, q, incident, linked, unlinked); err != nil {
		return err
	}
	if err := q.LookUpReplies(ctx, schema.LookUpRepliesParams{Tickets: linked, Now: &now}); err != nil {
		return fmt.Errorf("ask for replies: %w", err)
	}
	all := append(append([]int64{}, linked...), unlinked...)
	if err := q.DecisionsMade(ctx, schema.DecisionsMadeParams{Incident: incident, Tickets: all, Now: &now}); err != nil {
		return fmt.Errorf("ask for what follows from decisions: %w", err)
	}
	return nil
}
