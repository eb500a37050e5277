package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// remindBatch is how many follow-ups become reminders in one transaction. They
// are seen by deliver together, which makes digests of them.
const remindBatch = 500

// Reminding says whom reminders go to and how they are put.
type Reminding struct {
	Routes      followup.Routes
	OnCall      []OnCall
	Quiet       map[string]*followup.Hours   // by target: when it gets nothing
	Wording     *followup.Wording            // where a target has none of its own
	Wordings    map[string]*followup.Wording // by target
	TicketNotes map[string]string            // targets that are notes on the ticket itself, with the tag to add, "" for none
	Buttons     map[string]Buttons           // by target: reads what its buttons send
	DigestAbove int                          // more than this that are due together for a target are one message; 0: never
}

// remind turns the reminders that are due into rows to deliver, one for each
// target, and sets the time of the next. The rows are the intent: they are
// there before anything is sent.
func (w *Worker) remind(ctx context.Context, _ queue.Task) error {
	for {
		n, err := w.remindSome(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			failpoint("reminded")
			w.nudge(ctx, queue.Task{Kind: "deliver"})
		}
		if n < remindBatch {
			return nil
		}
	}
}

func (w *Worker) remindSome(ctx context.Context) (n int, err error) {
	duty, err := w.onDuty(ctx, w.queries)
	if err != nil {
		return 0, err
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		now := w.now()
		due, err := q.LockDueFollowUps(ctx, schema.LockDueFollowUpsParams{Now: &now, Batch: remindBatch})
		if err != nil {
			return fmt.Errorf("lock due follow-ups: %w", err)
		}
		n = len(due)
		var reminders []schema.PutRemindersParams
		advances := make([]schema.AdvanceFollowUpsParams, 0, n)
		for _, row := range due {
			f := followUpOf(row.IncidentKey, row.FollowUp)
			next, ok := followup.NextReminder(f, int(row.FollowUp.Stage), w.FollowUp)
			if !ok || next.At.After(now) {
				advances = append(advances, w.advance(row.FollowUp, f, int(row.FollowUp.Stage), f.RemindedAt))
				continue
			}
			for _, target := range w.targetsOf(f, row.AssigneeEmail, next.Escalate, duty) {
				at := w.Reminding.Quiet[target].Until(now)
				reminders = append(reminders, schema.PutRemindersParams{FollowUp: row.FollowUp.ID, Stage: int32(next.Stage),
					Target: target, Escalation: next.Escalate, DueAt: &at, Now: now})
			}
			advances = append(advances, w.advance(row.FollowUp, f, next.Stage, now))
		}
		if err := execBatch("store reminders", q.PutReminders(ctx, reminders)); err != nil {
			return err
		}
		return execBatch("advance follow-ups", q.AdvanceFollowUps(ctx, advances))
	})
	return n, err
}

// advance sets the follow-up's stage and the time of its next reminder.
func (w *Worker) advance(row schema.FollowUp, f followup.FollowUp, stage int, reminded time.Time) schema.AdvanceFollowUpsParams {
	f.RemindedAt = reminded
	arg := schema.AdvanceFollowUpsParams{ID: row.ID, Stage: int32(stage), RemindDueAt: w.remindDue(f, stage)}
	if !reminded.IsZero() {
		arg.RemindedAt = &reminded
	}
	return arg
}

// targetsOf are the notification targets of one reminder, with whoever has duty
// in the place of an on-call schedule.
func (w *Worker) targetsOf(f followup.FollowUp, email string, escalate bool, duty map[string]string) []string {
	return w.present(w.Reminding.Routes.For(f, email, escalate), duty)
}
