package intercom

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const snoozeFor = 3 * 24 * time.Hour // of a conversation that a reply sets to pending

// AddTags adds tags and keeps the others. Doing it twice changes nothing.
func (c *Client) AddTags(ctx context.Context, ticketID string, tags []string) error {
	op := "add tags to conversation "
	v, err := c.read(ctx, op, ticketID)
	if err != nil {
		return err
	}
	me, err := c.me(ctx)
	if err != nil {
		return err
	}
	had := integrations.FoldTags(v.tags())
	for _, tag := range tags {
		if slices.Contains(had, strings.ToLower(tag)) {
			continue
		}
		var made tagJSON // a tag with this name, found or made
		if err := c.post(ctx, op+ticketID, "tags", "/tags", map[string]any{"name": tag}, &made); err != nil {
			return err
		}
		in := map[string]any{"id": made.ID, "admin_id": me}
		if err := c.post(ctx, op+ticketID, "conversation_tags", "/conversations/"+ticketID+"/tags", in, nil); err != nil {
			return err
		}
	}
	return nil
}

// RemoveTags removes tags and keeps the others. Doing it twice changes nothing.
func (c *Client) RemoveTags(ctx context.Context, ticketID string, tags []string) error {
	op := "remove tags from conversation "
	v, err := c.read(ctx, op, ticketID)
	if err != nil {
		return err
	}
	me, err := c.me(ctx)
	if err != nil {
		return err
	}
	for _, had := range v.Tags.Value.Tags {
		same := func(tag string) bool { return strings.EqualFold(tag, string(had.Name)) }
		if had.ID.ID() == "" || !slices.ContainsFunc(tags, same) {
			continue
		}
		err := c.http.Do(ctx, integrations.Call{Op: op + ticketID, Endpoint: "conversation_tags", Method: http.MethodDelete,
			Path: "/conversations/" + ticketID + "/tags/" + had.ID.ID(), In: map[string]any{"admin_id": me}})
		if err != nil && integrations.KindOf(err) != integrations.NotFound { // somebody was quicker
			return err
		}
	}
	return nil
}

// AddNote adds a note. Doing it twice adds two; see HasNote.
func (c *Client) AddNote(ctx context.Context, ticketID, body string) error {
	return c.write(ctx, "add a note to conversation ", ticketID, "/reply",
		map[string]any{"message_type": "note", "body": integrations.HTML(body)})
}

// Reply answers the customer publicly, and then sets the conversation's state
// where one is given: an admin's reply opens it. Doing it twice sends two
// replies; see HasReply.
func (c *Client) Reply(ctx context.Context, ticketID, body, status string) error {
	op := "reply to conversation "
	state, ok := map[string]map[string]any{
		"":                         nil,
		integrations.StatusOpen:    {"message_type": "open"},
		integrations.StatusSolved:  {"message_type": "close"},
		integrations.StatusPending: {"message_type": "snoozed", "snoozed_until": c.clock().Add(snoozeFor).Unix()},
	}[status]
	if !ok {
		return &integrations.Error{Op: "intercom: " + op + ticketID, Kind: integrations.Refused, Detail: "Intercom has no state " + status}
	}
	err := c.write(ctx, op, ticketID, "/reply", map[string]any{"message_type": "comment", "body": integrations.HTML(body)})
	if err != nil || state == nil {
		return err
	}
	return c.write(ctx, op, ticketID, "/parts", state)
}

// write adds a part to a conversation as our own admin.
func (c *Client) write(ctx context.Context, op, ticketID, rest string, part map[string]any) error {
	path, err := conversationPath(ticketID, rest)
	if err != nil {
		return err
	}
	me, err := c.me(ctx)
	if err != nil {
		return err
	}
	part["type"], part["admin_id"] = "admin", me
	return c.post(ctx, op+ticketID, strings.TrimPrefix(rest, "/"), path, part, nil)
}

func (c *Client) post(ctx context.Context, op, endpoint, path string, in, out any) error {
	return c.http.Do(ctx, integrations.Call{Op: op, Endpoint: endpoint, Method: http.MethodPost, Path: path, In: in, Out: out})
}
