package zendesk

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

var errNoID = errors.New("no id")

// ticketJSON is a ticket in the API's form. Description is the first comment.
type ticketJSON struct {
	ID             ident  `json:"id"`
	Subject        text   `json:"subject"`
	Description    text   `json:"description"`
	Status         text   `json:"status"`
	Priority       text   `json:"priority"`
	Type           text   `json:"type"`
	Via            via    `json:"via"`
	Tags           tags   `json:"tags"`
	RequesterID    ident  `json:"requester_id"`
	OrganizationID ident  `json:"organization_id"`
	AssigneeID     ident  `json:"assignee_id"`
	GroupID        ident  `json:"group_id"`
	FormID         ident  `json:"ticket_form_id"`
	BrandID        ident  `json:"brand_id"`
	ProblemID      ident  `json:"problem_id"`
	Satisfaction   rating `json:"satisfaction_rating"`
	Custom         custom `json:"custom_fields"`
	Fields         custom `json:"fields"` // the same values once more
	CreatedAt      moment `json:"created_at"`
	UpdatedAt      moment `json:"updated_at"`
	GeneratedAt    moment `json:"generated_timestamp"`
	Metrics        metric `json:"metric_set"` // sideloaded
}

type (
	via = loose[struct {
		Channel text `json:"channel"`
	}]
	rating = loose[struct {
		Score text `json:"score"`
	}]
	// Ticket metrics, see
	// developer.zendesk.com/api-reference/ticketing/tickets/ticket_metrics.
	metric = loose[struct {
		RequesterWait minutes `json:"requester_wait_time_in_minutes"`
		Resolution    minutes `json:"full_resolution_time_in_minutes"`
	}]
	minutes = loose[struct {
		Calendar text `json:"calendar"`
	}]
	custom = loose[[]struct {
		ID    ident           `json:"id"`
		Value json.RawMessage `json:"value"`
	}]
)

// DecodeTicket reads one ticket in the form of Zendesk's API. Unknown values
// are kept and missing ones left empty; it fails only where raw is no JSON
// object or has no ticket id.
func DecodeTicket(raw []byte) (integrations.Ticket, error) {
	var t ticketJSON
	if err := json.Unmarshal(raw, &t); err != nil {
		return integrations.Ticket{}, fmt.Errorf("zendesk: decode a ticket: %w", err)
	}
	if !digits(string(t.ID)) {
		return integrations.Ticket{}, fmt.Errorf("zendesk: decode a ticket: %w", errNoID)
	}
	ticket := t.ticket()
	ticket.Raw = integrations.CleanJSON(raw)
	scrub(&ticket)
	return ticket, nil
}

func (t ticketJSON) ticket() integrations.Ticket {
	return integrations.Ticket{
		ID:             string(t.ID),
		Subject:        t.Subject.Subject(),
		Description:    t.Description.Body(),
		Status:         t.Status.Enum(),
		Priority:       t.Priority.Enum(),
		Type:           t.Type.Enum(),
		Channel:        t.Via.Value.Channel.Enum(),
		Tags:           integrations.FoldTags(t.Tags),
		RequesterID:    string(t.RequesterID),
		OrganizationID: string(t.OrganizationID),
		AssigneeID:     string(t.AssigneeID),
		GroupID:        string(t.GroupID),
		FormID:         string(t.FormID),
		BrandID:        string(t.BrandID),
		ProblemID:      string(t.ProblemID),
		Satisfaction:   t.Satisfaction.Value.Score.Enum(),
		CreatedAt:      t.CreatedAt.Time,
		UpdatedAt:      t.UpdatedAt.Time,
		GeneratedAt:    t.GeneratedAt.Time,
		Fields:         t.customFields(),
		Times: integrations.Times{RequesterWait: calendar(t.Metrics.Value.RequesterWait),
			Resolution: calendar(t.Metrics.Value.Resolution)},
	}
}

// calendar is a metric in calendar time, nil where it is not known yet.
func calendar(m minutes) *time.Duration {
	return integrations.Measured(string(m.Value.Calendar), time.Minute)
}

func (t ticketJSON) customFields() map[string]json.RawMessage {
	list := t.Custom.Value
	if len(list) == 0 {
		list = t.Fields.Value
	}
	byID := make(map[string]json.RawMessage, len(list))
	for _, f := range list {
		if f.ID != "" && f.Value != nil {
			byID[string(f.ID)] = f.Value
		}
	}
	return fields(byID)
}

// scrub marks a ticket that Zendesk wiped 30 days after its deletion: status
// deleted, the subject SCRUBBED, the description X.
func scrub(t *integrations.Ticket) {
	if t.Deleted() && t.Subject == "SCRUBBED" {
		t.Scrubbed, t.Subject, t.Description = true, "", ""
	}
}
