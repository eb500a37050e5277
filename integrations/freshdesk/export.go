package freshdesk

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	pageSize = 100 // tickets, the vendor's maximum
	maxPages = 300 // of one list, the vendor's limit
)

// A cursor is where the two lists are read next. It is kept as JSON.
type cursor struct {
	Live    integrations.Place `json:"live"`
	Deleted integrations.Place `json:"deleted"`
}

// Export returns the next page of tickets by change, oldest first; where no
// more have changed, with a page of the deleted ones. Without a cursor it begins
// at since. Pages repeat the newest second.
func (c *Client) Export(ctx context.Context, text string, since time.Time) (integrations.Page, error) {
	at := cursor{integrations.Place{Since: since}, integrations.Place{Since: since}}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			return integrations.Page{}, &integrations.Error{Op: "freshdesk: list tickets", Kind: integrations.CursorLost, Detail: "not a cursor of ours"}
		}
	}
	page, err := c.list(ctx, &at.Live, "")
	if err != nil {
		return integrations.Page{}, err
	}
	if page.End {
		deleted, err := c.deleted(ctx, &at.Deleted)
		if err != nil {
			return integrations.Page{}, err
		}
		page = joined(page, deleted)
		page.End = deleted.End
	}
	if err := c.addDirectory(ctx, &page); err != nil {
		return integrations.Page{}, err
	}
	next, err := json.Marshal(at)
	page.Cursor = string(next)
	return page, err
}

// deleted reads one page of the list of deleted tickets. Each says itself that
// it is: a list that does not know the filter has living ones. Where there is no
// such list for us, the tickets still come.
func (c *Client) deleted(ctx context.Context, at *integrations.Place) (integrations.Page, error) {
	page, err := c.list(ctx, at, "deleted")
	if err != nil {
		switch integrations.KindOf(err) {
		case integrations.NotFound, integrations.Refused, integrations.Unauthorized:
			return integrations.Page{End: true}, nil
		}
		return page, err
	}
	page.Tickets = slices.DeleteFunc(page.Tickets, func(t integrations.Ticket) bool { return t.Status != integrations.StatusDeleted })
	return page, nil
}

// list reads one page of a list and moves the place on. End says that it was
// not full. Whether updated_since includes its own second is not documented, so
// a second earlier is asked for.
func (c *Client) list(ctx context.Context, at *integrations.Place, filter string) (integrations.Page, error) {
	query := url.Values{"updated_since": {at.Since.Add(-time.Second).UTC().Format(time.RFC3339)}, "order_by": {"updated_at"}, "order_type": {"asc"},
		"include": {"requester,description"}, "per_page": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(at.Page())}}
	if filter != "" {
		query.Set("filter", filter)
	}
	var raw []json.RawMessage
	err := c.http.Do(ctx, integrations.Call{Op: "list tickets", Endpoint: "tickets", Path: "/api/v2/tickets", Query: query, Out: &raw})
	if err != nil {
		return integrations.Page{}, err
	}
	page := decodePage(raw)
	page.End = at.Advance(page.Tickets, len(raw) < pageSize, maxPages)
	return page, nil
}

// Fetch returns the tickets with these ids, deleted ones marked. Tickets that
// are gone are missing from the answer.
func (c *Client) Fetch(ctx context.Context, ids []string) (integrations.Page, error) {
	all := integrations.Page{}
	for _, id := range ids {
		path, err := ticketPath(id, "")
		if err != nil {
			return integrations.Page{}, err
		}
		var raw json.RawMessage
		err = c.http.Do(ctx, integrations.Call{Op: "fetch ticket " + id, Endpoint: "ticket", Path: path,
			Query: url.Values{"include": {"requester"}}, Out: &raw})
		if integrations.KindOf(err) == integrations.NotFound && err != nil {
			all.Gone = append(all.Gone, id)
			continue
		}
		if err != nil {
			return integrations.Page{}, err
		}
		all = joined(all, decodePage([]json.RawMessage{raw}))
	}
	all.End = true
	return all, c.addDirectory(ctx, &all)
}

func joined(a, b integrations.Page) integrations.Page {
	a.Tickets = append(a.Tickets, b.Tickets...)
	a.People = append(a.People, b.People...)
	a.Unreadable = append(a.Unreadable, b.Unreadable...)
	return a
}
