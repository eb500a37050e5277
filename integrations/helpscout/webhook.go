package helpscout

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// events are what we are told of: all that happens to conversations, except
// merges, whose bodies are of another form.
var events = []string{"convo.agent.reply.created", "convo.assigned", "convo.created", "convo.customer.reply.created", "convo.deleted",
	"convo.moved", "convo.note.created", "convo.status", "convo.tags"}

type hookJSON struct {
	ID     integrations.Text `json:"id"`
	URL    string            `json:"url"`
	State  string            `json:"state"`
	Secret string            `json:"secret"`
	Events []string          `json:"events"`
}

// Setup creates the webhook, anew where it is not as it should be. The secret is the configured one;
// where there is none, the webhook's own or a new one. Doing it again changes nothing.
func (c *Client) Setup(ctx context.Context, hook integrations.Hook) (steps []string, secret string, err error) {
	var all list[struct {
		Hooks []hookJSON `json:"webhooks"`
	}]
	if err := c.do(ctx, integrations.Call{Op: "list webhooks", Endpoint: "webhooks", Path: "/v2/webhooks", Out: &all}); err != nil {
		return nil, "", err
	}
	var have hookJSON
	for _, h := range all.Embedded.Hooks {
		if h.URL == hook.Endpoint {
			have = h
		}
	}
	hook.Secret = cmp.Or(hook.Secret, have.Secret)
	secret = hook.ChosenSecret()
	step := "created the webhook for " + hook.Endpoint
	if id := have.ID.ID(); id != "" {
		if slices.Equal(slices.Sorted(slices.Values(have.Events)), events) && have.Secret == secret && have.State == "enabled" {
			return []string{fmt.Sprintf("webhook %s for %s is as it should be", id, hook.Endpoint)}, secret, nil
		}
		// One that was switched off is only certain to run again when it is new.
		err := c.do(ctx, integrations.Call{Op: "remove webhook " + id, Endpoint: "webhooks", Method: http.MethodDelete, Path: "/v2/webhooks/" + id})
		if err != nil {
			return nil, "", err
		}
		step = fmt.Sprintf("made webhook %s for %s anew: its events, secret or state were others", id, hook.Endpoint)
	}
	err = c.do(ctx, integrations.Call{Op: "create the webhook", Endpoint: "webhooks", Method: http.MethodPost, Path: "/v2/webhooks",
		In: map[string]any{"url": hook.Endpoint, "events": events, "secret": secret, "payloadVersion": "V2"}})
	if err != nil {
		return nil, "", err
	}
	return []string{step}, secret, nil
}

// Verify checks X-HelpScout-Signature: HMAC-SHA1 of the body in base64, keyed
// with the webhook's secret. The error is integrations.ErrBadSignature.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	given, err := base64.StdEncoding.DecodeString(header.Get("X-HelpScout-Signature"))
	if err != nil {
		given = nil
	}
	return integrations.CheckHexSHA1("help scout", []string{hex.EncodeToString(given)}, c.Secret, body)
}

// DedupKey is what was said in which hour: deliveries have no id, and one that
// comes again only has its conversation fetched again.
func DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	if _, err := DecodeEvent(body); err != nil {
		return "", err
	}
	return integrations.RepeatKey(body, now), nil
}

// DecodeEvent reads which conversation a delivery is about. It is always thin.
func DecodeEvent(body []byte) (integrations.TicketEvent, error) {
	var e struct {
		ID integrations.Text `json:"id"`
	}
	if err := integrations.DecodeWebhook("help scout", body, &e); err != nil {
		return integrations.TicketEvent{}, err
	}
	if e.ID.ID() == "" {
		return integrations.TicketEvent{}, integrations.BadFormat("help scout", "no id")
	}
	return integrations.TicketEvent{Type: "conversation", Thin: true, Ticket: integrations.Ticket{ID: e.ID.ID()}}, nil
}
