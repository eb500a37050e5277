package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// announce has a message delivered once to each default target of reminders.
func (w *Worker) announce(ctx context.Context, q *schema.Queries, m integrations.Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write notice %s: %w", m.Key, err)
	}
	rooms, err := w.rooms(ctx, q)
	if err != nil {
		return err
	}
	now := w.now()
	for _, target := range rooms {
		if err := q.PutNotice(ctx, schema.PutNoticeParams{Key: m.Key, Target: target, Message: body, Now: &now}); err != nil {
			return fmt.Errorf("store notice %s: %w", m.Key, err)
		}
	}
	return nil
}

// deliverNotices sends what waits, and puts off what fails.
func (w *Worker) deliverNotices(ctx context.Context, _ queue.Task) error {
	now := w.now()
	lease := now.Add(deliverLease)
	defer w.giveBack(ctx, &lease)
	rows, err := w.queries.ClaimNotices(ctx, schema.ClaimNoticesParams{Now: now, Lease: &lease, Batch: deliverBatch})
	if err != nil {
		return fmt.Errorf("claim notices: %w", err)
	}
	var failed error
	for _, r := range rows {
		finish := schema.FinishNoticeParams{Key: r.Key, Target: r.Target}
		if err := w.sendNotice(ctx, r); err != nil {
			failed = errors.Join(failed, fmt.Errorf("deliver notice %s to %s: %w", r.Key, r.Target, err))
			finish.Error = err.Error()
			finish.DeadAt = &now
			if due := now.Add(backoff(int(r.Attempts) - 1)); r.Attempts < maxAttempts {
				finish.DueAt, finish.DeadAt = &due, nil
			}
		} else {
			finish.DeliveredAt = &now
		}
		if err := w.queries.FinishNotice(ctx, finish); err != nil {
			return fmt.Errorf("record notice %s: %w", r.Key, err)
		}
	}
	return failed
}

func (w *Worker) sendNotice(ctx context.Context, r schema.ClaimNoticesRow) error {
	target, ok := w.targets[r.Target]
	if !ok {
		return errors.New("the target is not configured any more (notify)")
	}
	var m integrations.Message
	if err := json.Unmarshal(r.Message, &m); err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	return target.Send(ctx, m)
}
