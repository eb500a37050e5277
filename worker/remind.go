package worker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	deliverBatch   = 20
	deliverLease   = 2 * time.Minute
	deliverTimeout = 15 * time.Second // of one delivery; well below the lease
)

// remind turns a reminder that is due into rows to deliver, one for each
// target, and sets the time of the next. The rows are the intent: they are
// there before anything is sent.
func (w *Worker) remind(ctx context.Context, t queue.Task) error {
	err := w.inTx(ctx, func(q *schema.Queries) error {
		now := w.now()
		row, err := q.LockFollowUp(ctx, schema.LockFollowUpParams{ID: t.ID, Now: &now})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // done, cancelled, snoozed, or another replica has it
		}
		if err != nil {
			return fmt.Errorf("lock follow-up %d: %w", t.ID, err)
		}
		f := followUpOf(row.IncidentKey, row.FollowUp)
		sent := int(row.FollowUp.Stage)
		next, ok := followup.NextReminder(f, sent, w.FollowUp)
		if !ok || next.At.After(now) {
			return w.advance(ctx, q, row.FollowUp, f, sent, orZero(row.FollowUp.RemindedAt))
		}
		for _, target := range w.targetsOf(f, next.Escalate) {
			err := q.PutReminder(ctx, schema.PutReminderParams{FollowUp: t.ID, Stage: int32(next.Stage), Target: target,
				Escalation: next.Escalate, Now: &now})
			if err != nil {
				return fmt.Errorf("store reminder of follow-up %d: %w", t.ID, err)
			}
		}
		return w.advance(ctx, q, row.FollowUp, f, next.Stage, now)
	})
	if err == nil {
		w.nudge(ctx, queue.Task{Kind: "deliver"})
	}
	return err
}

// advance sets the follow-up's stage and the time of its next reminder.
func (w *Worker) advance(ctx context.Context, q *schema.Queries, row schema.FollowUp, f followup.FollowUp, stage int, reminded time.Time) error {
	f.RemindedAt = reminded
	arg := schema.AdvanceFollowUpParams{ID: row.ID, Stage: int32(stage), RemindDueAt: w.remindDue(f, stage)}
	if !reminded.IsZero() {
		arg.RemindedAt = &reminded
	}
	if err := q.AdvanceFollowUp(ctx, arg); err != nil {
		return fmt.Errorf("advance follow-up %d: %w", row.ID, err)
	}
	return nil
}

// targetsOf are the notification targets of one reminder.
func (w *Worker) targetsOf(f followup.FollowUp, escalate bool) []string {
	return followup.Routes{Default: w.Notify, Escalate: w.Escalate}.For(f, escalate)
}

// deliver sends the reminders that wait, a batch at once.
func (w *Worker) deliver(ctx context.Context, _ queue.Task) error {
	for {
		now := w.now()
		lease := now.Add(deliverLease)
		rows, err := w.queries.ClaimReminders(ctx, schema.ClaimRemindersParams{Now: now, Lease: &lease, Batch: deliverBatch})
		if err != nil {
			return fmt.Errorf("claim reminders: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		failures := make([]error, len(rows))
		var all sync.WaitGroup
		for n, row := range rows {
			all.Go(func() { failures[n] = w.deliverOne(ctx, row) })
		}
		all.Wait()
		if err := errors.Join(failures...); err != nil {
			return err
		}
	}
}

// deliverOne sends one reminder if it is still wanted, and records the outcome.
func (w *Worker) deliverOne(ctx context.Context, row schema.ClaimRemindersRow) error {
	r := row.Reminder
	finish := schema.FinishReminderParams{FollowUp: r.FollowUp, Stage: r.Stage, Target: r.Target}
	err := w.send(ctx, row)
	now := w.now()
	switch {
	case err == nil:
		finish.DeliveredAt = &now
		w.Metrics.reminders.WithLabelValues(r.Target, "delivered").Inc()
	case errors.Is(err, errNotWanted):
		finish.Error = err.Error()
		w.Metrics.reminders.WithLabelValues(r.Target, "not_wanted").Inc()
	case r.Attempts >= maxAttempts:
		finish.Error = err.Error()
		w.Metrics.reminders.WithLabelValues(r.Target, "given_up").Inc()
		w.Log.Error("reminder given up; check the target with ticketlink doctor", "target", r.Target, "follow_up", r.FollowUp, "error", err)
	default:
		w.Metrics.reminders.WithLabelValues(r.Target, "failed").Inc()
		due := now.Add(max(integrations.RetryAfter(err), backoff(int(r.Attempts)-1)))
		retry := w.queries.RetryReminder(ctx, schema.RetryReminderParams{FollowUp: r.FollowUp, Stage: r.Stage, Target: r.Target,
			DueAt: &due, Error: err.Error()})
		return errors.Join(fmt.Errorf("deliver reminder of follow-up %d to %s: %w", r.FollowUp, r.Target, err), retry)
	}
	if err := w.queries.FinishReminder(ctx, finish); err != nil {
		return fmt.Errorf("record reminder of follow-up %d: %w", r.FollowUp, err)
	}
	return nil
}

var errNotWanted = errors.New("the follow-up was done, cancelled or snoozed before the reminder went out")

func (w *Worker) send(ctx context.Context, row schema.ClaimRemindersRow) error {
	f := followUpOf(row.IncidentKey, row.FollowUp)
	if f.State != followup.Open || f.SnoozedUntil.After(w.now()) {
		return errNotWanted
	}
	target, ok := w.targets[row.Reminder.Target]
	if !ok {
		return &integrations.Error{Op: "find notification target " + row.Reminder.Target, Kind: integrations.Refused,
			Detail: "not configured any more (notify)"}
	}
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	return target.Send(ctx, w.message(row, f))
}

// message words a reminder.
func (w *Worker) message(row schema.ClaimRemindersRow, f followup.FollowUp) integrations.Message {
	urls := map[string]string{}
	if h, ok := w.helpdesks[f.Helpdesk]; ok && h.TicketURL != nil {
		for _, id := range f.TicketIDs {
			urls[id] = h.TicketURL(id)
		}
	}
	return integrations.Message(followup.Render(followup.Notice{
		ID: strconv.FormatInt(row.FollowUp.ID, 10), FollowUp: f, IncidentTitle: row.IncidentTitle,
		IncidentURL: w.incidentURL(row.IncidentKey), TicketURLs: urls, Stage: int(row.Reminder.Stage),
		Escalate: row.Reminder.Escalation, Now: w.now(),
	}))
}

// decideFollowUp records a person's word on a follow-up: done, cancelled, or
// snoozed until a time.
func (w *Worker) decideFollowUp(ctx context.Context, id int64, action, by, reason string, until time.Time) (row schema.GetFollowUpRow, err error) {
	err = w.inTx(ctx, func(q *schema.Queries) error {
		row, err = q.GetFollowUp(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoFollowUp
		}
		if err != nil {
			return fmt.Errorf("find follow-up %d: %w", id, err)
		}
		n, err := q.DecideFollowUp(ctx, w.decisionOn(row, action, by, reason, until))
		if err != nil {
			return fmt.Errorf("store decision on follow-up %d: %w", id, err)
		}
		if n == 0 {
			return errFollowUpEnded
		}
		if row, err = q.GetFollowUp(ctx, id); err != nil {
			return fmt.Errorf("read follow-up %d: %w", id, err)
		}
		return w.audit(ctx, q, by, "follow_up_"+action, &row.FollowUp.Incident, nil, map[string]any{"follow_up": id, "reason": reason})
	})
	return row, err
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
