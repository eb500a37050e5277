package freshdesk

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const maxConversationPages = 100

type conversationJSON struct {
	ID        integrations.Text        `json:"id"`
	UserID    integrations.Text        `json:"user_id"`
	Text      integrations.Text        `json:"body_text"`
	Incoming  integrations.Loose[bool] `json:"incoming"` // written by the customer
	Private   integrations.Loose[bool] `json:"private"`
	CreatedAt integrations.Moment      `json:"created_at"`
}

// Replies returns every comment of a ticket but its description, oldest first.
// A deleted ticket is an Error of kind NotFound.
func (c *Client) Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error) {
	var replies []integrations.Reply
	err := c.conversations(ctx, ticketID, func(v conversationJSON) {
		if v.ID.ID() == "" {
			return
		}
		reply := integrations.Reply{ID: v.ID.ID(), TicketID: ticketID, AuthorID: v.UserID.ID(),
			Agent: !v.Incoming.Value, Public: !v.Private.Value, At: v.CreatedAt.Time}
		if !reply.Public {
			reply.References = integrations.FindReferences(string(v.Text))
		}
		replies = append(replies, reply)
	})
	return replies, err
}

// HasNote says whether the ticket has a private note with the marker in it.
func (c *Client) HasNote(ctx context.Context, ticketID, marker string) (found bool, err error) {
	err = c.conversations(ctx, ticketID, func(v conversationJSON) {
		found = found || v.Private.Value && strings.Contains(string(v.Text), marker)
	})
	return found, err
}

// HasReply says whether we have answered the ticket publicly with these words
// since then, give or take what clocks differ by.
func (c *Client) HasReply(ctx context.Context, ticketID, body string, since time.Time) (found bool, err error) {
	me, err := c.me(ctx)
	if err != nil {
		return false, err
	}
	wrote := integrations.Wrote(body, since)
	err = c.conversations(ctx, ticketID, func(v conversationJSON) {
		ours := v.UserID.ID() == me && !v.Private.Value && !v.Incoming.Value
		found = found || ours && wrote(string(v.Text), v.CreatedAt.Time)
	})
	return found, err
}

// conversations walks a ticket's conversations to the end. New ones come last,
// so numbered pages lose none.
func (c *Client) conversations(ctx context.Context, ticketID string, visit func(conversationJSON)) error {
	path, err := ticketPath(ticketID, "/conversations")
	if err != nil {
		return err
	}
	for number := range maxConversationPages {
		var page []integrations.Loose[conversationJSON]
		err := c.http.Do(ctx, integrations.Call{Op: "read the conversations of ticket " + ticketID, Endpoint: "conversations", Path: path,
			Query: url.Values{"page": {strconv.Itoa(number + 1)}, "per_page": {strconv.Itoa(pageSize)}}, Out: &page})
		if err != nil {
			return err
		}
		for _, v := range page {
			visit(v.Value)
		}
		if len(page) < pageSize {
			break
		}
	}
	return nil
}
