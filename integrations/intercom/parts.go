package intercom

import (
	"context"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// partJSON is a reply, a note or an event. What has no body is an event alone.
type partJSON struct {
	ID        integrations.Text   `json:"id"`
	Type      integrations.Text   `json:"part_type"`
	Body      integrations.Text   `json:"body"` // HTML
	CreatedAt integrations.Moment `json:"created_at"`
	Author    integrations.Loose[struct {
		Type integrations.Text `json:"type"` // admin, user, lead, bot, team
		ID   integrations.Text `json:"id"`
	}] `json:"author"`
}

// public says whether the customer saw it: notes are called note, note_and_reopen.
func (p partJSON) public() bool { return !strings.HasPrefix(p.Type.Enum(), "note") }

func (p partJSON) text() string { return string(plain(p.Body)) }

func (p partJSON) reply(ticketID string) integrations.Reply {
	author := p.Author.Value
	r := integrations.Reply{ID: p.ID.ID(), TicketID: ticketID, AuthorID: author.ID.ID(),
		Agent: author.Type == "admin", Public: p.public(), At: p.CreatedAt.Time} // a bot answers nobody's question here
	if !r.Public {
		r.References = integrations.FindReferences(p.text())
	}
	return r
}

// Replies returns the newest 500 parts of a conversation that say something, but
// not its first message. A deleted conversation is an Error of kind NotFound.
func (c *Client) Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error) {
	parts, err := c.parts(ctx, ticketID)
	var replies []integrations.Reply
	for _, p := range parts {
		replies = append(replies, p.reply(ticketID))
	}
	return replies, err
}

// HasNote says whether the conversation has a note with the marker in it.
func (c *Client) HasNote(ctx context.Context, ticketID, marker string) (found bool, err error) {
	parts, err := c.parts(ctx, ticketID)
	for _, p := range parts {
		found = found || !p.public() && strings.Contains(p.text(), marker)
	}
	return found, err
}

// HasReply says whether we have answered publicly with these words since then,
// give or take what clocks differ by.
func (c *Client) HasReply(ctx context.Context, ticketID, body string, since time.Time) (found bool, err error) {
	me, err := c.me(ctx)
	if err != nil {
		return false, err
	}
	parts, err := c.parts(ctx, ticketID)
	wrote := integrations.Wrote(body, since)
	for _, p := range parts {
		author := p.Author.Value
		ours := author.Type == "admin" && author.ID.ID() == me && p.public()
		found = found || ours && wrote(p.text(), p.CreatedAt.Time)
	}
	return found, err
}

func (c *Client) parts(ctx context.Context, ticketID string) ([]partJSON, error) {
	v, err := c.read(ctx, "read the parts of conversation ", ticketID)
	return v.said(), err
}

// said are the parts with words in them, oldest first.
func (v conversationJSON) said() (parts []partJSON) {
	for _, part := range v.Parts.Value.Parts {
		if p := part.Value; p.ID.ID() != "" && p.Body != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

func (c *Client) read(ctx context.Context, op, ticketID string) (conversationJSON, error) {
	raw, err := c.conversation(ctx, op+ticketID, ticketID)
	if err != nil {
		return conversationJSON{}, err
	}
	v, err := readConversation(raw)
	if err != nil {
		return v, &integrations.Error{Op: "intercom: " + op + ticketID, Kind: integrations.Temporary, Err: err}
	}
	return v, nil
}
