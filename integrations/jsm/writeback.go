package jsm

import (
	"context"
	"net/http"

	"github.com/ticketlink/ticketlink/integrations"
)

// AddTags adds labels and keeps the others. Doing it twice changes nothing.
func (c *Client) AddTags(ctx context.Context, ticketID string, tags []string) error {
	return c.labels(ctx, "add labels to issue ", ticketID, "add", tags)
}

// RemoveTags removes labels and keeps the others. Doing it twice changes nothing.
func (c *Client) RemoveTags(ctx context.Context, ticketID string, tags []string) error {
	return c.labels(ctx, "remove labels from issue ", ticketID, "remove", tags)
}

func (c *Client) labels(ctx context.Context, op, ticketID, verb string, tags []string) error {
	path, err := issuePath(platform, ticketID, "")
	if err != nil {
		return err
	}
	var changes []map[string]string
	for _, tag := range tags {
		changes = append(changes, map[string]string{verb: tag})
	}
	return c.http.Do(ctx, integrations.Call{Op: op + ticketID, Endpoint: "update_issue", Method: http.MethodPut, Path: path,
		In: map[string]any{"update": map[string]any{"labels": changes}}})
}

// AddNote adds an internal comment. Doing it twice adds two; see HasNote.
func (c *Client) AddNote(ctx context.Context, ticketID, body string) error {
	return c.comment(ctx, "add a note to issue ", ticketID, body, false)
}

// Reply answers the customer publicly, and sets the issue's status where one is
// given. The status comes first: no transition may lead there. Doing it twice
// sends two replies; see HasReply.
func (c *Client) Reply(ctx context.Context, ticketID, body, status string) error {
	const op = "reply to issue "
	if status != "" {
		if err := c.setStatus(ctx, op, ticketID, status); err != nil {
			return err
		}
	}
	return c.comment(ctx, op, ticketID, body, true)
}

func (c *Client) comment(ctx context.Context, op, ticketID, body string, public bool) error {
	path, err := issuePath(requests, ticketID, "/comment")
	if err != nil {
		return err
	}
	return c.http.Do(ctx, integrations.Call{Op: op + ticketID, Endpoint: "request_comment", Method: http.MethodPost, Path: path,
		In: map[string]any{"body": body, "public": public}})
}

type transitionsJSON struct {
	Transitions []struct {
		ID integrations.Text              `json:"id"`
		To integrations.Loose[statusJSON] `json:"to"`
	} `json:"transitions"`
}

// setStatus takes the first transition that leads to such a status.
func (c *Client) setStatus(ctx context.Context, op, ticketID, status string) error {
	v, err := c.read(ctx, op, ticketID)
	if err != nil || v.Fields.Value.Status.Value.word() == status {
		return err
	}
	path, err := issuePath(platform, ticketID, "/transitions")
	if err != nil {
		return err
	}
	var known transitionsJSON
	if err := c.http.Do(ctx, integrations.Call{Op: op + ticketID, Endpoint: "transitions", Path: path, Out: &known}); err != nil {
		return err
	}
	for _, t := range known.Transitions {
		if t.To.Value.word() == status {
			return c.http.Do(ctx, integrations.Call{Op: op + ticketID, Endpoint: "transitions", Method: http.MethodPost, Path: path,
				In: map[string]any{"transition": map[string]any{"id": t.ID}}})
		}
	}
	return &integrations.Error{Op: "jsm: " + op + ticketID, Kind: integrations.Refused, Detail: "no transition leads to the status " + status}
}
