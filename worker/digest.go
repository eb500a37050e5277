package worker

import (
	"context"
	"fmt"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
)

const gatherBatch = 1000

const toldLater = "a later reminder of the same follow-up was due at the same time"

// gather decides for each reminder that is due whether it goes by itself or in
// a digest: an agent's morning is one message instead of forty. Two replicas
// never gather the same rows, and only gathered ones are delivered.
func (w *Worker) gather(ctx context.Context) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		now := w.now()
		rows, err := q.LockNewReminders(ctx, schema.LockNewRemindersParams{Now: &now, Batch: gatherBatch})
		if err != nil {
			return fmt.Errorf("lock new reminders: %w", err)
		}
		waiting := make([]followup.Waiting, 0, len(rows))
		for _, r := range rows {
			waiting = append(waiting, followup.Waiting{FollowUp: r.FollowUp, Stage: int(r.Stage), Target: r.Target})
		}
		var marks []schema.GatherRemindersParams
		for _, g := range followup.Gather(waiting, w.digestAbove) {
			var number int64
			if len(g.Told) > 1 {
				if number, err = q.NextDigest(ctx); err != nil {
					return fmt.Errorf("number a digest: %w", err)
				}
			}
			for i, r := range g.Told {
				m := schema.GatherRemindersParams{FollowUp: r.FollowUp, Stage: int32(r.Stage), Target: r.Target, Digest: number}
				if i == 0 {
					m.DueAt = &now // for all of them
				}
				marks = append(marks, m)
			}
			for _, r := range g.Superseded {
				marks = append(marks, schema.GatherRemindersParams{FollowUp: r.FollowUp, Stage: int32(r.Stage), Target: r.Target, Error: toldLater})
			}
		}
		return execBatch("gather reminders", q.GatherReminders(ctx, marks))
	})
}

// digestAbove: a note on the ticket itself is about that ticket only.
func (w *Worker) digestAbove(target string) int {
	if _, note := w.Reminding.TicketNotes[target]; note {
		return 0
	}
	return w.Reminding.DigestAbove
}

// told returns the reminders that a claimed row stands for.
func (w *Worker) told(ctx context.Context, lead schema.ClaimRemindersRow) ([]schema.ClaimRemindersRow, error) {
	number := lead.Reminder.Digest
	if number == nil || *number == 0 {
		return []schema.ClaimRemindersRow{lead}, nil
	}
	rows, err := w.queries.DigestReminders(ctx, *number)
	if err != nil {
		return nil, fmt.Errorf("read digest %d: %w", *number, err)
	}
	all := make([]schema.ClaimRemindersRow, 0, len(rows))
	for _, r := range rows {
		all = append(all, schema.ClaimRemindersRow(r))
	}
	return all, nil
}
