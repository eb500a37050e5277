// Package statuspage reads the webhook notifications of Atlassian Statuspage.
//
// On the status page itself: Subscribe to updates, the webhook tab, with the URL
// {public_url}/webhooks/{name}?secret=… and an address for failures; the page's
// owner must have switched on webhook subscriptions (Notifications, Webhook).
// Statuspage signs nothing and sends no header of ours: the secret in the URL,
// the source's webhook_secret, is all that proves a delivery, so make it long
// and random, and serve https only.
//
// Limits, by support.atlassian.com, Statuspage's webhook notifications: an
// answer is expected within 30 seconds; a redirect is a failure. Times carry the
// page's own offset. A delivery has neither an id nor a timestamp of its own.
//
// A page's word is what customers read, so the last update's text is kept as the
// message of the resolution. Planned maintenance opens an incident when it is in
// progress, as customers write about it like about any other. What is about a
// component alone is about no incident.
package statuspage

import (
	"cmp"
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "statuspage"

type webhook struct {
	Page      *struct{}        `json:"page"`
	Incident  *incident        `json:"incident"`
	Component *struct{}        `json:"component"`
	Update    *componentUpdate `json:"component_update"`
}

type componentUpdate struct {
	NewStatus string `json:"new_status"`
}

type incident struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Status     string              `json:"status"`
	Impact     integrations.Text   `json:"impact"`
	Shortlink  string              `json:"shortlink"`
	CreatedAt  integrations.Moment `json:"created_at"`
	StartedAt  integrations.Moment `json:"started_at"`
	UpdatedAt  integrations.Moment `json:"updated_at"`
	ResolvedAt integrations.Moment `json:"resolved_at"`
	Components []struct {
		Name integrations.Text `json:"name"`
	} `json:"components"`
	Updates []update `json:"incident_updates"` // the newest first
}

type update struct {
	Body       integrations.Text `json:"body"`
	Components []struct {
		Name integrations.Text `json:"name"`
	} `json:"affected_components"`
}

// Verify looks for the secret. The error is integrations.ErrBadSignature.
func Verify(header http.Header, _ []byte, c integrations.Check) error {
	return integrations.CheckSecret(source, header, c)
}

// DedupKey checks that Decode reads the body, and returns the key of a repeat.
func DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	_, err := parse(body)
	return integrations.RepeatKey(body, now), err
}

// Decode reads a delivery's body. The error is integrations.ErrBadFormat.
func Decode(body []byte) (integrations.IncidentUpdate, error) {
	w, err := parse(body)
	if err != nil || w.Incident == nil {
		return integrations.IncidentUpdate{Event: "component_update"}.Clean(), err
	}
	i := w.Incident
	u := integrations.IncidentUpdate{
		SourceKey: i.ID, Event: i.Status, At: i.UpdatedAt.Time, Title: i.Name, URL: i.Shortlink,
		StartedAt: cmp.Or(i.StartedAt, i.CreatedAt).Time,
	}
	if i.Impact != "none" && i.Impact != "maintenance" {
		u.Severity = string(i.Impact)
	}
	if n := len(i.Updates); n > 0 {
		u.Summary, u.Message = string(i.Updates[n-1].Body), string(i.Updates[0].Body)
	}
	for _, c := range i.Components {
		u.AddField("service", string(c.Name))
	}
	for _, up := range i.Updates {
		for _, c := range up.Components {
			u.AddField("service", string(c.Name))
		}
	}
	switch i.Status {
	case "investigating", "identified", "monitoring", "in_progress", "verifying":
	case "resolved", "postmortem", "completed":
		u.Resolved, u.ResolvedAt = true, cmp.Or(i.ResolvedAt, i.UpdatedAt).Time
	default: // scheduled
		u.Detail = true
	}
	return u.Clean(), nil
}

func parse(body []byte) (webhook, error) {
	var w webhook
	if err := integrations.DecodeWebhook(source, body, &w); err != nil {
		return w, err
	}
	switch {
	case w.Page == nil:
		return w, integrations.BadFormat(source, "page is missing")
	case w.Incident == nil && w.Component == nil && w.Update == nil:
		return w, integrations.BadFormat(source, "incident and component are missing")
	case w.Incident != nil && w.Incident.ID == "":
		return w, integrations.BadFormat(source, "incident.id is missing")
	}
	return w, nil
}
