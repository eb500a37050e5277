package generichelpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// overlap is read again by each poll: whether since includes its own second is
// each helpdesk's secret.
const overlap = time.Second

var errNotConfigured = errors.New("not configured (generic)")

// A cursor is where the list is read next. It is kept as JSON.
type cursor struct {
	Since  time.Time `json:"since"`
	Next   string    `json:"next,omitempty"`
	Newest time.Time `json:"newest"` // of the walk so far
}

// Export returns the next page of the list. Without a cursor it begins at since.
// A helpdesk without a list has an empty one.
func (c *Client) Export(ctx context.Context, text string, since time.Time) (integrations.Page, error) {
	const op = "list tickets"
	at := cursor{Since: since, Newest: since}
	if text != "" && json.Unmarshal([]byte(text), &at) != nil {
		return integrations.Page{}, &integrations.Error{Op: source + ": " + op, Kind: integrations.CursorLost, Detail: "not a cursor of ours"}
	}
	m, page := c.config.Mapping, integrations.Page{End: true}
	if m.ListPath != "" {
		env, err := c.get(ctx, op, "list", m.ListPath, map[string]string{"since": at.Since.UTC().Format(time.RFC3339), "cursor": at.Next})
		if err != nil {
			return page, err
		}
		e := c.list.On(source, env)
		c.read(itemsOf(e, "items", env), &page)
		next := e.Text("next")
		if e.Err != nil || next != "" && next == at.Next {
			return integrations.Page{}, &integrations.Error{Op: source + ": " + op, Kind: integrations.Temporary, Err: e.Err,
				Detail: "list.items or list.next does not fit the answer, or its cursor does not advance"}
		}
		page.End = next == ""
		at.advance(page, next)
	}
	kept, err := json.Marshal(at)
	page.Cursor = string(kept)
	return page, err
}

func (at *cursor) advance(page integrations.Page, next string) {
	for _, t := range page.Tickets {
		if t.UpdatedAt.After(at.Newest) {
			at.Newest = t.UpdatedAt
		}
	}
	at.Next = next
	if page.End && at.Newest.After(at.Since.Add(overlap)) {
		at.Since = at.Newest.Add(-overlap)
	}
}

// itemsOf is a list in an answer: where the expression finds it, else items.
func itemsOf(e *integrations.Evaluation, name string, env map[string]any) []any {
	value := e.Value(name)
	if value == nil {
		value = env["items"]
	}
	items, _ := value.([]any)
	return items
}

// get reads an answer; a bare list is an object with items.
func (c *Client) get(ctx context.Context, op, endpoint, path string, values map[string]string) (map[string]any, error) {
	var raw json.RawMessage
	plain, query := split(inPath(path, values))
	err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: endpoint, Path: plain, Query: query, Out: &raw})
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		raw = json.RawMessage(`{"items":` + string(raw) + `}`)
	}
	env, err := integrations.JSONObject(source, raw)
	if err != nil {
		return nil, &integrations.Error{Op: source + ": " + op, Kind: integrations.Temporary, Err: err}
	}
	return env, nil
}

// forQuery escapes what a path lets stand and a query does not.
var forQuery = strings.NewReplacer("&", "%26", "=", "%3D", "+", "%2B", ";", "%3B")

// inPath puts values into a path or its query, escaped.
func inPath(path string, values map[string]string) string {
	for name, value := range values {
		path = strings.ReplaceAll(path, "{"+name+"}", forQuery.Replace(url.PathEscape(value)))
	}
	return path
}

// split takes a path and its query apart.
func split(path string) (string, url.Values) {
	plain, text, _ := strings.Cut(path, "?")
	query, _ := url.ParseQuery(text) // what is no query is left out
	for name, values := range query {
		if len(values) == 1 && values[0] == "" {
			query.Del(name) // an empty cursor
		}
	}
	return plain, query
}

// Fetch returns the tickets with these ids. Tickets that are gone are missing
// from the answer.
func (c *Client) Fetch(ctx context.Context, ids []string) (integrations.Page, error) {
	page := integrations.Page{End: true}
	if c.config.Mapping.FetchPath == "" {
		return page, nil
	}
	for _, id := range ids {
		env, err := c.get(ctx, "fetch ticket "+id, "fetch", c.config.Mapping.FetchPath, map[string]string{"id": id})
		if err != nil && integrations.KindOf(err) == integrations.NotFound {
			page.Gone = append(page.Gone, id)
			continue
		}
		if err != nil {
			return integrations.Page{}, err
		}
		e := c.fetch.On(source, env)
		item := e.Value("item")
		if item == nil {
			item = env
		}
		c.read([]any{item}, &page)
	}
	return page, nil
}
