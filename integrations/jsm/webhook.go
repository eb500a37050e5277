package jsm

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Setup says what to enter. The secret is the configured one, or a new one where
// there is none.
func (c *Client) Setup(_ context.Context, hook integrations.Hook) (steps []string, secret string, err error) {
	return []string{
		"as a Jira administrator, make a webhook in Settings, System, WebHooks, named " + hook.Name,
		"URL: " + hook.Endpoint,
		"secret: the webhook_secret of the configuration",
		"events, for the JQL projectType = service_desk: issue created, updated, deleted; comment created, updated",
	}, hook.ChosenSecret(), nil
}

// Verify checks X-Hub-Signature: "sha256=" and HMAC-SHA256 of the body in
// hexadecimal. The error is integrations.ErrBadSignature.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	given, _ := strings.CutPrefix(header.Get("X-Hub-Signature"), "sha256=")
	return integrations.CheckHex("jsm", []string{given}, c.Secret, body)
}

// DedupKey is the delivery's own id, which a repeat has too.
func DedupKey(header http.Header, body []byte, now time.Time) (string, error) {
	if _, err := DecodeEvent(body); err != nil {
		return "", err
	}
	return integrations.EventKey(header.Get("X-Atlassian-Webhook-Identifier"), body, now), nil
}

// DecodeEvent reads which issue a delivery is about. It is thin but for a deletion.
func DecodeEvent(body []byte) (integrations.TicketEvent, error) {
	var e struct {
		Event integrations.Text   `json:"webhookEvent"` // jira:issue_updated, comment_created
		At    integrations.Moment `json:"timestamp"`
		Issue integrations.Loose[struct {
			ID integrations.Text `json:"id"`
		}] `json:"issue"`
	}
	if err := integrations.DecodeWebhook("jsm", body, &e); err != nil {
		return integrations.TicketEvent{}, err
	}
	if e.Event == "" {
		return integrations.TicketEvent{}, integrations.BadFormat("jsm", "no webhookEvent")
	}
	event := integrations.TicketEvent{Type: strings.TrimPrefix(e.Event.Enum(), "jira:")}
	event.Ticket.ID = e.Issue.Value.ID.ID()
	if event.Thin = event.Ticket.ID != "" && event.Type != "issue_deleted"; event.Type == "issue_deleted" {
		event.Ticket.Status, event.Ticket.Scrubbed = integrations.StatusDeleted, true
		event.Ticket.UpdatedAt, event.Ticket.GeneratedAt = e.At.Time, e.At.Time
	}
	return event, nil
}
