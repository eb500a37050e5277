package helpscout

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const maxThreadPages = 100

type threadJSON struct {
	ID        integrations.Text              `json:"id"`
	Type      integrations.Text              `json:"type"` // customer, message, note, lineitem, …
	State     integrations.Text              `json:"state"`
	Body      integrations.Text              `json:"body"` // HTML
	CreatedBy integrations.Loose[personJSON] `json:"createdBy"`
	CreatedAt integrations.Moment            `json:"createdAt"`
}

// said tells whether somebody wrote it and sent it off.
func (t threadJSON) said() bool {
	return t.ID.ID() != "" && t.Type.Enum() != "lineitem" && t.State.Enum() != "draft"
}

// public: what is forwarded goes to others than the customer.
func (t threadJSON) public() bool {
	kind := t.Type.Enum()
	return kind != "note" && !strings.HasPrefix(kind, "forward")
}

// Replies returns every thread that somebody wrote, the first one too, oldest first.
func (c *Client) Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error) {
	all, err := c.threads(ctx, ticketID)
	var replies []integrations.Reply
	for _, t := range all {
		reply := integrations.Reply{ID: t.ID.ID(), TicketID: ticketID, AuthorID: t.CreatedBy.Value.ID.ID(),
			Agent: t.CreatedBy.Value.Type.Enum() == "user", Public: t.public(), At: t.CreatedAt.Time}
		if !reply.Public {
			reply.References = integrations.FindReferences(integrations.Plain(string(t.Body)))
		}
		replies = append(replies, reply)
	}
	return replies, err
}

// HasNote says whether the conversation has a note with the marker in it.
func (c *Client) HasNote(ctx context.Context, ticketID, marker string) (found bool, err error) {
	all, err := c.threads(ctx, ticketID)
	for _, t := range all {
		found = found || t.Type.Enum() == "note" && strings.Contains(integrations.Plain(string(t.Body)), marker)
	}
	return found, err
}

// HasReply says whether we have answered the customer with these words since
// then, give or take what clocks differ by.
func (c *Client) HasReply(ctx context.Context, ticketID, body string, since time.Time) (found bool, err error) {
	me, err := c.me(ctx)
	if err != nil {
		return false, err
	}
	all, err := c.threads(ctx, ticketID)
	wrote := integrations.Wrote(body, since)
	for _, t := range all {
		ours := t.CreatedBy.Value.ID.ID() == me && t.CreatedBy.Value.Type.Enum() == "user" && t.public()
		found = found || ours && wrote(integrations.Plain(string(t.Body)), t.CreatedAt.Time)
	}
	return found, err
}

// threads reads what was said in a conversation, oldest first. New threads come
// first in Help Scout's list and move others on: those are read twice, not missed.
func (c *Client) threads(ctx context.Context, ticketID string) (all []threadJSON, err error) {
	path, err := ticketPath(ticketID, "/threads")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for number := range maxThreadPages {
		var page list[struct {
			Threads []integrations.Loose[threadJSON] `json:"threads"`
		}]
		err := c.do(ctx, integrations.Call{Op: "read the threads of conversation " + ticketID, Endpoint: "threads", Path: path,
			Query: url.Values{"page": {strconv.Itoa(number + 1)}}, Out: &page})
		if err != nil {
			return nil, err
		}
		for _, t := range page.Embedded.Threads {
			if id := t.Value.ID.ID(); t.Value.said() && !seen[id] {
				seen[id] = true
				all = append(all, t.Value)
			}
		}
		if page.end() {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b threadJSON) int { return a.CreatedAt.Compare(b.CreatedAt.Time) })
	return all, nil
}
