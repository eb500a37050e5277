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
	nameBatch = 5 // that many calls fit into the lease
	nameLease = time.Minute
)

// namer says how a chat shows a person. NotFound: it knows nobody by this id.
type namer interface {
	Name(ctx context.Context, id string) (string, error)
}

// meetPeople has the names be asked for of those who wrote or are mentioned, once.
func (w *Worker) meetPeople(ctx context.Context, q *schema.Queries, chat string, messages []integrations.ChatMessage) error {
	c, _ := w.chat(chat)
	if c.Namer == nil {
		return nil
	}
	now := w.now()
	var rows []schema.MeetChatPersonParams
	for _, m := range messages {
		ids := []string{m.Author}
		for _, mention := range c.Mentions.FindAllStringSubmatch(m.Text, -1) {
			ids = append(ids, mention[1])
		}
		for _, id := range ids {
			if id != "" {
				rows = append(rows, schema.MeetChatPersonParams{Chat: chat, ID: integrations.CleanText(id, integrations.MaxTag), Now: now})
			}
		}
	}
	return execBatch("note people of chat "+chat, q.MeetChatPerson(ctx, rows))
}

// namePeople asks chats for the names of people they named by id.
func (w *Worker) namePeople(ctx context.Context, _ queue.Task) error {
	var lease time.Time
	defer w.giveBack(ctx, &lease)
	for {
		now := w.now()
		lease = now.Add(nameLease)
		rows, err := w.queries.ClaimChatPeople(ctx, schema.ClaimChatPeopleParams{Now: &now, Lease: &lease, Batch: nameBatch})
		if err != nil {
			return fmt.Errorf("claim people of chats: %w", err)
		}
		var failed error
		for _, row := range rows {
			failed = errors.Join(failed, w.namePerson(ctx, row, now, lease))
		}
		if failed != nil || len(rows) == 0 {
			return failed
		}
	}
}

func (w *Worker) namePerson(ctx context.Context, row schema.ClaimChatPeopleRow, now, lease time.Time) error {
	put := schema.NameChatPersonParams{Chat: row.Chat, ID: row.ID, Lease: &lease}
	chat, _ := w.chat(row.Chat)
	if chat.Namer == nil { // no longer configured
		return w.queries.NameChatPerson(ctx, put)
	}
	name, err := chat.Namer.Name(ctx, row.ID)
	switch {
	case err == nil:
		put.Name = integrations.CleanText(name, integrations.MaxTag)
	case integrations.KindOf(err) != integrations.NotFound: // a missing scope too: somebody may grant it
		due := now.Add(max(integrations.RetryAfter(err), backoff(int(row.Attempts)-1)))
		put.DueAt = &due
		return errors.Join(fmt.Errorf("name a person in %s: %w", row.Chat, err), w.queries.NameChatPerson(ctx, put))
	}
	return w.queries.NameChatPerson(ctx, put)
}

// chatNames are the names that are known, by chat and id.
type chatNames struct {
	w     *Worker
	names map[[2]string]string
}

func (w *Worker) chatNames(ctx context.Context) (chatNames, error) {
	rows, err := w.queries.ListChatPeople(ctx)
	if err != nil {
		return chatNames{}, fmt.Errorf("list people of chats: %w", err)
	}
	n := chatNames{w, map[[2]string]string{}}
	for _, r := range rows {
		n.names[[2]string{r.Chat, r.ID}] = r.Name
	}
	return n, nil
}

// author is a person's name, the id where none is known.
func (n chatNames) author(chat, id string) string {
	if name, ok := n.names[[2]string{chat, id}]; ok {
		return name
	}
	return id
}

// text is what was said, with mentions by name.
func (n chatNames) text(chat, text string) string {
	c, _ := n.w.chat(chat)
	if c.Mentions == nil {
		return text
	}
	return c.Mentions.ReplaceAllStringFunc(text, func(mention string) string {
		return "@" + n.author(chat, c.Mentions.FindStringSubmatch(mention)[1])
	})
}
