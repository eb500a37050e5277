package zendesk

import (
	"context"
	"net/http"

	"github.com/ticketlink/ticketlink/integrations"
)

// What we write is refused (kind Refused) on a closed ticket, and kind
// Temporary on a 409, which Zendesk answers to updates at the same time.

type tagsJSON struct {
	Tags []string `json:"tags"`
}

type updateJSON struct {
	Ticket struct {
		Comment commentUpdate `json:"comment"`
		Status  string        `json:"status,omitempty"`
	} `json:"ticket"`
}

type commentUpdate struct {
	Body   string `json:"body"`
	Public bool   `json:"public"`
}

// AddTags adds tags and keeps the others. Doing it twice changes nothing.
func (c *Client) AddTags(ctx context.Context, ticketID string, tags []string) error {
	return c.tags(ctx, http.MethodPut, "add tags to ticket ", ticketID, tags) // POST would replace them all
}

// RemoveTags removes tags and keeps the others. Doing it twice changes nothing.
func (c *Client) RemoveTags(ctx context.Context, ticketID string, tags []string) error {
	return c.tags(ctx, http.MethodDelete, "remove tags from ticket ", ticketID, tags)
}

func (c *Client) tags(ctx context.Context, method, op, ticketID string, tags []string) error {
	path, err := ticketPath(ticketID, "/tags.json")
	if err != nil {
		return err
	}
	return c.http.Do(ctx, integrations.Call{
		Op: op + ticketID, Endpoint: "tags", Method: method, Path: path, In: tagsJSON{Tags: tags},
	})
}

// AddNote adds an internal note. Doing it twice adds two; see HasNote.
func (c *Client) AddNote(ctx context.Context, ticketID, body string) error {
	return c.comment(ctx, "add a note to ticket ", ticketID, "", commentUpdate{Body: body})
}

// Reply answers the customer publicly, and sets the ticket's status where one
// is given. Doing it twice sends two; see HasReply.
func (c *Client) Reply(ctx context.Context, ticketID, body, status string) error {
	return c.comment(ctx, "reply to ticket ", ticketID, status, commentUpdate{Body: body, Public: true})
}

func (c *Client) comment(ctx context.Context, op, ticketID, status string, comment commentUpdate) error {
	path, err := ticketPath(ticketID, ".json")
	if err != nil {
		return err
	}
	var update updateJSON
	update.Ticket.Comment, update.Ticket.Status = comment, status
	return c.http.Do(ctx, integrations.Call{
		Op: op + ticketID, Endpoint: "update_ticket", Method: http.MethodPut, Path: path, In: update,
	})
}
