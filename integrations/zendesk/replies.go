package zendesk

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	commentsSize = 100 // comments a page, the vendor's maximum
	// A ticket holds 5,000 comments at most; more pages than that are a loop.
	maxCommentPages = 5000/commentsSize + 1
)

type commentJSON struct {
	ID        ident  `json:"id"`
	AuthorID  ident  `json:"author_id"`
	Body      text   `json:"body"`
	Public    bool   `json:"public"`
	CreatedAt moment `json:"created_at"`
}

type commentsJSON struct {
	Comments []loose[commentJSON]     `json:"comments"`
	Users    loose[[]json.RawMessage] `json:"users"`
	Meta     struct {
		HasMore     bool `json:"has_more"`
		AfterCursor text `json:"after_cursor"`
	} `json:"meta"`
}

// Replies returns every comment of a ticket, the first one among them, oldest
// first. A deleted ticket is an Error of kind NotFound.
func (c *Client) Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error) {
	var replies []integrations.Reply
	err := c.comments(ctx, ticketID, "created_at", func(page commentsJSON) bool {
		replies = append(replies, page.replies(ticketID)...)
		return true
	})
	return replies, err
}

// HasNote says whether the ticket has an internal note with the marker in it:
// what to ask before a note is sent again whose outcome is unknown.
func (c *Client) HasNote(ctx context.Context, ticketID, marker string) (bool, error) {
	found := false
	err := c.comments(ctx, ticketID, "-created_at", func(page commentsJSON) bool {
		for _, comment := range page.Comments {
			found = found || !comment.Value.Public && strings.Contains(string(comment.Value.Body), marker)
		}
		return !found
	})
	return found, err
}

// HasReply says whether we have answered the ticket publicly with these words
// since then, give or take what clocks differ by: what to ask before a reply is
// sent again whose outcome is unknown. A signature may have been added, and
// spaces changed.
func (c *Client) HasReply(ctx context.Context, ticketID, body string, since time.Time) (bool, error) {
	me, err := c.Me(ctx)
	if err != nil {
		return false, err
	}
	found, wrote := false, integrations.Wrote(body, since)
	err = c.comments(ctx, ticketID, "-created_at", func(page commentsJSON) bool {
		older := false
		for _, comment := range page.Comments {
			v := comment.Value
			older = older || v.CreatedAt.Before(since.Add(-integrations.ClockSkew))
			found = found || v.Public && string(v.AuthorID) == me.ID && wrote(string(v.Body), v.CreatedAt.Time)
		}
		return !found && !older
	})
	return found, err
}

// comments walks a ticket's comments by cursor until there are no more or visit
// says false. has_more decides: links.next is set on the last page too.
func (c *Client) comments(ctx context.Context, ticketID, sort string, visit func(commentsJSON) bool) error {
	path, err := ticketPath(ticketID, "/comments.json")
	if err != nil {
		return err
	}
	query := url.Values{"include": {"users"}, "sort": {sort}, "page[size]": {strconv.Itoa(commentsSize)}}
	for range maxCommentPages {
		var page commentsJSON
		err := c.http.Do(ctx, integrations.Call{
			Op: "read the comments of ticket " + ticketID, Endpoint: "comments", Path: path, Query: query, Out: &page,
		})
		if err != nil {
			return err
		}
		next := string(page.Meta.AfterCursor)
		if !visit(page) || !page.Meta.HasMore || next == "" || next == query.Get("page[after]") {
			return nil
		}
		query.Set("page[after]", next)
	}
	return nil
}

// replies turns a page into our form. An author who is gone (absent from the
// sideload) counts as no agent: better one reminder too many.
func (p commentsJSON) replies(ticketID string) []integrations.Reply {
	agents := map[string]bool{}
	for _, raw := range p.Users.Value {
		if person, err := DecodePerson(raw); err == nil {
			agents[person.ID] = person.Agent()
		}
	}
	replies := make([]integrations.Reply, 0, len(p.Comments))
	for _, comment := range p.Comments {
		v := comment.Value
		if v.ID == "" {
			continue
		}
		reply := integrations.Reply{
			ID: string(v.ID), TicketID: ticketID, AuthorID: string(v.AuthorID),
			Agent: agents[string(v.AuthorID)], Public: v.Public, At: v.CreatedAt.Time,
		}
		reply.KeepText(v.Body.Body())
		if !v.Public {
			reply.References = integrations.FindReferences(string(v.Body))
		}
		replies = append(replies, reply)
	}
	return replies
}
