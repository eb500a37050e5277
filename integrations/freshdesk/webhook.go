package freshdesk

import (
	"context"
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// body is what the automation rule sends. It holds nothing that a customer
// wrote: Freshdesk does not escape quotes.
const body = `{"ticket_id": "{{ticket.id}}", "status": "{{ticket.status}}", "priority": "{{ticket.priority}}"}`

// Setup says what to paste: Freshdesk's API cannot make automation rules. The
// secret is the configured one, or a new one where there is none.
func (c *Client) Setup(_ context.Context, hook integrations.Hook) (steps []string, secret string, err error) {
	rule := `Callback, POST to ` + hook.Endpoint + `, custom header "` + integrations.SecretHeader + `: <webhook_secret>", encoding JSON, content Advanced: ` + body
	return []string{
		"Freshdesk's API cannot make automation rules: make two in Admin, Workflows, Automations, with the action Trigger webhook",
		`the first under "Ticket creation", without conditions`,
		`the second under "Ticket updates", performed by agent or requester, when any of these is changed: status, priority, type, group, agent, note added, reply sent, ticket deleted`,
		"in both: " + rule,
	}, hook.ChosenSecret(), nil
}

// Verify requires the secret that the rule's header holds: Freshdesk signs nothing.
func Verify(header http.Header, _ []byte, c integrations.Check) error {
	return integrations.CheckSecret("freshdesk", header, c)
}

// eventJSON is the rule's body, as pasted or in the frame that Freshdesk's
// simple form puts around it.
type eventJSON struct {
	TicketID integrations.Text `json:"ticket_id"`
	Framed   struct {
		TicketID integrations.Text `json:"ticket_id"`
	} `json:"freshdesk_webhook"`
}

// DedupKey is what was said in which second: deliveries have no id, and one
// that comes again only has its ticket fetched again.
func DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	if _, err := DecodeEvent(body); err != nil {
		return "", err
	}
	return integrations.RepeatKey(body, now) + now.UTC().Format("-05"), nil
}

// DecodeEvent reads which ticket a delivery is about. It is always thin.
func DecodeEvent(body []byte) (integrations.TicketEvent, error) {
	var e eventJSON
	if err := integrations.DecodeWebhook("freshdesk", body, &e); err != nil {
		return integrations.TicketEvent{}, err
	}
	id := e.TicketID.ID()
	if id == "" {
		id = e.Framed.TicketID.ID()
	}
	if id == "" {
		return integrations.TicketEvent{}, integrations.BadFormat("freshdesk", "no ticket_id")
	}
	return integrations.TicketEvent{Type: "automation", Thin: true, Ticket: integrations.Ticket{ID: id}}, nil
}
