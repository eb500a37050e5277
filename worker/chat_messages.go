package worker

import (
	"context"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/report"
)

const (
	maxChatText    = 4_000 // bytes of one message that are kept
	maxChatShown   = 5_000 // messages of an incident that its timeline is made of
	maxChatAddress = 2_000 // bytes
)

// AcceptChat stores what people said in an incident's chat, in the caller's
// transaction: put the chat's cursor into the same one. Saying it again changes
// nothing, an edited message replaces what it was although it comes first, and a
// deleted one (without text) is forgotten. Source is the chat's configured name.
func (w *Worker) AcceptChat(ctx context.Context, q *schema.Queries, incident int64, source string, messages []integrations.ChatMessage) error {
	rows := make([]schema.PutChatMessageParams, 0, len(messages))
	for _, m := range messages {
		row := schema.PutChatMessageParams{Source: source, ID: m.ID, Incident: incident, At: m.At.UTC(), ChangedAt: m.At.UTC(), Text: integrations.CleanText(m.Text, maxChatText)}
		if m.ChangedAt.After(m.At) {
			row.ChangedAt = m.ChangedAt.UTC()
		}
		if row.Text != "" {
			row.Author = integrations.CleanText(m.Author, integrations.MaxTag)
			row.Url = integrations.CleanText(m.URL, maxChatAddress)
		}
		rows = append(rows, row)
	}
	return execBatch("store messages of chat "+source, q.PutChatMessage(ctx, rows))
}

// saidInChat adds what people said to a timeline.
func (w *Worker) saidInChat(ctx context.Context, incident int64, h *report.Happenings) error {
	rows, err := w.queries.ListChatMessages(ctx, schema.ListChatMessagesParams{Incident: incident, Batch: maxChatShown})
	if err != nil {
		return fmt.Errorf("list chat messages: %w", err)
	}
	named, err := w.chatNames(ctx)
	if err != nil {
		return err
	}
	h.Privacy = w.Impact.Privacy
	for _, r := range rows {
		h.Messages = append(h.Messages, report.Message{At: r.At, Author: named.author(r.Source, r.Author), Text: named.text(r.Source, r.Text), URL: r.Url})
	}
	return nil
}
