package zendesk

import (
	"context"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations"
)

// Check asks who we are and says what the rate limit leaves. A user who is no
// admin is Unauthorized: only admins may read the export.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	me, err := c.Me(ctx)
	if err != nil {
		return "", err
	}
	if me.Role != "admin" {
		return "", &integrations.Error{Op: "zendesk: look up our own user", Kind: integrations.Unauthorized,
			Detail: fmt.Sprintf("user %s has the role %q; only admins may read the export", me.ID, me.Role)}
	}
	limits := c.Limits()
	return fmt.Sprintf("we are user %s (admin); %d of %d requests a minute are left", me.ID, limits.Remaining, limits.Limit), nil
}

// TicketURL is where an agent looks at the ticket.
func (c *Client) TicketURL(id string) string { return c.url + "/agent/tickets/" + id }
