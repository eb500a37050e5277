// Package opsgenie reads the alert and incident webhooks of Opsgenie and of Jira
// Service Management Operations, its successor, which sends the same body.
//
// In Opsgenie: Settings, Integrations, Add integration, Webhook. In Jira Service
// Management: Operations of a team, Integrations, Add integration, Webhook. The
// URL is {public_url}/webhooks/{name}. Neither signs what it sends: under Custom
// headers add "Authorization" with "Bearer " and a long random secret, the
// source's webhook_secret. Tick "Add alert description" and "Add alert details
// to payload", or only the first delivery tells of them. The actions needed are
// Create, Acknowledge, Close and Delete; Update priority, Add tags and Add
// details where severity and tags matter.
//
// Limits, by support.atlassian.com, Alert action data, whose examples are the same
// for Opsgenie and for Jira Service Management Operations (where outgoing webhooks
// need the Premium or Enterprise plan, and a delivery has recipients beside the
// teams, which are not read): details are cut
// at 1,000 characters; createdAt is in milliseconds while updatedAt is in
// nanoseconds; old accounts send the priority as a number. A delivery has
// neither an id nor a signed timestamp.
//
// One alert is one incident here: let the integration send those that customers
// feel only, by its filter. A deleted alert is over, like a closed one. Where you
// use Opsgenie's incidents, let it send incidents (actions Create, Resolve, Close,
// Reopen and Delete) and no alerts: an incident's alerts would be told twice. Their
// form is known from the API's incident object and the alert webhook's frame, not
// from a recorded delivery; what is missing in one costs a detail, not the delivery.
package opsgenie

import (
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "opsgenie"

type webhook struct {
	Action   string  `json:"action"`
	Alert    subject `json:"alert"`
	Incident subject `json:"incident"` // instead of the alert
}

// A subject is an alert or an incident.
type subject struct {
	AlertID     string                       `json:"alertId"`
	IncidentID  string                       `json:"incidentId"`
	Message     string                       `json:"message"`
	Description integrations.Text            `json:"description"`
	Priority    integrations.Text            `json:"priority"`
	Entity      integrations.Text            `json:"entity"`           // of alerts
	Services    []integrations.Text          `json:"impactedServices"` // of incidents
	Tags        []integrations.Text          `json:"tags"`
	Details     map[string]integrations.Text `json:"details"`
	CreatedAt   integrations.Moment          `json:"createdAt"`
	UpdatedAt   integrations.Moment          `json:"updatedAt"`
}

// about is what the delivery is about, and its id.
func (w webhook) about() (subject, string) {
	if w.Incident.IncidentID != "" {
		return w.Incident, w.Incident.IncidentID
	}
	return w.Alert, w.Alert.AlertID
}

// Verify looks for the secret among the headers. The error is
// integrations.ErrBadSignature.
func Verify(header http.Header, _ []byte, c integrations.Check) error {
	return integrations.CheckSecret(source, header, c)
}

// DedupKey checks that Decode reads the body, and returns the key of a repeat.
func DedupKey(_ http.Header, body []byte, now time.Time) (string, error) {
	_, err := parse(body)
	return integrations.RepeatKey(body, now), err
}

// Decode reads a delivery's body. Actions that are not known to open or close
// an alert only add to what is known. The error is integrations.ErrBadFormat.
func Decode(body []byte) (integrations.IncidentUpdate, error) {
	w, err := parse(body)
	if err != nil {
		return integrations.IncidentUpdate{}, err
	}
	a, id := w.about()
	u := integrations.IncidentUpdate{
		SourceKey: id, Event: w.Action, Title: a.Message, Summary: string(a.Description), At: a.UpdatedAt.Time,
		StartedAt: a.CreatedAt.Time, Severity: severity(string(a.Priority)),
	}
	switch w.Action {
	case "Create", "Acknowledge", "UnAcknowledge", "Escalate", "EscalateNext", "AssignOwnership", "TakeOwnership", "Reopen":
	case "Close", "Delete", "Resolve":
		u.Resolved, u.ResolvedAt = true, u.At
	default:
		u.Detail = true
	}
	for _, tag := range a.Tags {
		u.AddField("tag", string(tag))
	}
	for name, value := range a.Details {
		u.AddField(name, string(value))
	}
	u.AddField("service", string(a.Entity))
	for _, service := range a.Services {
		u.AddField("service", string(service))
	}
	return u.Clean(), nil
}

// severity reads "P1" and the bare number of old accounts.
func severity(priority string) string {
	if len(priority) == 1 {
		return "P" + priority
	}
	return priority
}

func parse(body []byte) (webhook, error) {
	var w webhook
	if err := integrations.DecodeWebhook(source, body, &w); err != nil {
		return w, err
	}
	switch _, id := w.about(); {
	case w.Action == "":
		return w, integrations.BadFormat(source, "action is missing")
	case id == "":
		return w, integrations.BadFormat(source, "alert.alertId and incident.incidentId are missing")
	}
	return w, nil
}
