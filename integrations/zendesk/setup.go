package zendesk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
)

const (
	eventPrefix      = "zen:event-type:ticket."
	triggerKind      = "conditional_ticket_events" // the one subscription of a trigger webhook
	maxWebhookPages  = 20
	webhooksPageSize = 100
)

// subscribed are the ticket events that tell us something.
var subscribed = []string{
	"agent_assignment_changed", "brand_changed", "comment_added", "comment_made_private", "comment_redacted", "created",
	"description_changed", "form_changed", "group_assignment_changed", "marked_as_spam", "merged",
	"organization_changed", "permanently_deleted", "priority_changed", "problem_link_changed",
	"requester_changed", "soft_deleted", "status_changed", "subject_changed", "tags_changed",
	"type_changed", "undeleted",
}

// webhookJSON is a webhook in the API's form. Its kind cannot be changed:
// subscriptions are event types or the trigger kind alone.
type webhookJSON struct {
	ID            string   `json:"id,omitempty"`
	Name          string   `json:"name,omitempty"`
	Endpoint      string   `json:"endpoint,omitempty"`
	Method        string   `json:"http_method,omitempty"`
	Format        string   `json:"request_format,omitempty"`
	Status        string   `json:"status,omitempty"`
	Subscriptions []string `json:"subscriptions,omitempty"`
}

type webhookEnvelope struct {
	Webhook webhookJSON `json:"webhook"`
}

// Setup creates the event webhook that delivers to the hook, or repairs it:
// another endpoint, missing event types, an inactive state. It returns what it
// did, in words, and the signing secret to configure as webhook_secret: Zendesk
// chooses it. Doing it again changes nothing.
//
// See developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks.
func (c *Client) Setup(ctx context.Context, hook integrations.Hook) (steps []string, secret string, err error) {
	endpoint, want := hook.Endpoint, wantedWebhook(hook)
	existing, err := c.webhooks(ctx)
	if err != nil {
		return nil, "", err
	}
	ours, steps := chooseWebhook(existing, want)
	switch patch, repairs := repair(ours, want); {
	case ours.ID == "":
		if ours.ID, err = c.createWebhook(ctx, want); err != nil {
			return steps, "", err
		}
		steps = append(steps, fmt.Sprintf("created webhook %s for %s with %d event types", ours.ID, endpoint, len(want.Subscriptions)))
	case len(repairs) > 0:
		if err := c.patchWebhook(ctx, ours.ID, patch); err != nil {
			return steps, "", err
		}
		steps = append(steps, fmt.Sprintf("repaired webhook %s: %s", ours.ID, strings.Join(repairs, "; ")))
	default:
		steps = append(steps, fmt.Sprintf("webhook %s for %s is as it should be", ours.ID, endpoint))
	}
	if secret, err = c.signingSecret(ctx, ours.ID); err != nil {
		return steps, "", err
	}
	return append(steps, "read its signing secret"), secret, nil
}

func wantedWebhook(hook integrations.Hook) webhookJSON {
	w := webhookJSON{
		Name: hook.Name, Endpoint: hook.Endpoint, Method: http.MethodPost, Format: "json", Status: "active",
	}
	for _, event := range subscribed {
		w.Subscriptions = append(w.Subscriptions, eventPrefix+event)
	}
	return w
}

// chooseWebhook finds the webhook to keep: by endpoint, else by the name we
// give, for one whose endpoint has moved.
func chooseWebhook(existing []webhookJSON, want webhookJSON) (ours webhookJSON, steps []string) {
	for _, w := range existing {
		same := strings.TrimRight(w.Endpoint, "/") == want.Endpoint
		switch {
		case slices.Contains(w.Subscriptions, triggerKind):
			if same {
				steps = append(steps, fmt.Sprintf("left trigger webhook %s alone: triggers and events need a webhook each", w.ID))
			}
		case same && ours.Endpoint == want.Endpoint:
			steps = append(steps, fmt.Sprintf("webhook %s delivers everything a second time: delete it in Zendesk's Admin Center", w.ID))
		case same:
			ours = w
			ours.Endpoint = want.Endpoint
		case ours.ID == "" && w.Name == want.Name:
			ours = w
		}
	}
	return ours, steps
}

// repair returns what must change in a webhook, as a patch and in words.
func repair(have, want webhookJSON) (patch webhookJSON, words []string) {
	if have.Endpoint != want.Endpoint {
		patch.Endpoint = want.Endpoint
		words = append(words, "endpoint is now "+want.Endpoint)
	}
	if have.Status != want.Status {
		patch.Status = want.Status
		words = append(words, "activated")
	}
	if have.Method != want.Method || have.Format != want.Format {
		patch.Method, patch.Format = want.Method, want.Format
		words = append(words, "sends JSON by POST")
	}
	all := slices.Clone(have.Subscriptions)
	for _, s := range want.Subscriptions {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	if missing := len(all) - len(have.Subscriptions); missing > 0 {
		patch.Subscriptions = all
		words = append(words, fmt.Sprintf("subscribed to %d more event types", missing))
	}
	return patch, words
}

func (c *Client) webhooks(ctx context.Context) ([]webhookJSON, error) {
	var all []webhookJSON
	query := url.Values{"page[size]": {fmt.Sprint(webhooksPageSize)}}
	for range maxWebhookPages {
		var page struct {
			Webhooks []webhookJSON `json:"webhooks"`
			Meta     struct {
				HasMore     bool `json:"has_more"`
				AfterCursor text `json:"after_cursor"`
			} `json:"meta"`
		}
		err := c.http.Do(ctx, integrations.Call{
			Op: "list webhooks", Endpoint: "webhooks", Path: "/api/v2/webhooks", Query: query, Out: &page,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Webhooks...)
		next := string(page.Meta.AfterCursor)
		if !page.Meta.HasMore || next == "" || next == query.Get("page[after]") {
			break
		}
		query.Set("page[after]", next)
	}
	return all, nil
}

func (c *Client) createWebhook(ctx context.Context, w webhookJSON) (id string, err error) {
	var answer webhookEnvelope
	err = c.http.Do(ctx, integrations.Call{
		Op: "create the webhook", Endpoint: "webhooks", Method: http.MethodPost, Path: "/api/v2/webhooks",
		In: webhookEnvelope{w}, Out: &answer,
	})
	return answer.Webhook.ID, err
}

func (c *Client) patchWebhook(ctx context.Context, id string, patch webhookJSON) error {
	return c.http.Do(ctx, integrations.Call{
		Op: "repair webhook " + id, Endpoint: "webhooks", Method: http.MethodPatch,
		Path: "/api/v2/webhooks/" + url.PathEscape(id), In: webhookEnvelope{patch},
	})
}

func (c *Client) signingSecret(ctx context.Context, id string) (string, error) {
	var answer struct {
		SigningSecret struct {
			Secret string `json:"secret"`
		} `json:"signing_secret"`
	}
	err := c.http.Do(ctx, integrations.Call{
		Op: "read the signing secret of webhook " + id, Endpoint: "webhooks",
		Path: "/api/v2/webhooks/" + url.PathEscape(id) + "/signing_secret", Out: &answer,
	})
	return answer.SigningSecret.Secret, err
}
