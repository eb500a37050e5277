package helpscout

import (
	"context"
	"net/http"
	"slices"

	"github.com/ticketlink/ticketlink/integrations"
)

// AddTags adds tags and keeps the others. Doing it twice changes nothing.
func (c *Client) AddTags(ctx context.Context, ticketID string, tags []string) error {
	return c.changeTags(ctx, ticketID, func(had []string) []string { return slices.Concat(had, tags) })
}

// RemoveTags removes tags and keeps the others. Doing it twice changes nothing.
func (c *Client) RemoveTags(ctx context.Context, ticketID string, tags []string) error {
	gone := integrations.FoldTags(tags) // Help Scout writes them in lower case
	return c.changeTags(ctx, ticketID, func(had []string) []string {
		return slices.DeleteFunc(had, func(t string) bool { return slices.Contains(gone, t) })
	})
}

// changeTags reads the tags and writes them back changed: Help Scout can only
// replace them all.
func (c *Client) changeTags(ctx context.Context, ticketID string, change func([]string) []string) error {
	op := "change the tags of conversation " + ticketID
	v, path, err := c.conversation(ctx, ticketID, op)
	if err != nil {
		return err
	}
	had := integrations.FoldTags(v.tags())
	want := integrations.FoldTags(change(slices.Clone(had)))
	if slices.Equal(had, want) {
		return nil
	}
	return c.do(ctx, integrations.Call{Op: op, Endpoint: "tags", Method: http.MethodPut, Path: path + "/tags",
		In: map[string]any{"tags": slices.Concat([]string{}, want)}})
}

// conversation reads one that is to be written to.
func (c *Client) conversation(ctx context.Context, ticketID, op string) (v conversationJSON, path string, err error) {
	if path, err = ticketPath(ticketID, ""); err != nil {
		return v, "", err
	}
	err = c.do(ctx, integrations.Call{Op: op, Endpoint: "conversation", Path: path, Out: &v})
	return v, path, err
}

// AddNote adds a note. Doing it twice adds two; see HasNote.
func (c *Client) AddNote(ctx context.Context, ticketID, body string) error {
	path, err := ticketPath(ticketID, "/notes")
	if err != nil {
		return err
	}
	return c.do(ctx, integrations.Call{Op: "add a note to conversation " + ticketID, Endpoint: "notes", Method: http.MethodPost, Path: path,
		In: map[string]any{"text": integrations.HTML(body)}})
}

// Reply answers the customer, and sets the status where one is given, else
// leaves it as it is. Doing it twice sends two replies; see HasReply.
func (c *Client) Reply(ctx context.Context, ticketID, body, status string) error {
	op := "reply to conversation " + ticketID
	v, path, err := c.conversation(ctx, ticketID, op)
	if err != nil {
		return err
	}
	word := v.Status.Enum()
	for theirs, ours := range statuses {
		if ours == status {
			word = theirs
		}
	}
	if status != "" && statuses[word] != status {
		return &integrations.Error{Op: "help scout: " + op, Kind: integrations.Refused, Detail: "Help Scout has no status " + status}
	}
	return c.do(ctx, integrations.Call{Op: op, Endpoint: "reply", Method: http.MethodPost, Path: path + "/reply",
		In: map[string]any{"customer": map[string]any{"id": v.Customer.Value.ID}, "text": integrations.HTML(body), "status": word}})
}
