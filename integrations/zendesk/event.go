package zendesk

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// eventJSON is an event webhook's body: the same envelope for every type.
//
// See developer.zendesk.com/api-reference/webhooks/event-types/ticket-events.
type eventJSON struct {
	Type    text              `json:"type"`    // zen:event-type:ticket.created
	Subject text              `json:"subject"` // zen:ticket:5158
	Time    moment            `json:"time"`
	Detail  loose[detailJSON] `json:"detail"`
	Event   loose[changeJSON] `json:"event"`
}

// detailJSON is the ticket after the event. Enums are upper case, ids strings.
type detailJSON struct {
	ID             ident  `json:"id"`
	ActorID        ident  `json:"actor_id"`
	Subject        *text  `json:"subject"`
	Description    *text  `json:"description"`
	Status         text   `json:"status"`
	Priority       text   `json:"priority"`
	Type           text   `json:"type"`
	Via            via    `json:"via"`
	Tags           tags   `json:"tags"`
	RequesterID    ident  `json:"requester_id"`
	OrganizationID ident  `json:"organization_id"`
	AssigneeID     ident  `json:"assignee_id"`
	GroupID        ident  `json:"group_id"`
	FormID         ident  `json:"form_id"`
	BrandID        ident  `json:"brand_id"`
	CreatedAt      moment `json:"created_at"`
	UpdatedAt      moment `json:"updated_at"`
}

// changeJSON is what the event's type adds.
type changeJSON struct {
	Current        ident                `json:"current"`
	TargetTicketID ident                `json:"target_ticket_id"`
	Comment        loose[*eventComment] `json:"comment"`
}

type eventComment struct {
	ID       ident `json:"id"`
	Body     text  `json:"body"`
	IsPublic bool  `json:"is_public"`
	Author   loose[struct {
		ID      ident `json:"id"`
		IsStaff bool  `json:"is_staff"`
	}] `json:"author"`
}

// Events after which a ticket is gone from the helpdesk, and whether its text
// is wiped too.
var goneTypes = map[string]bool{
	"ticket.soft_deleted":        false,
	"ticket.marked_as_spam":      false,
	"ticket.permanently_deleted": true,
}

func decodeEvent(body []byte, id string) (integrations.TicketEvent, error) {
	var e eventJSON
	if err := json.Unmarshal(body, &e); err != nil {
		return integrations.TicketEvent{}, integrations.ErrBadFormat
	}
	event := integrations.TicketEvent{
		ID:      id,
		Type:    strings.TrimPrefix(e.Type.Enum(), "zen:event-type:"),
		ActorID: string(e.Detail.Value.ActorID),
	}
	ticketID, sure := e.ticketID()
	if ticketID == "" {
		return event, nil
	}
	event.Ticket = e.Detail.Value.ticket(e.Time.Time)
	event.Ticket.ID = ticketID
	event.Thin = !sure || event.Type == "ticket.undeleted" || e.Detail.Value.thin()
	e.addChange(&event)
	return event, nil
}

// ticketID returns the ticket that the event is about, "" if it is about
// something else, and whether detail describes it: subject and detail must name
// the same ticket.
func (e eventJSON) ticketID() (id string, sure bool) {
	id, about := strings.CutPrefix(string(e.Subject), "zen:ticket:")
	if !about || !digits(id) {
		return "", false
	}
	id = normalID(id)
	return id, id == string(e.Detail.Value.ID)
}

// thin says whether the detail lacks what every ticket has, so that taking it
// would wipe what we know.
func (d detailJSON) thin() bool {
	return d.Subject == nil || d.Description == nil || d.Tags == nil || d.Status == "" || d.CreatedAt.IsZero()
}

func (d detailJSON) ticket(at time.Time) integrations.Ticket {
	t := integrations.Ticket{
		Status:         d.Status.Enum(),
		Priority:       d.Priority.Enum(),
		Type:           d.Type.Enum(),
		Channel:        d.Via.Value.Channel.Enum(),
		Tags:           d.Tags.fold(),
		RequesterID:    string(d.RequesterID),
		OrganizationID: string(d.OrganizationID),
		AssigneeID:     string(d.AssigneeID),
		GroupID:        string(d.GroupID),
		FormID:         string(d.FormID),
		BrandID:        string(d.BrandID),
		CreatedAt:      d.CreatedAt.Time,
		UpdatedAt:      d.UpdatedAt.Time,
		GeneratedAt:    at,
	}
	if d.Subject != nil {
		t.Subject = d.Subject.Subject()
	}
	if d.Description != nil {
		t.Description = d.Description.Body()
	}
	if t.UpdatedAt.IsZero() {
		t.UpdatedAt = at
	}
	switch t.Status {
	case "archived": // closed long ago
		t.Status = integrations.StatusClosed
	case "scrubbed":
		t.Status, t.Scrubbed, t.Subject, t.Description = integrations.StatusDeleted, true, "", ""
	}
	return t
}

// addChange adds what only the event's own part tells.
func (e eventJSON) addChange(event *integrations.TicketEvent) {
	change := e.Event.Value
	if wiped, gone := goneTypes[event.Type]; gone {
		event.Ticket.Status = integrations.StatusDeleted
		if wiped {
			event.Ticket.Scrubbed, event.Ticket.Subject, event.Ticket.Description = true, "", ""
		}
		event.Thin = false // there is nothing left to fetch
	}
	switch event.Type {
	case "ticket.comment_added", "ticket.comment_made_private":
		event.Reply = change.Comment.Value.reply(event.Ticket.ID, e.Time.Time)
	case "ticket.comment_redacted":
		event.Thin = true // the description is the first comment
		if c := change.Comment.Value; c != nil {
			event.Redacted = string(c.ID)
		}
	case "ticket.problem_link_changed":
		event.Ticket.ProblemID, event.Thin = string(change.Current), true // "" may be none or not told
	case "ticket.merged":
		event.MergedInto = string(change.TargetTicketID)
	}
}

func (c *eventComment) reply(ticketID string, at time.Time) *integrations.Reply {
	if c == nil || c.ID == "" {
		return nil
	}
	r := integrations.Reply{
		ID: string(c.ID), TicketID: ticketID, AuthorID: string(c.Author.Value.ID),
		Agent: c.Author.Value.IsStaff, Public: c.IsPublic, At: at,
	}
	r.KeepText(c.Body.Body())
	return &r
}
