package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
)

// decideFollowUp records a person's word on a follow-up: done, cancelled, or
// snoozed until a time.
func (w *Worker) decideFollowUp(ctx context.Context, id int64, action, by, reason string, until time.Time) (row schema.GetFollowUpRow, err error) {
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if row, err = w.followUp(ctx, q, id); err != nil {
			return err
		}
		// What a person has done counts as a word to the customer: the next is
		// counted from there. The incident is locked first, as planning does.
		now := w.now()
		if err := q.DueAgain(ctx, schema.DueAgainParams{ID: row.FollowUp.Incident, Measure: true, Plan: true, Now: &now}); err != nil {
			return fmt.Errorf("ask for planning of %s: %w", row.IncidentKey, err)
		}
		n, err := q.DecideFollowUp(ctx, w.decisionOn(row, action, by, reason, until))
		if err != nil {
			return fmt.Errorf("store decision on follow-up %d: %w", id, err)
		}
		if n == 0 {
			return errFollowUpEnded
		}
		if err := w.dropDueTags(ctx, q, row.FollowUp.Incident); err != nil {
			return err
		}
		if row, err = q.GetFollowUp(ctx, id); err != nil {
			return fmt.Errorf("read follow-up %d: %w", id, err)
		}
		return w.audit(ctx, q, by, "follow_up_"+action, &row.FollowUp.Incident, nil, map[string]any{"follow_up": id, "reason": reason})
	})
	return row, err
}

func (w *Worker) followUp(ctx context.Context, q *schema.Queries, id int64) (schema.GetFollowUpRow, error) {
	row, err := q.GetFollowUp(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, errNoFollowUp
	}
	if err != nil {
		return row, fmt.Errorf("find follow-up %d: %w", id, err)
	}
	return row, nil
}

var (
	errNoFollowUp    = errors.New("no follow-up has that id")
	errFollowUpEnded = errors.New("the follow-up has ended already")
)

func (w *Worker) decisionOn(row schema.GetFollowUpRow, action, by, reason string, until time.Time) schema.DecideFollowUpParams {
	now := w.now()
	f := row.FollowUp
	d := schema.DecideFollowUpParams{ID: f.ID, DecidedBy: by, Reason: f.Reason, SnoozedUntil: f.SnoozedUntil}
	if reason != "" {
		d.Reason = reason
	}
	switch action {
	case "snooze":
		d.Status, d.SnoozedUntil = f.Status, &until
		snoozed := followUpOf(row.IncidentKey, f)
		snoozed.SnoozedUntil = until
		d.RemindDueAt = w.remindDue(snoozed, int(f.Stage))
	case "done":
		d.Status, d.ByHand, d.EndedAt = "done", true, &now
	case "cancel":
		d.Status, d.ByHand, d.EndedAt = "cancelled", true, &now
	}
	if d.ByHand && reason == "" {
		d.Reason = map[string]string{"done": "marked as done by ", "cancel": "cancelled by "}[action] + by
	}
	return d
}
