// Package pagerduty reads the webhooks of PagerDuty, version 3 of the format.
//
// In PagerDuty: Integrations, Generic Webhooks (v3), New Webhook. The URL is
// {public_url}/webhooks/{name}, the scope an account, a team or a service, the
// events at least incident.triggered, acknowledged, resolved, reopened and
// priority_updated. PagerDuty shows the signing secret once, when the webhook is
// saved: it goes to the source's webhook_secret.
//
// Limits, by developer.pagerduty.com, Webhooks: an answer is expected within 5
// seconds, failures are repeated for up to 48 hours, and a webhook that is
// dropped three times in a row is disabled. Deliveries above 256 KB are not
// sent. A delivery has no signed timestamp: an old one that is sent again is
// known by its event's id.
//
// An incident's priority ("P1") is its severity here, its urgency where it has
// none. PagerDuty does not say when an incident was resolved: the time of the
// event that says so counts.
package pagerduty

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "pagerduty"

type webhook struct {
	Event struct {
		ID         string              `json:"id"`
		Type       string              `json:"event_type"`
		OccurredAt integrations.Moment `json:"occurred_at"`
		Data       *data               `json:"data"`
	} `json:"event"`
}

// data is an incident, or something else that names its incident.
type data struct {
	ID           string              `json:"id"`
	Type         string              `json:"type"`
	Status       string              `json:"status"`
	Title        string              `json:"title"`
	URL          string              `json:"html_url"`
	CreatedAt    integrations.Moment `json:"created_at"`
	Urgency      string              `json:"urgency"`
	Service      reference           `json:"service"`
	Priority     reference           `json:"priority"`
	Incident     reference           `json:"incident"`
	Message      integrations.Text   `json:"message"`
	CustomFields []customField       `json:"custom_fields"`
}

type reference struct {
	ID      string            `json:"id"`
	Summary integrations.Text `json:"summary"`
}

type customField struct {
	Name  integrations.Text `json:"name"`
	Value values            `json:"value"`
}

// Verify checks the signatures (while a secret is changed there are several)
// over the body. The error is integrations.ErrBadSignature.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	var given []string
	for s := range strings.SplitSeq(strings.Join(header.Values("X-PagerDuty-Signature"), ","), ",") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(s), "v1="); ok {
			given = append(given, text)
		}
	}
	return integrations.CheckHex(source, given, c.Secret, body)
}

// DedupKey checks that Decode reads the body, and returns the event's id.
func DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	w, err := parse(body)
	return integrations.EventKey(w.Event.ID, body, now), err
}

// Decode reads a delivery's body. What is about a service, a test, or of an
// unknown kind is about no incident. The error is integrations.ErrBadFormat.
func Decode(body []byte) (integrations.IncidentUpdate, error) {
	w, err := parse(body)
	if err != nil {
		return integrations.IncidentUpdate{}, err
	}
	d := w.Event.Data
	u := integrations.IncidentUpdate{Event: w.Event.Type, At: w.Event.OccurredAt.Time}
	switch {
	case d.Type == "incident":
		w.incident(&u)
	case d.Incident.ID != "":
		u.SourceKey, u.Detail, u.Message = d.Incident.ID, true, string(d.Message)
		for _, f := range d.CustomFields {
			u.AddField(string(f.Name), f.Value...)
		}
	}
	return u.Clean(), nil
}

func (w webhook) incident(u *integrations.IncidentUpdate) {
	d := w.Event.Data
	u.SourceKey, u.Title, u.URL, u.StartedAt = d.ID, d.Title, d.URL, d.CreatedAt.Time
	u.Severity = cmp.Or(string(d.Priority.Summary), d.Urgency)
	u.AddField("service", string(d.Service.Summary))
	switch d.Status {
	case "triggered", "acknowledged":
	case "resolved":
		u.Resolved, u.ResolvedAt = true, u.At
	default:
		u.Detail = true
	}
}

func parse(body []byte) (webhook, error) {
	var w webhook
	if err := integrations.DecodeWebhook(source, body, &w); err != nil {
		return w, err
	}
	switch d := w.Event.Data; {
	case w.Event.Type == "":
		return w, integrations.BadFormat(source, "event.event_type is missing")
	case d == nil:
		return w, integrations.BadFormat(source, "event.data is missing")
	case d.Type == "incident" && d.ID == "":
		return w, integrations.BadFormat(source, "event.data.id is missing")
	}
	return w, nil
}
