// Package firehydrant reads the webhooks of FireHydrant.
//
// In FireHydrant, as an owner: Settings, Webhooks, Add webhook. The URL is
// {public_url}/webhooks/{name}, the subscription "Incidents". The secret that is
// entered there goes to the source's webhook_secret; FireHydrant signs each body
// with it.
//
// Limits, by docs.firehydrant.com/docs/webhooks: every change of an incident is
// sent, chat messages too, and the body does not say which change it is; private
// incidents have a subscription of their own; repeats of failed deliveries are
// not documented. A delivery has neither an id nor a signed timestamp, and an
// incident has no time of its last change: deliveries count in the order in which
// they come.
//
// An incident is over from the milestone "resolved" on (the retrospective and
// closed follow it); "mitigated" is not yet over.
package firehydrant

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "firehydrant"

type webhook struct {
	Event struct {
		Operation string `json:"operation"`
	} `json:"event"`
	Data *struct {
		Incident *incident `json:"incident"`
	} `json:"data"`
}

type incident struct {
	ID              string              `json:"id"`
	Name            string              `json:"name"`
	Description     integrations.Text   `json:"description"`
	Summary         integrations.Text   `json:"summary"`
	CustomerImpact  integrations.Text   `json:"customer_impact_summary"`
	Milestone       string              `json:"current_milestone"`
	URL             integrations.Text   `json:"incident_url"`
	CreatedAt       integrations.Moment `json:"created_at"`
	StartedAt       integrations.Moment `json:"started_at"`
	Severity        slug                `json:"severity"`
	Priority        slug                `json:"priority"`
	Milestones      []milestone         `json:"milestones"`
	Impacts         []impact            `json:"impacts"`
	Tags            []integrations.Text `json:"tag_list"`
	ExternalTickets []struct {
		URL integrations.Text `json:"url"`
	} `json:"external_links"`
}

type milestone struct {
	Type       string              `json:"type"`
	OccurredAt integrations.Moment `json:"occurred_at"`
}

type impact struct {
	Type   string `json:"type"` // service, environment or functionality
	Impact struct {
		Name integrations.Text `json:"name"`
	} `json:"impact"`
}

// Verify checks the signature over the body. The error is
// integrations.ErrBadSignature.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	return integrations.CheckHex(source, header.Values("Fh-Signature"), c.Secret, body)
}

// DedupKey checks that Decode reads the body, and returns the key of a repeat.
func DedupKey(_ http.Header, body []byte, _ time.Time) (string, error) {
	_, err := parse(body)
	return integrations.BodyKey(body), err
}

// Decode reads a delivery's body. What is about no incident (change events,
// signals) is an update without a key. The error is integrations.ErrBadFormat.
func Decode(body []byte) (integrations.IncidentUpdate, error) {
	w, err := parse(body)
	u := integrations.IncidentUpdate{Event: w.Event.Operation}
	if err != nil || w.Data.Incident == nil {
		return u.Clean(), err
	}
	i := w.Data.Incident
	u.SourceKey, u.Title, u.URL = i.ID, i.Name, string(i.URL)
	u.Summary = string(cmp.Or(i.CustomerImpact, i.Summary, i.Description))
	u.StartedAt = cmp.Or(i.reached("started"), i.StartedAt, i.CreatedAt).Time
	u.DetectedAt = cmp.Or(i.reached("detected"), i.CreatedAt).Time
	u.Severity = cmp.Or(i.Severity.text, i.Priority.text)
	i.fields(&u)
	switch i.Milestone {
	case "resolved", "postmortem_started", "postmortem_completed", "retrospective_started", "retrospective_completed", "closed":
		u.Resolved, u.ResolvedAt = true, i.reached("resolved").Time
	case "":
		u.Detail = true
	}
	return u.Clean(), nil
}

func (i incident) fields(u *integrations.IncidentUpdate) {
	for _, tag := range i.Tags {
		u.AddField("tag", string(tag))
	}
	for _, x := range i.Impacts {
		switch strings.ToLower(x.Type) {
		case "service":
			u.AddField("service", string(x.Impact.Name))
		case "functionality":
			u.AddField("feature", string(x.Impact.Name))
		}
	}
	for _, link := range i.ExternalTickets {
		u.Links = append(u.Links, string(link.URL))
	}
}

// reached is when the incident reached a milestone, zero where it has not.
func (i incident) reached(name string) integrations.Moment {
	for _, m := range i.Milestones {
		if m.Type == name {
			return m.OccurredAt
		}
	}
	return integrations.Moment{}
}

func parse(body []byte) (webhook, error) {
	var w webhook
	if err := integrations.DecodeWebhook(source, body, &w); err != nil {
		return w, err
	}
	switch {
	case w.Data == nil:
		return w, integrations.BadFormat(source, "data is missing")
	case w.Data.Incident != nil && w.Data.Incident.ID == "":
		return w, integrations.BadFormat(source, "data.incident.id is missing")
	}
	return w, nil
}
