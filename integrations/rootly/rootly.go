// Package rootly reads the outgoing webhooks of Rootly.
//
// In Rootly: Settings, Webhooks, New Webhook. The URL is
// {public_url}/webhooks/{name}, the event types incident.created, updated,
// mitigated, resolved, cancelled and deleted. The endpoint's page shows the
// secret: it goes to the source's webhook_secret.
//
// Limits, by docs.rootly.com/configuration/webhooks: the signature covers the
// time of sending, so an old delivery is refused; each event has an id. Times
// carry the account's own offset.
//
// An incident in triage opens none; started, acknowledged and mitigated ones are
// open; resolved, closed, cancelled and deleted ones are over. Scheduled
// maintenance opens one when it is in progress. Alerts and pulses are about no
// incident here.
package rootly

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "rootly"

type webhook struct {
	Event struct {
		ID       string              `json:"id"`
		Type     string              `json:"type"`
		IssuedAt integrations.Moment `json:"issued_at"`
	} `json:"event"`
	Data incident `json:"data"`
}

type incident struct {
	ID                integrations.Text   `json:"id"`
	Title             integrations.Text   `json:"title"`
	Summary           integrations.Text   `json:"summary"`
	Status            integrations.Text   `json:"status"`
	URL               integrations.Text   `json:"url"`
	Severity          name                `json:"severity"`
	Services          names               `json:"services"`
	Functionalities   names               `json:"functionalities"`
	StartedAt         integrations.Moment `json:"started_at"`
	CreatedAt         integrations.Moment `json:"created_at"`
	ResolvedAt        integrations.Moment `json:"resolved_at"`
	CancelledAt       integrations.Moment `json:"cancelled_at"`
	ResolutionMessage integrations.Text   `json:"resolution_message"`
}

// Verify checks the signature over the timestamp and the body. The error is
// integrations.ErrBadSignature or ErrStaleTimestamp.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	var stamp string
	var given []string
	for part := range strings.SplitSeq(header.Get("X-Rootly-Signature"), ",") {
		switch key, value, _ := strings.Cut(strings.TrimSpace(part), "="); key {
		case "t":
			stamp = value
		case "v1":
			given = append(given, value)
		}
	}
	if err := integrations.CheckHex(source, given, c.Secret, []byte(stamp), body); err != nil {
		return err
	}
	return integrations.CheckAge(source, stamp, c)
}

// DedupKey checks that Decode reads the body, and returns the event's id.
func DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	w, err := parse(body)
	return integrations.EventKey(w.Event.ID, body, now), err
}

// Decode reads a delivery's body. The error is integrations.ErrBadFormat.
func Decode(body []byte) (integrations.IncidentUpdate, error) {
	w, err := parse(body)
	u := integrations.IncidentUpdate{Event: w.Event.Type, At: w.Event.IssuedAt.Time}
	if err != nil || !strings.HasPrefix(w.Event.Type, "incident.") {
		return u.Clean(), err
	}
	i := w.Data
	u.SourceKey, u.Title, u.Summary, u.URL = string(i.ID), string(i.Title), string(i.Summary), string(i.URL)
	u.Severity, u.StartedAt, u.Message = string(i.Severity), cmp.Or(i.StartedAt, i.CreatedAt).Time, string(i.ResolutionMessage)
	u.AddField("service", i.Services...)
	u.AddField("feature", i.Functionalities...)
	switch w.state() {
	case "open":
	case "over":
		u.Resolved, u.ResolvedAt = true, cmp.Or(i.ResolvedAt, i.CancelledAt, w.Event.IssuedAt).Time
	default:
		u.Detail = true
	}
	return u.Clean(), nil
}

// state reads the event's last word, then the incident's status: an update may
// come after the end.
func (w webhook) state() string {
	for _, word := range []string{w.Event.Type[strings.LastIndex(w.Event.Type, ".")+1:], string(w.Data.Status)} {
		switch word {
		case "resolved", "cancelled", "deleted", "completed", "closed":
			return "over"
		case "in_triage", "scheduled", "planning":
			return ""
		case "started", "acknowledged", "mitigated", "detected", "in_progress":
			return "open"
		}
	}
	return ""
}

func parse(body []byte) (webhook, error) {
	var w webhook
	if err := integrations.DecodeWebhook(source, body, &w); err != nil {
		return w, err
	}
	switch {
	case w.Event.Type == "":
		return w, integrations.BadFormat(source, "event.type is missing")
	case strings.HasPrefix(w.Event.Type, "incident.") && w.Data.ID == "":
		return w, integrations.BadFormat(source, "data.id is missing")
	}
	return w, nil
}
