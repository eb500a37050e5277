package zammad

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/ticketlink/ticketlink/integrations"
)

type hookJSON struct {
	ID        integrations.Text `json:"id"`
	Name      string            `json:"name"`
	Endpoint  string            `json:"endpoint"`
	Token     string            `json:"signature_token"`
	SSLVerify bool              `json:"ssl_verify"`
	Active    bool              `json:"active"`
}

type triggerJSON struct {
	ID      integrations.Text `json:"id"`
	Name    string            `json:"name"`
	Active  bool              `json:"active"`
	Perform struct {
		Webhook struct {
			ID integrations.Text `json:"webhook_id"`
		} `json:"notification.webhook"`
	} `json:"perform"`
}

// Setup creates the webhook and the triggers that fire it, or repairs them. The
// secret is the configured one; where there is none, the webhook's own or a new
// one. Doing it again changes nothing.
//
// See admin-docs.zammad.org/en/latest/manage/webhook.html.
func (c *Client) Setup(ctx context.Context, hook integrations.Hook) (steps []string, secret string, err error) {
	id, secret, step, err := c.setupWebhook(ctx, hook)
	if err != nil {
		return nil, "", err
	}
	steps = append(steps, step)
	var triggers []triggerJSON
	if err := c.get(ctx, "list triggers", "triggers", "/api/v1/triggers", nil, &triggers); err != nil {
		return steps, "", err
	}
	for _, action := range []string{"create", "update"} {
		step, err := c.setupTrigger(ctx, triggers, hook.Name+" ("+action+")", action, id)
		if err != nil {
			return steps, "", err
		}
		steps = append(steps, step)
	}
	return steps, secret, nil
}

func (c *Client) setupWebhook(ctx context.Context, hook integrations.Hook) (id, secret, step string, err error) {
	var hooks []hookJSON
	if err := c.get(ctx, "list webhooks", "webhooks", "/api/v1/webhooks", nil, &hooks); err != nil {
		return "", "", "", err
	}
	var have hookJSON
	for _, h := range hooks {
		if h.Endpoint == hook.Endpoint || h.Name == hook.Name && have.ID == "" {
			have = h
		}
	}
	hook.Secret = cmp.Or(hook.Secret, have.Token)
	secret = hook.ChosenSecret()
	want := hookJSON{ID: have.ID, Name: hook.Name, Endpoint: hook.Endpoint, Token: secret, SSLVerify: true, Active: true}
	in := map[string]any{"name": want.Name, "endpoint": want.Endpoint, "signature_token": want.Token, "ssl_verify": true, "active": true}
	switch {
	case have.ID.ID() == "":
		err = c.send(ctx, "create the webhook", "webhooks", http.MethodPost, "/api/v1/webhooks", in, &want)
		step = fmt.Sprintf("created webhook %s for %s", want.ID, hook.Endpoint)
	case have == want:
		step = fmt.Sprintf("webhook %s for %s is as it should be", have.ID, hook.Endpoint)
	default:
		err = c.send(ctx, "repair webhook "+have.ID.ID(), "webhooks", http.MethodPut, "/api/v1/webhooks/"+have.ID.ID(), in, nil)
		step = fmt.Sprintf("repaired webhook %s for %s: its name, endpoint, token and state", have.ID, hook.Endpoint)
	}
	return want.ID.ID(), secret, step, err
}

// setupTrigger has a trigger fire the webhook whenever a ticket is created or
// updated.
func (c *Client) setupTrigger(ctx context.Context, have []triggerJSON, name, action, webhook string) (step string, err error) {
	in := map[string]any{"name": name, "active": true, "activator": "action", "execution_condition_mode": "always",
		"condition": map[string]any{"ticket.action": map[string]any{"operator": "is", "value": action}},
		"perform":   map[string]any{"notification.webhook": map[string]any{"webhook_id": webhook}}}
	for _, t := range have {
		if t.Name != name {
			continue
		}
		if t.Active && t.Perform.Webhook.ID.ID() == webhook {
			return fmt.Sprintf("trigger %q is as it should be", name), nil
		}
		return fmt.Sprintf("repaired trigger %q", name),
			c.send(ctx, "repair trigger "+t.ID.ID(), "triggers", http.MethodPut, "/api/v1/triggers/"+t.ID.ID(), in, nil)
	}
	return fmt.Sprintf("created trigger %q", name), c.send(ctx, "create a trigger", "triggers", http.MethodPost, "/api/v1/triggers", in, nil)
}
