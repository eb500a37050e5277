package jsm

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const maxCommentPages = 100

type commentJSON struct {
	ID      integrations.Text               `json:"id"`
	Author  integrations.Loose[accountJSON] `json:"author"`
	Body    integrations.Loose[node]        `json:"body"`
	Public  integrations.Loose[bool]        `json:"jsdPublic"`
	Created integrations.Moment             `json:"created"`
}

type commentsJSON struct {
	Comments []integrations.Loose[commentJSON] `json:"comments"`
}

// Replies returns every comment of an issue, oldest first. A deleted issue is an
// Error of kind NotFound.
func (c *Client) Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error) {
	v, err := c.read(ctx, "read the comments of issue ", ticketID)
	if err != nil {
		return nil, err
	}
	reporter := v.Fields.Value.Reporter.Value.ID.Name()
	var replies []integrations.Reply
	err = c.comments(ctx, ticketID, func(m commentJSON) {
		author := m.Author.Value
		agent := author.Type != "customer" && author.Type != "app" && author.ID.Name() != reporter
		r := integrations.Reply{ID: m.ID.ID(), TicketID: ticketID, AuthorID: author.ID.Name(), Agent: agent, Public: m.Public.Value, At: m.Created.Time}
		if !r.Public {
			r.References = integrations.FindReferences(m.Body.Value.plain())
		}
		replies = append(replies, r)
	})
	return replies, err
}

// HasNote says whether the issue has an internal comment with the marker in it.
func (c *Client) HasNote(ctx context.Context, ticketID, marker string) (found bool, err error) {
	err = c.comments(ctx, ticketID, func(m commentJSON) {
		found = found || !m.Public.Value && strings.Contains(m.Body.Value.plain(), marker)
	})
	return found, err
}

// HasReply says whether we have answered publicly with these words since then,
// give or take what clocks differ by.
func (c *Client) HasReply(ctx context.Context, ticketID, body string, since time.Time) (found bool, err error) {
	me, err := c.me(ctx)
	if err != nil {
		return false, err
	}
	wrote := integrations.Wrote(body, since)
	err = c.comments(ctx, ticketID, func(m commentJSON) {
		ours := m.Author.Value.ID.Name() == me && m.Public.Value
		found = found || ours && wrote(m.Body.Value.plain(), m.Created.Time)
	})
	return found, err
}

// comments walks an issue's comments to the end. New ones come last, so that
// numbered pages lose none.
func (c *Client) comments(ctx context.Context, ticketID string, visit func(commentJSON)) error {
	path, err := issuePath(platform, ticketID, "/comment")
	if err != nil {
		return err
	}
	for number := range maxCommentPages {
		var page commentsJSON
		query := url.Values{"startAt": {strconv.Itoa(number * pageSize)}, "maxResults": {strconv.Itoa(pageSize)}, "orderBy": {"created"}}
		err := c.http.Do(ctx, integrations.Call{Op: "read the comments of issue " + ticketID, Endpoint: "comments", Path: path, Query: query, Out: &page})
		if err != nil {
			return err
		}
		for _, m := range page.Comments {
			if m.Value.ID.ID() != "" {
				visit(m.Value)
			}
		}
		if len(page.Comments) < pageSize {
			break
		}
	}
	return nil
}

// read reads an issue's status and reporter.
func (c *Client) read(ctx context.Context, op, ticketID string) (v issueJSON, err error) {
	path, err := issuePath(platform, ticketID, "")
	if err != nil {
		return v, err
	}
	err = c.http.Do(ctx, integrations.Call{Op: op + ticketID, Endpoint: "issue", Path: path, Query: url.Values{"fields": {"status,reporter"}}, Out: &v})
	return v, err
}
