package zendesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	sideloads    = "users,organizations,metric_sets"
	exportSize   = 1000            // tickets, the vendor's maximum
	showManySize = 100             // tickets, the vendor's maximum
	exportDelay  = 2 * time.Minute // the export refuses start times in its newest minute
)

// pageJSON is an answer with tickets and what was sideloaded. It has no count.
// after_url is not read: it may name another host (seen on renamed accounts).
type pageJSON struct {
	Tickets       []json.RawMessage        `json:"tickets"`
	Users         loose[[]json.RawMessage] `json:"users"`
	Organizations loose[[]json.RawMessage] `json:"organizations"`
	AfterCursor   text                     `json:"after_cursor"`
	EndOfStream   bool                     `json:"end_of_stream"`
}

// Export returns the next page of the cursor-based incremental ticket export,
// at most 1,000 tickets, oldest change first, deleted ones among them. Without
// a cursor it begins at since. Pages repeat tickets that changed again, and
// leave out what changed within the last minute until later.
//
// A refused cursor is an Error of kind CursorLost: begin again from a time. The
// account's limit is 10 calls a minute (Limits).
//
// See developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api.
func (c *Client) Export(ctx context.Context, cursor string, since time.Time) (integrations.Page, error) {
	query := url.Values{"include": {sideloads}, "per_page": {strconv.Itoa(exportSize)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	} else {
		query.Set("start_time", strconv.FormatInt(c.startTime(since), 10))
	}
	call := integrations.Call{
		Op: "export tickets", Endpoint: "incremental_tickets",
		Path: "/api/v2/incremental/tickets/cursor.json", Query: query,
	}
	var answer pageJSON
	call.Out = &answer
	if err := c.http.Do(ctx, call); err != nil {
		return integrations.Page{}, cursorLost(err, cursor)
	}
	page := answer.page()
	if page.Cursor == "" {
		page.Cursor = cursor
	}
	if page.Cursor == cursor && !page.End {
		return integrations.Page{}, &integrations.Error{
			Op: "zendesk: export tickets", Kind: integrations.Temporary,
			Detail: "the answer is not the last one and its cursor does not advance",
		}
	}
	return page, nil
}

// startTime keeps the first call within what the export accepts.
func (c *Client) startTime(since time.Time) int64 {
	if latest := c.clock().Add(-exportDelay); since.After(latest) {
		since = latest
	}
	return max(0, since.Unix())
}

// cursorLost tells a refused cursor from a refused call.
func cursorLost(err error, cursor string) error {
	e, ok := errors.AsType[*integrations.Error](err)
	if !ok || cursor == "" {
		return err
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity:
		e.Kind = integrations.CursorLost
	}
	return err
}

// Fetch returns the tickets with these ids, with the people and organizations
// they name. Tickets that are gone are missing from the answer.
func (c *Client) Fetch(ctx context.Context, ids []string) (integrations.Page, error) {
	all := integrations.Page{End: true}
	for batch := range slices.Chunk(ids, showManySize) {
		for _, id := range batch {
			if _, err := ticketPath(id, ""); err != nil {
				return integrations.Page{}, err
			}
		}
		var answer pageJSON
		err := c.http.Do(ctx, integrations.Call{
			Op: "fetch tickets", Endpoint: "show_many", Path: "/api/v2/tickets/show_many.json",
			Query: url.Values{"ids": {strings.Join(batch, ",")}, "include": {sideloads}}, Out: &answer,
		})
		if err != nil {
			return integrations.Page{}, err
		}
		page := answer.page()
		all.Tickets = append(all.Tickets, page.Tickets...)
		all.People = append(all.People, page.People...)
		all.Organizations = append(all.Organizations, page.Organizations...)
		all.Unreadable = append(all.Unreadable, page.Unreadable...)
		if len(page.Unreadable) == 0 {
			all.Gone = append(all.Gone, missing(batch, page.Tickets)...)
		}
	}
	return all, nil
}

// missing are the ids of a batch that show_many left out: it says nothing of
// tickets that were deleted.
func missing(batch []string, found []integrations.Ticket) []string {
	return slices.DeleteFunc(slices.Clone(batch), func(id string) bool {
		return slices.ContainsFunc(found, func(t integrations.Ticket) bool { return t.ID == id })
	})
}

func (p pageJSON) page() integrations.Page {
	page := integrations.Page{Cursor: string(p.AfterCursor), End: p.EndOfStream}
	page.Tickets = decodeAll(p.Tickets, DecodeTicket, "ticket", &page.Unreadable)
	page.People = decodeAll(p.Users.Value, DecodePerson, "user", &page.Unreadable)
	page.Organizations = decodeAll(p.Organizations.Value, DecodeOrganization, "organization", &page.Unreadable)
	return page
}

func decodeAll[T any](raw []json.RawMessage, decode func([]byte) (T, error), what string, unreadable *[]string) []T {
	out := make([]T, 0, len(raw))
	for i, r := range raw {
		value, err := decode(r)
		if err != nil {
			*unreadable = append(*unreadable, fmt.Sprintf("%s %d of %d: %v", what, i+1, len(raw), err))
			continue
		}
		out = append(out, value)
	}
	return out
}
