package intercom

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// topics are what we need to hear of.
const topics = "conversation.user.created, conversation.user.replied, conversation.admin.single.created, conversation.admin.replied, " +
	"conversation.admin.noted, conversation.admin.assigned, conversation.admin.closed, conversation.admin.opened, conversation.admin.snoozed, " +
	"conversation.admin.unsnoozed, conversation_part.tag.created, conversation.deleted"

// Setup says what to enter: webhooks belong to an app and have no API. The
// secret is the app's own, and so "" where none is configured.
func (c *Client) Setup(_ context.Context, hook integrations.Hook) (steps []string, secret string, err error) {
	return []string{
		"Intercom's API cannot make webhooks: open the app whose access token we have in the Developer Hub, Webhooks",
		"endpoint URL: " + hook.Endpoint,
		"topics: " + topics,
		"webhook_secret in the configuration: the app's client secret (Basic information), with which Intercom signs",
	}, hook.Secret, nil
}

// Verify checks X-Hub-Signature: "sha1=" and HMAC-SHA1 of the body in
// hexadecimal, keyed with the app's client secret. The error is
// integrations.ErrBadSignature.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	given, _ := strings.CutPrefix(header.Get("X-Hub-Signature"), "sha1=")
	return integrations.CheckHexSHA1("intercom", []string{given}, c.Secret, body)
}

type eventJSON struct {
	Type      integrations.Text   `json:"type"` // notification_event
	ID        integrations.Text   `json:"id"`
	Topic     integrations.Text   `json:"topic"`
	CreatedAt integrations.Moment `json:"created_at"`
	Data      integrations.Loose[struct {
		Item integrations.Loose[struct {
			Type integrations.Text `json:"type"`
			ID   integrations.Text `json:"id"`
		}] `json:"item"`
	}] `json:"data"`
}

// DedupKey is the notification's own id, which a repeat has too.
func DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	event, err := DecodeEvent(body)
	if err != nil {
		return "", err
	}
	return integrations.EventKey(event.ID, body, now), nil
}

// DecodeEvent reads which conversation a notification is about. It is thin but
// for a deletion. A ping, and what is about something else, names no ticket.
func DecodeEvent(body []byte) (integrations.TicketEvent, error) {
	var e eventJSON
	if err := integrations.DecodeWebhook("intercom", body, &e); err != nil {
		return integrations.TicketEvent{}, err
	}
	if e.Type != "notification_event" || e.Topic == "" {
		return integrations.TicketEvent{}, integrations.BadFormat("intercom", "no notification_event with a topic")
	}
	event := integrations.TicketEvent{ID: e.ID.ID(), Type: e.Topic.Enum()}
	item := e.Data.Value.Item.Value
	if item.Type != "conversation" || item.ID.ID() == "" {
		return event, nil
	}
	event.Ticket.ID = item.ID.ID()
	if event.Thin = event.Type != "conversation.deleted"; !event.Thin {
		event.Ticket.Status, event.Ticket.Scrubbed = integrations.StatusDeleted, true
		event.Ticket.UpdatedAt, event.Ticket.GeneratedAt = e.CreatedAt.Time, e.CreatedAt.Time
	}
	return event, nil
}
