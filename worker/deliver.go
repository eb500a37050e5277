package worker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	deliverBatch    = 20
	deliverLease    = 2 * time.Minute
	deliverTimeout  = 15 * time.Second // of one delivery; well below the lease
	deliverAttempts = 8                // about ten minutes, then another target is told
	deadRetry       = time.Hour        // of what no other target can be told
)

// deliver sends the reminders that wait, a batch at once.
func (w *Worker) deliver(ctx context.Context, _ queue.Task) error {
	var lease time.Time
	defer w.giveBack(ctx, &lease)
	for {
		if err := w.gather(ctx); err != nil {
			return err
		}
		now := w.now()
		lease = now.Add(deliverLease)
		rows, err := w.queries.ClaimReminders(ctx, schema.ClaimRemindersParams{Now: now, Lease: &lease, Batch: deliverBatch})
		if err != nil {
			return fmt.Errorf("claim reminders: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		failpoint("claimed")
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

const notWanted = "the follow-up was done, cancelled or snoozed before the reminder went out"

// deliverOne sends one message with what is still wanted of it, and records
// the outcome.
func (w *Worker) deliverOne(ctx context.Context, lead schema.ClaimRemindersRow) error {
	all, err := w.told(ctx, lead)
	if err != nil {
		return err
	}
	var wanted, gone []schema.ClaimRemindersRow
	for _, r := range all {
		if r.FollowUp.Status == string(followup.Open) && !orZero(r.FollowUp.SnoozedUntil).After(w.now()) {
			wanted = append(wanted, r)
		} else {
			gone = append(gone, r)
		}
	}
	if len(wanted) > 0 {
		failpoint("delivering")
		err = w.send(ctx, lead.Reminder, wanted)
		failpoint("delivered")
	}
	switch {
	case err == nil:
		return w.finish(ctx, lead.Reminder.Target, wanted, gone)
	case final(err) || lead.Reminder.Attempts >= deliverAttempts:
		return w.giveUp(ctx, lead.Reminder, wanted, gone, err)
	}
	due := w.now().Add(max(integrations.RetryAfter(err), backoff(int(lead.Reminder.Attempts)-1)))
	w.Metrics.reminders.WithLabelValues(lead.Reminder.Target, "failed").Inc()
	return errors.Join(undelivered(lead.Reminder, err), w.retry(ctx, w.queries, lead.Reminder, due, false, err))
}

// final says whether the same delivery would fail again.
func final(err error) bool {
	switch integrations.KindOf(err) {
	case integrations.Refused, integrations.NotFound, integrations.Unauthorized:
		return true
	}
	return false
}

// finish records what was told and what nobody wanted any more.
func (w *Worker) finish(ctx context.Context, target string, wanted, gone []schema.ClaimRemindersRow) error {
	now := w.now()
	rows := make([]schema.FinishRemindersParams, 0, len(wanted)+len(gone))
	for _, r := range wanted {
		rows = append(rows, finished(r, &now, nil, ""))
	}
	for _, r := range gone {
		rows = append(rows, finished(r, nil, nil, notWanted))
	}
	w.traceReminders(ctx, target, wanted)
	w.Metrics.reminders.WithLabelValues(target, "delivered").Add(float64(len(wanted)))
	w.Metrics.reminders.WithLabelValues(target, "not_wanted").Add(float64(len(gone)))
	return execBatch("record reminders to "+target, w.queries.FinishReminders(ctx, rows))
}

func finished(r schema.ClaimRemindersRow, at, dead *time.Time, why string) schema.FinishRemindersParams {
	return schema.FinishRemindersParams{FollowUp: r.Reminder.FollowUp, Stage: r.Reminder.Stage, Target: r.Reminder.Target,
		DeliveredAt: at, DeadAt: dead, Error: why}
}

// retry puts a delivery off; apart takes it out of its digest.
func (w *Worker) retry(ctx context.Context, q *schema.Queries, r schema.Reminder, due time.Time, apart bool, cause error) error {
	err := q.RetryReminder(ctx, schema.RetryReminderParams{FollowUp: r.FollowUp, Stage: r.Stage, Target: r.Target,
		DueAt: &due, Apart: apart, Error: cause.Error()})
	if err != nil {
		return fmt.Errorf("put off reminder of follow-up %d: %w", r.FollowUp, err)
	}
	return nil
}

// undelivered is the job's error, which logs it.
func undelivered(r schema.Reminder, cause error) error {
	return fmt.Errorf("deliver reminder of follow-up %d to %s: %w", r.FollowUp, r.Target, cause)
}

// giveUp takes a target for dead: another one is told instead, the default,
// else whoever is escalated to. Where neither is left the delivery is repeated
// until somebody is reached or the follow-up has ended: it is never dropped.
func (w *Worker) giveUp(ctx context.Context, lead schema.Reminder, wanted, gone []schema.ClaimRemindersRow, cause error) error {
	now := w.now()
	later := now.Add(max(integrations.RetryAfter(cause), deadRetry))
	lost := 0
	err := w.inTx(ctx, func(q *schema.Queries) error {
		var rows []schema.FinishRemindersParams
		for _, r := range wanted {
			told, err := w.fallBack(ctx, q, r.Reminder)
			if err == nil && !told {
				lost++
				err = w.retry(ctx, q, r.Reminder, later, true, cause)
			} else {
				rows = append(rows, finished(r, nil, &now, cause.Error()))
			}
			if err != nil {
				return err
			}
		}
		for _, r := range gone {
			rows = append(rows, finished(r, nil, nil, notWanted))
		}
		return execBatch("record reminders given up", q.FinishReminders(ctx, rows))
	})
	if err != nil {
		return err
	}
	w.Metrics.reminders.WithLabelValues(lead.Target, "given_up").Add(float64(len(wanted)))
	w.Log.Error("target given up; check it with ticketlink doctor", "target", lead.Target, "reminders", len(wanted), "nobody_else", lost, "error", cause)
	w.nudge(ctx, queue.Task{Kind: "deliver"})
	return nil
}

// fallBack tells another target of one reminder, and says whether there is one.
func (w *Worker) fallBack(ctx context.Context, q *schema.Queries, r schema.Reminder) (bool, error) {
	now := w.now()
	for _, list := range [][]string{w.Reminding.Routes.Default, w.Reminding.Routes.Escalate} {
		put := int64(0)
		for _, target := range list {
			if w.isOnCall(target) || target == r.Target {
				continue
			}
			n, err := q.PutFallback(ctx, schema.PutFallbackParams{FollowUp: r.FollowUp, Stage: r.Stage, Target: target,
				Escalation: r.Escalation, InsteadOf: r.Target, DueAt: &now, Now: now})
			if err != nil {
				return false, fmt.Errorf("store reminder of follow-up %d to %s: %w", r.FollowUp, target, err)
			}
			put += n
		}
		if put > 0 {
			return true, nil
		}
	}
	told, err := q.ToldElsewhere(ctx, schema.ToldElsewhereParams{FollowUp: r.FollowUp, Stage: r.Stage, Target: r.Target})
	if err != nil {
		return false, fmt.Errorf("look for other reminders of follow-up %d: %w", r.FollowUp, err)
	}
	return told, nil
}

func (w *Worker) send(ctx context.Context, lead schema.Reminder, wanted []schema.ClaimRemindersRow) error {
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	m := w.message(lead, wanted)
	if tag, note := w.Reminding.TicketNotes[lead.Target]; note {
		return w.sendNote(ctx, wanted[0], m, tag)
	}
	target, ok := w.targets[lead.Target]
	if !ok {
		return &integrations.Error{Op: "find notification target " + lead.Target, Kind: integrations.Refused,
			Detail: "not configured any more (notify)"}
	}
	return target.Send(ctx, m)
}

// message words what is told, in the target's language.
func (w *Worker) message(lead schema.Reminder, rows []schema.ClaimRemindersRow) integrations.Message {
	wording := w.Reminding.Wording
	if own := w.Reminding.Wordings[lead.Target]; own != nil {
		wording = own
	}
	notices := make([]followup.Notice, 0, len(rows))
	for _, r := range rows {
		notices = append(notices, w.notice(r))
	}
	if lead.Digest != nil && *lead.Digest > 0 {
		return integrations.Message(wording.Digest(*lead.Digest, notices))
	}
	return integrations.Message(wording.Reminder(notices[0]))
}

func (w *Worker) notice(row schema.ClaimRemindersRow) followup.Notice {
	f := followUpOf(row.IncidentKey, row.FollowUp)
	urls := map[string]string{}
	if h, ok := w.helpdesks[f.Helpdesk]; ok && h.TicketURL != nil {
		for _, id := range f.TicketIDs {
			urls[id] = h.TicketURL(id)
		}
	}
	return followup.Notice{
		ID: strconv.FormatInt(row.FollowUp.ID, 10), FollowUp: f, IncidentTitle: row.IncidentTitle, IncidentMessage: row.IncidentMessage,
		IncidentURL: w.incidentURL(row.IncidentKey), TicketURLs: urls, Stage: int(row.Reminder.Stage),
		Escalate: row.Reminder.Escalation, InsteadOf: row.Reminder.InsteadOf, Now: w.now(),
	}
}
