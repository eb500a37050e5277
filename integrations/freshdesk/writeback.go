package freshdesk

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/ticketlink/ticketlink/integrations"
)

// AddTags adds tags and keeps the others. Doing it twice changes nothing.
func (c *Client) AddTags(ctx context.Context, ticketID string, tags []string) error {
	return c.changeTags(ctx, ticketID, func(had []string) []string { return slices.Concat(had, tags) })
}

// RemoveTags removes tags and keeps the others. Doing it twice changes nothing.
func (c *Client) RemoveTags(ctx context.Context, ticketID string, tags []string) error {
	return c.changeTags(ctx, ticketID, func(had []string) []string {
		return slices.DeleteFunc(slices.Clone(had), func(t string) bool { return slices.Contains(tags, t) })
	})
}

// changeTags reads a ticket's tags and writes them back changed: Freshdesk can
// only replace them all.
func (c *Client) changeTags(ctx context.Context, ticketID string, change func([]string) []string) error {
	path, err := ticketPath(ticketID, "")
	if err != nil {
		return err
	}
	var t ticketJSON
	op := "change the tags of ticket " + ticketID
	if err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "ticket", Path: path, Out: &t}); err != nil {
		return err
	}
	if t.Deleted.Value {
		return &integrations.Error{Op: "freshdesk: " + op, Kind: integrations.Refused, Detail: "the ticket is deleted"}
	}
	had := t.Tags.Value
	want := change(had)
	slices.Sort(want)
	want = slices.Compact(want)
	if slices.Equal(want, slices.Sorted(slices.Values(had))) {
		return nil
	}
	return c.update(ctx, op, path, map[string]any{"tags": want})
}

func (c *Client) update(ctx context.Context, op, path string, fields map[string]any) error {
	return c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "update_ticket", Method: http.MethodPut, Path: path, In: fields})
}

// AddNote adds a private note. Doing it twice adds two; see HasNote.
func (c *Client) AddNote(ctx context.Context, ticketID, body string) error {
	path, err := ticketPath(ticketID, "/notes")
	if err != nil {
		return err
	}
	return c.http.Do(ctx, integrations.Call{Op: "add a note to ticket " + ticketID, Endpoint: "notes", Method: http.MethodPost, Path: path,
		In: map[string]any{"body": integrations.HTML(body), "private": true}})
}

// Reply answers the customer publicly, and sets the ticket's status where one
// is given. The status comes first: it may be refused, for a required field,
// and can be set twice. Doing it twice sends two replies; see HasReply.
func (c *Client) Reply(ctx context.Context, ticketID, body, status string) error {
	path, err := ticketPath(ticketID, "")
	if err != nil {
		return err
	}
	op := "reply to ticket " + ticketID
	if status != "" {
		number, err := numberOf(status)
		if err != nil {
			return &integrations.Error{Op: "freshdesk: " + op, Kind: integrations.Refused, Detail: "Freshdesk has no status " + status}
		}
		if err := c.update(ctx, op, path, map[string]any{"status": number}); err != nil {
			return err
		}
	}
	return c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "reply", Method: http.MethodPost, Path: path + "/reply",
		In: map[string]any{"body": integrations.HTML(body)}})
}

// numberOf is Freshdesk's number for one of our statuses.
func numberOf(status string) (int, error) {
	for number, word := range maps.All(statuses) {
		if word == status {
			return strconv.Atoi(number)
		}
	}
	return strconv.Atoi(status)
}
