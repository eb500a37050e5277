package zammad

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	pageSize = 50 // tickets; each is read once more
	maxPages = 200
	// indexLag is how far the search may be behind. Each poll reads it again.
	indexLag = 2 * time.Minute
)

// listed is a ticket as lists have it, with names where expand=true asks for them.
type listed struct {
	ID             integrations.Text   `json:"id"`
	Title          integrations.Text   `json:"title"`
	State          integrations.Text   `json:"state"`
	Priority       integrations.Text   `json:"priority"`
	Type           integrations.Text   `json:"type"`
	Channel        integrations.Text   `json:"create_article_type"`
	CustomerID     integrations.Text   `json:"customer_id"`
	OrganizationID integrations.Text   `json:"organization_id"`
	OwnerID        integrations.Text   `json:"owner_id"`
	GroupID        integrations.Text   `json:"group_id"`
	CreatedAt      integrations.Moment `json:"created_at"`
	UpdatedAt      integrations.Moment `json:"updated_at"`
	raw            json.RawMessage
}

func (l *listed) UnmarshalJSON(raw []byte) error {
	type plain listed
	l.raw = append([]byte(nil), raw...)
	return json.Unmarshal(raw, (*plain)(l))
}

// Export returns the next page of tickets by change, oldest first. Without a
// cursor it begins at since. Each poll repeats the last two minutes before the
// newest ticket.
func (c *Client) Export(ctx context.Context, cursor string, since time.Time) (integrations.Page, error) {
	at := integrations.Place{Since: since}
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &at); err != nil {
			return integrations.Page{}, &integrations.Error{Op: "zammad: search tickets", Kind: integrations.CursorLost, Detail: "not a cursor of ours"}
		}
	}
	found, err := c.search(ctx, at)
	if err != nil {
		return integrations.Page{}, err
	}
	page, err := c.complete(ctx, found)
	if err != nil {
		return integrations.Page{}, err
	}
	page.End = at.Advance(page.Tickets, len(found) < pageSize, maxPages)
	if page.End && len(page.Tickets) > 0 {
		at.Since = at.Since.Add(-indexLag)
	}
	next, err := json.Marshal(at)
	page.Cursor = string(next)
	return page, err
}

// search reads one page of what changed at a time or after it.
func (c *Client) search(ctx context.Context, at integrations.Place) (found []listed, err error) {
	query := url.Values{
		"query":   {fmt.Sprintf(`updated_at:[%q TO *]`, at.Since.UTC().Format(time.RFC3339Nano))},
		"sort_by": {"updated_at"}, "order_by": {"asc"}, "expand": {"true"},
		"page": {strconv.Itoa(at.Page())}, "per_page": {strconv.Itoa(pageSize)}, "limit": {strconv.Itoa(pageSize)},
	}
	err = c.get(ctx, "search tickets", "search", "/api/v1/tickets/search", query, &found)
	return found, err
}

// Fetch returns the tickets with these ids. Tickets that are gone are missing
// from the answer.
func (c *Client) Fetch(ctx context.Context, ids []string) (integrations.Page, error) {
	var gone []string
	var found []listed
	for _, id := range ids {
		if err := integrations.CheckTicketID("zammad", id); err != nil {
			return integrations.Page{}, err
		}
		var one listed
		err := c.get(ctx, "fetch ticket "+id, "ticket", "/api/v1/tickets/"+id, url.Values{"expand": {"true"}}, &one)
		if err != nil && integrations.KindOf(err) == integrations.NotFound {
			gone = append(gone, id)
			continue
		}
		if err != nil {
			return integrations.Page{}, err
		}
		found = append(found, one)
	}
	page, err := c.complete(ctx, found)
	page.End, page.Gone = true, gone
	return page, err
}

// complete reads what lists leave out: tags, the first article, people and
// organizations. Where that is not found, what the list said stands.
func (c *Client) complete(ctx context.Context, found []listed) (page integrations.Page, err error) {
	names := directory{}
	for i, l := range found {
		if l.ID.ID() == "" {
			page.Unreadable = append(page.Unreadable, fmt.Sprintf("ticket %d of %d: no id", i+1, len(found)))
			continue
		}
		var whole whole
		id := l.ID.ID()
		err := c.get(ctx, "read ticket "+id, "ticket_all", "/api/v1/tickets/"+id, url.Values{"all": {"true"}}, &whole)
		if err != nil && integrations.KindOf(err) != integrations.NotFound {
			return integrations.Page{}, err
		}
		page.Tickets = append(page.Tickets, whole.ticket(l))
		names.take(l, whole)
	}
	page.People, page.Organizations = names.lists()
	return page, nil
}
