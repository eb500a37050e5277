// Package grafanaoncall reads the outgoing webhooks of Grafana OnCall and of
// Grafana IRM, its successor, in their default body. Grafana alerting's own
// webhooks have Alertmanager's form: see package alertmanager.
//
// In Grafana: Alerts & IRM, OnCall (or IRM), Outgoing webhooks, New. One webhook
// with trigger type "Alert group status change", or one for each of created,
// acknowledged, resolved and unresolved. The URL is {public_url}/webhooks/{name},
// the method POST; leave the body ("Data") empty, so that the whole payload is
// sent. OnCall signs nothing: its Authorization header field takes "Bearer " and a
// long random secret, the source's webhook_secret.
//
// Limits, by grafana.com/docs/oncall, Outgoing webhooks: an answer is expected
// within 4 seconds and only some failures are repeated, so a lost delivery stays
// lost; keep the other Alertmanager route to this service as well where it
// matters. A delivery has no id; its event carries the time.
//
// Silenced and acknowledged alert groups go on. An alert group has no severity:
// the label "severity" or "priority", of the group or of the alert that opened it,
// is taken.
package grafanaoncall

import (
	"cmp"
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "grafanaoncall"

type labels map[string]integrations.Text

type webhook struct {
	Event struct {
		Type string              `json:"type"`
		Time integrations.Moment `json:"time"`
	} `json:"event"`
	Group *group `json:"alert_group"`
	// Payload is the alert as OnCall got it, here in Alertmanager's form; others
	// have none of these.
	Payload struct {
		Labels       labels `json:"labels"`
		CommonLabels labels `json:"commonLabels"`
		Annotations  labels `json:"annotations"`
	} `json:"alert_payload"`
}

type group struct {
	ID         string              `json:"id"`
	State      string              `json:"state"`
	Title      string              `json:"title"`
	CreatedAt  integrations.Moment `json:"created_at"`
	ResolvedAt integrations.Moment `json:"resolved_at"`
	Labels     labels              `json:"labels"`
	Permalinks struct {
		Web integrations.Text `json:"web"`
	} `json:"permalinks"`
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
	if err != nil {
		return integrations.IncidentUpdate{}, err
	}
	g := w.Group
	u := integrations.IncidentUpdate{
		SourceKey: g.ID, Event: w.Event.Type, At: w.Event.Time.Time, Title: g.Title, URL: string(g.Permalinks.Web),
		Summary: string(w.Payload.Annotations["description"]), StartedAt: g.CreatedAt.Time,
	}
	for _, set := range []labels{g.Labels, w.Payload.CommonLabels, w.Payload.Labels} {
		for name, value := range set {
			u.AddField(name, string(value))
		}
		u.Severity = cmp.Or(u.Severity, string(cmp.Or(set["severity"], set["priority"])))
	}
	switch g.State {
	case "firing", "acknowledged", "silenced":
	case "resolved":
		u.Resolved, u.ResolvedAt = true, cmp.Or(g.ResolvedAt, w.Event.Time).Time
	default:
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
	case w.Event.Type == "":
		return w, integrations.BadFormat(source, "event.type is missing")
	case w.Group == nil || w.Group.ID == "":
		return w, integrations.BadFormat(source, "alert_group.id is missing")
	}
	return w, nil
}
