package intercom

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	pageSize = 150 // conversations, the vendor's maximum
	// searchLag is how far the search may be behind. Each poll reads it again.
	searchLag = 2 * time.Minute
)

// A cursor is where the search goes on. It is kept as JSON.
type cursor struct {
	Since  time.Time `json:"since"`
	After  string    `json:"after,omitempty"` // Intercom's, while a search is read
	Newest time.Time `json:"newest"`          // of this search
}

// Export returns the next page of conversations by change, oldest first. Without
// a cursor it begins at since. Each poll repeats the last two minutes before the
// newest change.
func (c *Client) Export(ctx context.Context, text string, since time.Time) (integrations.Page, error) {
	at := cursor{Since: since, Newest: since}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			return integrations.Page{}, &integrations.Error{Op: "intercom: search conversations", Kind: integrations.CursorLost, Detail: "not a cursor of ours"}
		}
	}
	found, next, err := c.search(ctx, at)
	if err != nil {
		return integrations.Page{}, err
	}
	page, err := c.complete(ctx, found)
	if err != nil {
		return integrations.Page{}, err
	}
	page.End = next == ""
	at.advance(page, next)
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
	at.After = next
	if begin := at.Newest.Add(-searchLag); page.End && begin.After(at.Since) {
		at.Since = begin
	}
}

type foundJSON struct {
	Conversations []json.RawMessage `json:"conversations"`
	Pages         integrations.Loose[struct {
		Next integrations.Loose[struct {
			After integrations.Text `json:"starting_after"`
		}] `json:"next"`
	}] `json:"pages"`
}

// search reads one page. Whether ">" includes its own second differs between
// Intercom's own pages, so a second earlier is asked for.
func (c *Client) search(ctx context.Context, at cursor) (found []json.RawMessage, next string, err error) {
	const op = "search conversations"
	paging := map[string]any{"per_page": pageSize}
	if at.After != "" {
		paging["starting_after"] = at.After
	}
	changed := map[string]any{"field": "updated_at", "operator": ">", "value": strconv.FormatInt(at.Since.Unix()-1, 10)}
	in := map[string]any{
		"query":      map[string]any{"operator": "AND", "value": []any{changed}},
		"sort":       map[string]any{"field": "updated_at", "order": "ascending"},
		"pagination": paging,
	}
	var out foundJSON
	err = c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "search", Method: http.MethodPost, Path: "/conversations/search", In: in, Out: &out})
	if err != nil && integrations.KindOf(err) == integrations.Refused && at.After != "" {
		err = &integrations.Error{Op: "intercom: " + op, Kind: integrations.CursorLost, Err: err}
	}
	next = string(out.Pages.Value.Next.Value.After)
	if err == nil && next != "" && next == at.After {
		err = &integrations.Error{Op: "intercom: " + op, Kind: integrations.Temporary, Detail: "starting_after does not advance"}
	}
	return out.Conversations, next, err
}

// Fetch returns the conversations with these ids. Those that are gone are
// missing from the answer.
func (c *Client) Fetch(ctx context.Context, ids []string) (integrations.Page, error) {
	var gone []string
	var found []json.RawMessage
	for _, id := range ids {
		raw, err := c.conversation(ctx, "fetch conversation "+id, id)
		if err != nil && integrations.KindOf(err) == integrations.NotFound {
			gone = append(gone, id)
			continue
		}
		if err != nil {
			return integrations.Page{}, err
		}
		found = append(found, raw)
	}
	page, err := c.complete(ctx, found)
	page.End, page.Gone = true, gone
	return page, err
}

// conversation reads one with its newest 500 parts.
func (c *Client) conversation(ctx context.Context, op, id string) (raw json.RawMessage, err error) {
	path, err := conversationPath(id, "")
	if err != nil {
		return nil, err
	}
	err = c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "conversation", Path: path, Out: &raw})
	return raw, err
}

// complete reads the conversations and looks up whom they name.
func (c *Client) complete(ctx context.Context, found []json.RawMessage) (page integrations.Page, err error) {
	for i, raw := range found {
		t, err := DecodeTicket(raw)
		if err != nil {
			page.Unreadable = append(page.Unreadable, fmt.Sprintf("conversation %d of %d: %v", i+1, len(found), err))
			continue
		}
		page.Tickets = append(page.Tickets, t)
	}
	return page, c.addDirectory(ctx, &page)
}
