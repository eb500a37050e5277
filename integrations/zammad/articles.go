package zammad

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const remindAfter = 3 * 24 * time.Hour // of a ticket that a reply sets to pending

// Replies returns every article of a ticket, the first one among them, oldest
// first. A ticket that is gone is an Error of kind NotFound.
func (c *Client) Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error) {
	articles, err := c.articles(ctx, ticketID)
	var replies []integrations.Reply
	for _, a := range articles {
		if a.ID.ID() != "" {
			replies = append(replies, a.reply(ticketID))
		}
	}
	return replies, err
}

// HasNote says whether the ticket has an internal article with the marker in it.
func (c *Client) HasNote(ctx context.Context, ticketID, marker string) (found bool, err error) {
	articles, err := c.articles(ctx, ticketID)
	for _, a := range articles {
		found = found || a.Internal.Value && strings.Contains(a.text(), marker)
	}
	return found, err
}

// HasReply says whether we have answered the ticket publicly with these words
// since then, give or take what clocks differ by.
func (c *Client) HasReply(ctx context.Context, ticketID, body string, since time.Time) (found bool, err error) {
	me, err := c.me(ctx)
	if err != nil {
		return false, err
	}
	articles, err := c.articles(ctx, ticketID)
	wrote := integrations.Wrote(body, since)
	for _, a := range articles {
		ours := a.CreatedByID.ID() == me && !a.Internal.Value
		found = found || ours && wrote(a.text(), a.CreatedAt.Time)
	}
	return found, err
}

// articles are all of a ticket's: this list has no pages.
func (c *Client) articles(ctx context.Context, ticketID string) (articles []articleJSON, err error) {
	if err := integrations.CheckTicketID("zammad", ticketID); err != nil {
		return nil, err
	}
	err = c.get(ctx, "read the articles of ticket "+ticketID, "articles", "/api/v1/ticket_articles/by_ticket/"+ticketID,
		url.Values{"expand": {"true"}}, &articles)
	return articles, err
}

// AddNote adds an internal note. Doing it twice adds two; see HasNote.
func (c *Client) AddNote(ctx context.Context, ticketID, body string) error {
	return c.write(ctx, "add a note to ticket ", ticketID, map[string]any{"body": body, "type": "note", "internal": true})
}

// Reply answers the customer publicly, and sets the ticket's state where one is
// given. The state comes first: it may be refused and can be set twice. Doing it
// twice sends two replies; see HasReply.
func (c *Client) Reply(ctx context.Context, ticketID, body, status string) error {
	if err := integrations.CheckTicketID("zammad", ticketID); err != nil {
		return err
	}
	const op = "reply to ticket "
	if status != "" {
		if err := c.setState(ctx, op, ticketID, status); err != nil {
			return err
		}
	}
	article := map[string]any{"body": body, "type": "note", "internal": false, "sender": "Agent"}
	address, subject, err := c.customer(ctx, op, ticketID)
	if err != nil {
		return err
	}
	if address != "" {
		article["type"], article["to"], article["subject"] = "email", address, subject
	}
	return c.write(ctx, op, ticketID, article)
}

func (c *Client) setState(ctx context.Context, op, ticketID, status string) error {
	state, ok := stateOf[status]
	if !ok {
		state = status
	}
	change := map[string]any{"state": state}
	if state == "pending reminder" {
		change["pending_time"] = c.clock().Add(remindAfter).UTC().Format(time.RFC3339)
	}
	return c.send(ctx, op+ticketID, "update_ticket", http.MethodPut, "/api/v1/tickets/"+ticketID, change, nil)
}

// customer is where a reply goes, "" where the customer has no e-mail address.
func (c *Client) customer(ctx context.Context, op, ticketID string) (address, subject string, err error) {
	var l listed
	if err := c.get(ctx, op+ticketID, "ticket", "/api/v1/tickets/"+ticketID, nil, &l); err != nil {
		return "", "", err
	}
	id := l.CustomerID.ID()
	if id == "" {
		return "", "", nil
	}
	var u userJSON
	err = c.get(ctx, op+ticketID, "user", "/api/v1/users/"+id, nil, &u)
	if err != nil && integrations.KindOf(err) == integrations.NotFound {
		err = nil
	}
	return u.Email.Name(), l.Title.Subject(), err
}

func (c *Client) write(ctx context.Context, op, ticketID string, article map[string]any) error {
	if err := integrations.CheckTicketID("zammad", ticketID); err != nil {
		return err
	}
	article["ticket_id"], article["content_type"] = ticketID, "text/plain"
	return c.send(ctx, op+ticketID, "articles", http.MethodPost, "/api/v1/ticket_articles", article, nil)
}

// AddTags adds tags and keeps the others. Doing it twice changes nothing.
func (c *Client) AddTags(ctx context.Context, ticketID string, tags []string) error {
	return c.tags(ctx, "add tags to ticket ", http.MethodPost, "add", ticketID, tags)
}

// RemoveTags removes tags and keeps the others. Doing it twice changes nothing.
func (c *Client) RemoveTags(ctx context.Context, ticketID string, tags []string) error {
	return c.tags(ctx, "remove tags from ticket ", http.MethodDelete, "remove", ticketID, tags)
}

func (c *Client) tags(ctx context.Context, op, method, verb, ticketID string, tags []string) error {
	if err := integrations.CheckTicketID("zammad", ticketID); err != nil {
		return err
	}
	for _, tag := range tags {
		in := map[string]any{"item": tag, "object": "Ticket", "o_id": ticketID}
		if err := c.send(ctx, op+ticketID, "tags", method, "/api/v1/tags/"+verb, in, nil); err != nil {
			return err
		}
	}
	return nil
}
