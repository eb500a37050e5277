package zendesk

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// triggerJSON is the body of a trigger webhook, as the package comment gives it.
type triggerJSON struct {
	ID             ident  `json:"ticket_id"`
	Subject        text   `json:"subject"`
	Description    text   `json:"description"`
	Status         text   `json:"status"` // in the account's language: "Open", "Offen"
	Priority       text   `json:"priority"`
	Type           text   `json:"type"`
	Channel        text   `json:"channel"`
	Tags           tags   `json:"tags"`
	RequesterID    ident  `json:"requester_id"`
	OrganizationID ident  `json:"organization_id"`
	AssigneeID     ident  `json:"assignee_id"`
	GroupID        ident  `json:"group_id"`
	BrandID        ident  `json:"brand_id"`
	CreatedAt      moment `json:"created_at"`
	UpdatedAt      text   `json:"updated_at"`
}

var knownStatuses = []string{
	integrations.StatusNew, integrations.StatusOpen, integrations.StatusPending,
	integrations.StatusHold, integrations.StatusSolved, integrations.StatusClosed, integrations.StatusDeleted,
}

func decodeTrigger(body []byte) (integrations.TicketEvent, error) {
	var t triggerJSON
	if err := json.Unmarshal(body, &t); err != nil {
		return integrations.TicketEvent{}, integrations.ErrBadFormat
	}
	updated := parseTime(string(t.UpdatedAt))
	ticket := integrations.Ticket{
		ID:             string(t.ID),
		Subject:        t.Subject.Subject(),
		Description:    t.Description.Body(),
		Status:         t.Status.Enum(),
		Priority:       t.Priority.Enum(),
		Type:           t.Type.Enum(),
		Channel:        t.Channel.Enum(),
		Tags:           t.Tags.fold(),
		RequesterID:    string(t.RequesterID),
		OrganizationID: string(t.OrganizationID),
		AssigneeID:     string(t.AssigneeID),
		GroupID:        string(t.GroupID),
		BrandID:        string(t.BrandID),
		CreatedAt:      t.CreatedAt.Time,
		UpdatedAt:      updated,
		GeneratedAt:    updated,
	}
	return integrations.TicketEvent{Type: "trigger", Ticket: ticket, Thin: t.thin()}, nil
}

// thin says whether the trigger told less than every ticket has, or told it in
// another language or only to the minute.
func (t triggerJSON) thin() bool {
	_, err := time.Parse(time.RFC3339, string(t.UpdatedAt))
	return err != nil || t.Subject == "" || t.Description == "" || t.Tags == nil || t.CreatedAt.IsZero() ||
		!slices.Contains(knownStatuses, t.Status.Enum())
}
