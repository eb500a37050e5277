package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	postBatch = 20
	postLease = 2 * time.Minute
)

// postImpact shows what incidents did to customers in their channels: one
// message each, edited in place when the figures changed.
func (w *Worker) postImpact(ctx context.Context, _ queue.Task) error {
	var lease time.Time
	defer w.giveBack(ctx, &lease)
	for {
		now := w.now()
		lease = now.Add(postLease)
		rows, err := w.queries.ClaimChannelPosts(ctx, schema.ClaimChannelPostsParams{Now: &now, Lease: &lease, Batch: postBatch})
		if err != nil {
			return fmt.Errorf("claim channel posts: %w", err)
		}
		var failed error
		for _, row := range rows {
			failed = errors.Join(failed, w.postOne(ctx, row, now, lease))
		}
		if failed != nil || len(rows) == 0 {
			return failed
		}
	}
}

func (w *Worker) postOne(ctx context.Context, row schema.ClaimChannelPostsRow, now, lease time.Time) error {
	chat, _ := w.chat(row.Chat)
	later := schema.LaterChannelPostParams{Chat: row.Chat, Channel: row.Channel, Lease: &lease}
	finish := schema.FinishChannelPostParams{Chat: row.Chat, Channel: row.Channel, PostID: row.PostID, PostText: row.PostText, Now: &now, Lease: &lease}
	if row.PostedAt != nil {
		if next := row.PostedAt.Add(chat.UpdateEvery); next.After(now) {
			later.DueAt = &next
			return w.queries.LaterChannelPost(ctx, later)
		}
	}
	text, err := w.impactText(ctx, row.Key)
	switch {
	case err != nil:
	case chat.Poster == nil, text == row.PostText:
		finish.Now = row.PostedAt
		return w.queries.FinishChannelPost(ctx, finish)
	default:
		finish.PostID, err = w.putPost(ctx, chat.Poster, row, text)
	}
	switch kind := integrations.KindOf(err); {
	case err == nil:
		finish.PostText = text
	case kind == integrations.NotFound || kind == integrations.Refused:
		// Somebody deleted the message or archived the channel: that is respected.
		finish.PostID, finish.Error = row.PostID, err.Error()
		if kind == integrations.Refused { // mending the chat's settings may help
			finish.DeadAt = &now
		}
		w.Log.Warn("impact is not shown in a channel", "chat", row.Chat, "incident", row.Key, "error", err)
	default:
		due := now.Add(max(integrations.RetryAfter(err), backoff(int(row.Attempts)-1)))
		later.DueAt, later.Attempts, later.Error = &due, row.Attempts, err.Error()
		return errors.Join(fmt.Errorf("show impact of %s in %s: %w", row.Key, row.Chat, err), w.queries.LaterChannelPost(ctx, later))
	}
	return w.queries.FinishChannelPost(ctx, finish)
}

// putPost edits the channel's message, or posts it once: the intent is recorded
// first, and where an earlier attempt has an unknown outcome the channel is
// asked whether it is there.
func (w *Worker) putPost(ctx context.Context, p poster, row schema.ClaimChannelPostsRow, text string) (id string, err error) {
	key := "ticketlink:" + row.Key
	if row.PostID == "" && row.IntentAt != nil {
		if row.PostID, err = p.Find(ctx, row.Channel, key); err != nil {
			return "", err
		}
	}
	if row.PostID != "" {
		return row.PostID, p.Edit(ctx, row.Channel, row.PostID, text)
	}
	now := w.now()
	if err := w.queries.IntendChannelPost(ctx, schema.IntendChannelPostParams{Chat: row.Chat, Channel: row.Channel, Now: &now}); err != nil {
		return "", fmt.Errorf("record intent: %w", err)
	}
	return p.Post(ctx, row.Channel, key, text)
}
