package generichelpdesk

import (
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Verify checks the signature, or looks for the secret. The error is
// integrations.ErrBadSignature.
func (c *Client) Verify(header http.Header, body []byte, check integrations.Check) error {
	if c.config.SignatureHeader == "" {
		return integrations.CheckSecret(source, header, check)
	}
	given := strings.TrimPrefix(header.Get(c.config.SignatureHeader), "sha256=")
	return integrations.CheckHex(source, []string{given}, check.Secret, body)
}

// DedupKey checks that DecodeEvent reads the body, and returns the key of a repeat.
func (c *Client) DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	_, err := c.DecodeEvent(body)
	return integrations.RepeatKey(body, now), err
}

// DecodeEvent reads the ticket in a delivery. Where it tells too little, and
// fetch says how, the ticket is fetched.
func (c *Client) DecodeEvent(body []byte) (integrations.TicketEvent, error) {
	env, err := integrations.JSONObject(source, body)
	if err != nil {
		return integrations.TicketEvent{}, err
	}
	e := c.webhook.On(source, env)
	item := e.Value("ticket")
	if item == nil && c.webhook["ticket"] == nil {
		item = env
	}
	object, ok := item.(map[string]any)
	if e.Err != nil || !ok {
		return integrations.TicketEvent{}, integrations.BadFormat(source, "webhook.ticket finds no object")
	}
	t, _, _, err := c.one(object)
	if err != nil {
		return integrations.TicketEvent{}, err
	}
	told := t.Subject != "" && t.Status != "" && !t.CreatedAt.IsZero() && !t.UpdatedAt.IsZero()
	return integrations.TicketEvent{Type: "webhook", Ticket: t, Thin: !told && c.config.Mapping.FetchPath != ""}, nil
}
