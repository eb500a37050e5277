package generichelpdesk

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// AddTags adds tags one by one. Doing it twice changes nothing, as far as the
// helpdesk keeps a tag once.
func (c *Client) AddTags(ctx context.Context, ticketID string, tags []string) error {
	return c.tags(ctx, "add_tag", ticketID, tags)
}

// RemoveTags removes tags one by one; one that is not there is no error.
func (c *Client) RemoveTags(ctx context.Context, ticketID string, tags []string) error {
	return c.tags(ctx, "remove_tag", ticketID, tags)
}

func (c *Client) tags(ctx context.Context, what, ticketID string, tags []string) error {
	for _, tag := range tags {
		if err := c.write(ctx, what, map[string]string{"id": ticketID, "tag": tag}); err != nil {
			return err
		}
	}
	return nil
}

// AddNote adds an internal note. Doing it twice adds two; see HasNote.
func (c *Client) AddNote(ctx context.Context, ticketID, body string) error {
	return c.write(ctx, "note", map[string]string{"id": ticketID, "text": body})
}

// Reply answers the customer publicly, after setting the status where one is
// given. Doing it twice sends two; see HasReply.
func (c *Client) Reply(ctx context.Context, ticketID, body, status string) error {
	if status != "" {
		if err := c.write(ctx, "status", map[string]string{"id": ticketID, "status": status}); err != nil {
			return err
		}
	}
	return c.write(ctx, "reply", map[string]string{"id": ticketID, "text": body})
}

// write sends one of the configured requests.
func (c *Client) write(ctx context.Context, what string, values map[string]string) error {
	op := "write " + what + " to ticket " + integrations.CleanText(values["id"], 64)
	w, ok := c.config.Mapping.Write[what]
	if !ok || w.Path == "" {
		return &integrations.Error{Op: source + ": " + op, Kind: integrations.Refused, Err: errNotConfigured}
	}
	path, query := split(inPath(w.Path, values))
	call := integrations.Call{Op: op, Endpoint: what, Method: cmp.Or(w.Method, http.MethodPost), Path: path, Query: query}
	if w.Body != "" {
		call.In = json.RawMessage(inBody(w.Body, values))
	}
	return c.http.Do(ctx, call)
}

// inBody puts values into a body, as JSON.
func inBody(body string, values map[string]string) string {
	var pairs []string
	for name, value := range values {
		raw, err := json.Marshal(value)
		if err == nil { // a string always has JSON
			pairs = append(pairs, "{"+name+"}", string(raw))
		}
	}
	return strings.NewReplacer(pairs...).Replace(body)
}

// A comment is one of a ticket's, with what replies do not keep.
type comment struct {
	integrations.Reply
	body string
	ours bool
}

// Replies returns every comment of a ticket.
func (c *Client) Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error) {
	all, err := c.commentsOf(ctx, ticketID)
	var replies []integrations.Reply
	for _, r := range all {
		replies = append(replies, r.Reply)
	}
	return replies, err
}

// HasNote says whether the ticket has an internal note with the marker in it.
func (c *Client) HasNote(ctx context.Context, ticketID, marker string) (found bool, err error) {
	all, err := c.commentsOf(ctx, ticketID)
	for _, r := range all {
		found = found || !r.Public && strings.Contains(r.body, marker)
	}
	return found, err
}

// HasReply says whether we have answered the ticket publicly with these words
// since then, give or take what clocks differ by.
func (c *Client) HasReply(ctx context.Context, ticketID, body string, since time.Time) (found bool, err error) {
	all, err := c.commentsOf(ctx, ticketID)
	wrote := integrations.Wrote(body, since)
	for _, r := range all {
		found = found || r.ours && r.Public && wrote(r.body, r.At)
	}
	return found, err
}

func (c *Client) commentsOf(ctx context.Context, ticketID string) (all []comment, err error) {
	op := "read the comments of ticket " + integrations.CleanText(ticketID, 64)
	if c.config.Mapping.CommentsPath == "" {
		return nil, &integrations.Error{Op: source + ": " + op, Kind: integrations.Refused, Err: errNotConfigured}
	}
	env, err := c.get(ctx, op, "comments", c.config.Mapping.CommentsPath, map[string]string{"id": ticketID})
	if err != nil {
		return nil, err
	}
	for _, item := range itemsOf(c.comments.On(source, env), "items", env) {
		object, _ := item.(map[string]any)
		e := c.comments.On(source, object)
		r := comment{Reply: integrations.Reply{ID: integrations.Text(e.Text("id")).ID(), TicketID: ticketID, AuthorID: integrations.Text(e.Text("author_id")).ID(),
			Agent: e.Yes("agent"), Public: e.Yes("public"), At: bounded(e.Time("at"))}, body: e.Text("body"), ours: e.Yes("ours")}
		if e.Err != nil || r.ID == "" {
			continue // one broken comment hides no other
		}
		if !r.Public {
			r.References = integrations.FindReferences(r.body)
		}
		all = append(all, r)
	}
	return all, nil
}

// bounded is a time in UTC that JSON can write, else none.
func bounded(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
