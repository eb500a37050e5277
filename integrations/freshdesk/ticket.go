package freshdesk

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations"
)

// Freshdesk's numbers. Statuses from 6 on are an account's own, and kept as
// they are.
var (
	statuses = map[string]string{"2": integrations.StatusOpen, "3": integrations.StatusPending,
		"4": integrations.StatusSolved, "5": integrations.StatusClosed}
	priorities = map[string]string{"1": "low", "2": "normal", "3": "high", "4": "urgent"}
	sources    = map[string]string{"1": "email", "2": "web", "3": "phone", "7": "chat", "9": "web", "10": "email"}
)

type ticketJSON struct {
	ID          integrations.Text                                               `json:"id"`
	Subject     integrations.Text                                               `json:"subject"`
	Description integrations.Text                                               `json:"description_text"` // with include=description
	Status      integrations.Text                                               `json:"status"`
	Priority    integrations.Text                                               `json:"priority"`
	Type        integrations.Text                                               `json:"type"`
	Source      integrations.Text                                               `json:"source"`
	Tags        integrations.Loose[[]string]                                    `json:"tags"`
	RequesterID integrations.Text                                               `json:"requester_id"`
	CompanyID   integrations.Text                                               `json:"company_id"`
	ResponderID integrations.Text                                               `json:"responder_id"`
	GroupID     integrations.Text                                               `json:"group_id"`
	ProductID   integrations.Text                                               `json:"product_id"`
	Custom      integrations.Loose[map[string]json.RawMessage]                  `json:"custom_fields"`
	Deleted     integrations.Loose[bool]                                        `json:"deleted"`
	Spam        integrations.Loose[bool]                                        `json:"spam"`
	Requester   integrations.Loose[struct{ ID, Name, Email integrations.Text }] `json:"requester"`
	CreatedAt   integrations.Moment                                             `json:"created_at"`
	UpdatedAt   integrations.Moment                                             `json:"updated_at"`
}

// DecodeTicket reads one ticket in the form of Freshdesk's API. Unknown values
// are kept and missing ones left empty; it fails only where raw is no JSON
// object or has no id.
func DecodeTicket(raw []byte) (integrations.Ticket, error) {
	t, err := readTicket(raw)
	return t.ticket(raw), err
}

func readTicket(raw []byte) (ticketJSON, error) {
	var t ticketJSON
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, errors.New("freshdesk: decode a ticket: not an object")
	}
	if t.ID.ID() == "" {
		return t, errors.New("freshdesk: decode a ticket: no id")
	}
	return t, nil
}

func (t ticketJSON) ticket(raw []byte) integrations.Ticket {
	ticket := integrations.Ticket{
		ID: t.ID.ID(), Subject: t.Subject.Subject(), Description: t.Description.Body(),
		Status: named(statuses, t.Status), Priority: named(priorities, t.Priority), Type: t.Type.Enum(), Channel: named(sources, t.Source),
		Tags: integrations.FoldTags(t.Tags.Value), RequesterID: t.RequesterID.ID(), OrganizationID: t.CompanyID.ID(),
		AssigneeID: t.ResponderID.ID(), GroupID: t.GroupID.ID(), BrandID: t.ProductID.ID(),
		CreatedAt: t.CreatedAt.Time, UpdatedAt: t.UpdatedAt.Time, Fields: t.Custom.Value, Raw: integrations.CleanJSON(raw),
	}
	if t.Deleted.Value || t.Spam.Value {
		ticket.Status = integrations.StatusDeleted
	}
	return ticket
}

// named is the word for a number, or the number where there is none.
func named(words map[string]string, number integrations.Text) string {
	return cmp.Or(words[string(number)], number.Enum())
}

// requester is who wrote the ticket, where the answer embeds it.
func (t ticketJSON) requester() (integrations.Person, bool) {
	r := t.Requester.Value
	return integrations.Person{ID: r.ID.ID(), Name: r.Name.Name(), Email: r.Email.Name(), Role: "end-user",
		OrganizationID: t.CompanyID.ID(), UpdatedAt: t.UpdatedAt.Time}, r.ID.ID() != ""
}

// decodePage reads tickets and who wrote them.
func decodePage(raw []json.RawMessage) (page integrations.Page) {
	for i, r := range raw {
		t, err := readTicket(r)
		if err != nil {
			page.Unreadable = append(page.Unreadable, fmt.Sprintf("ticket %d of %d: %v", i+1, len(raw), err))
			continue
		}
		page.Tickets = append(page.Tickets, t.ticket(r))
		if p, ok := t.requester(); ok {
			page.People = append(page.People, p)
		}
	}
	return page
}
