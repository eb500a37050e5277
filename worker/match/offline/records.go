package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ticketlink/ticketlink/worker/match"
)

var errNoID = errors.New("id: missing, want a number or a string")

// A ticketRecord is what we read of a ticket in Zendesk's form.
type ticketRecord struct {
	ID             ID       `json:"id"`
	Subject        string   `json:"subject"`
	Description    string   `json:"description"`
	Tags           []string `json:"tags"`
	OrganizationID ID       `json:"organization_id"`
	FormID         ID       `json:"ticket_form_id"`
	Via            struct {
		Channel any `json:"channel"` // a name; old exports have a number
	} `json:"via"`
	CreatedAt   moment          `json:"created_at"`
	RequesterID ID              `json:"requester_id"`
	Comments    []commentRecord `json:"comments"` // where the export has them
}

// A commentRecord is a comment in Zendesk's form.
type commentRecord struct {
	AuthorID  ID     `json:"author_id"`
	Body      string `json:"body"`
	Public    *bool  `json:"public"` // absent: it is
	CreatedAt moment `json:"created_at"`
}

// later are the comments by which the customer said more after the first message.
func (r ticketRecord) later() (out []match.Comment) {
	for _, c := range r.Comments {
		if c.customers(r.RequesterID) && c.CreatedAt.After(r.CreatedAt.Time) {
			out = append(out, match.Comment{At: c.CreatedAt.Time, Text: c.Body})
		}
	}
	return out
}

// customers says whether the requester wrote it for all to see; where nobody is
// named it was them.
func (c commentRecord) customers(requester ID) bool {
	return (c.Public == nil || *c.Public) && (c.AuthorID.Text == "" || c.AuthorID.Text == requester.Text)
}

func (r ticketRecord) ticket(regions map[string]string) (match.Ticket, error) {
	if r.ID.Text == "" {
		return match.Ticket{}, errNoID
	}
	if r.CreatedAt.IsZero() {
		return match.Ticket{}, fmt.Errorf("created_at: ticket %s has none", r.ID.Text)
	}
	channel, _ := r.Via.Channel.(string)
	return match.Ticket{
		ID: r.ID.Text, CreatedAt: r.CreatedAt.Time, Subject: r.Subject, Body: r.Description, Tags: r.Tags,
		OrganizationID: r.OrganizationID.Text, Region: regions[r.OrganizationID.Text],
		Form: r.FormID.Text, Channel: channel, Comments: r.later(),
	}, nil
}

// An incidentRecord is the declare body with its id and what became of it.
type incidentRecord struct {
	ID              ID            `json:"id"`
	Title           string        `json:"title"`
	Summary         string        `json:"summary"`
	Severity        string        `json:"severity"`
	Services        []string      `json:"services"`
	Tags            []string      `json:"tags"`
	Keywords        []string      `json:"keywords"`
	Regions         []string      `json:"regions"`
	Organizations   []ID          `json:"organizations"`
	OrganizationIDs []ID          `json:"organization_ids"`
	StartedAt       moment        `json:"started_at"`
	DetectedAt      moment        `json:"detected_at"`
	DeclaredAt      moment        `json:"declared_at"`
	ResolvedAt      moment        `json:"resolved_at"`
	Phases          []phaseRecord `json:"phases"`
	Timeline        []struct {
		At     moment `json:"at"`
		Status string `json:"status"`
	} `json:"timeline"`
}

type phaseRecord struct {
	Start     moment `json:"start"`
	End       moment `json:"end"`
	StartedAt moment `json:"started_at"`
	EndedAt   moment `json:"ended_at"`
}

func (r incidentRecord) incident() (match.Incident, error) {
	inc := match.Incident{
		ID: r.ID.Text, Title: r.Title, Summary: r.Summary, Severity: r.Severity, Services: r.Services,
		Tags: r.Tags, Keywords: r.Keywords, Regions: r.Regions,
		StartedAt: r.StartedAt.Time, DetectedAt: r.DetectedAt.Time, DeclaredAt: r.DeclaredAt.Time, ResolvedAt: r.ResolvedAt.Time,
		Phases: r.phases(),
	}
	for _, list := range [][]ID{r.Organizations, r.OrganizationIDs} {
		for _, id := range list {
			inc.Organizations = append(inc.Organizations, id.Text)
		}
	}
	switch {
	case inc.ID == "":
		return inc, errNoID
	case startOf(inc).IsZero():
		return inc, fmt.Errorf("started_at: incident %s needs this, detected_at or declared_at", inc.ID)
	}
	return inc, nil
}

// phases reads them as written, or from a timeline that was reopened.
func (r incidentRecord) phases() []match.Phase {
	var out []match.Phase
	for _, p := range r.Phases {
		ph := match.Phase{Start: p.Start.Time, End: p.End.Time}
		if ph.Start.IsZero() {
			ph.Start = p.StartedAt.Time
		}
		if ph.End.IsZero() {
			ph.End = p.EndedAt.Time
		}
		out = append(out, ph)
	}
	if len(out) > 0 {
		return out
	}
	for _, step := range r.Timeline {
		open := len(out) > 0 && out[len(out)-1].End.IsZero()
		switch {
		case step.Status == "resolved" && open:
			out[len(out)-1].End = step.At.Time
		case step.Status != "resolved" && !open:
			out = append(out, match.Phase{Start: step.At.Time})
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// An organizationRecord is an organization in Zendesk's form.
type organizationRecord struct {
	ID     ID                         `json:"id"`
	Fields map[string]json.RawMessage `json:"organization_fields"`
}

func (r organizationRecord) field(key string) string {
	var s string
	if raw := r.Fields[key]; json.Unmarshal(bytes.TrimSpace(raw), &s) != nil {
		return ""
	}
	return s
}

// A labelRecord is a known answer. IncidentID is empty for "none".
type labelRecord struct {
	TicketID   ID `json:"ticket_id"`
	IncidentID ID `json:"incident_id"`
}
