package generichelpdesk

import (
	"encoding/json"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations"
)

// read adds to the page what the expressions find in a list's items.
func (c *Client) read(items []any, page *integrations.Page) {
	people, organizations := map[string]bool{}, map[string]bool{}
	for i, item := range items {
		env, ok := item.(map[string]any)
		if !ok {
			page.Unreadable = append(page.Unreadable, fmt.Sprintf("ticket %d of %d: no object", i+1, len(items)))
			continue
		}
		t, person, organization, err := c.one(env)
		if err != nil {
			page.Unreadable = append(page.Unreadable, fmt.Sprintf("ticket %d of %d: %v", i+1, len(items), err))
			continue
		}
		page.Tickets = append(page.Tickets, t)
		if person.ID != "" && !people[person.ID] {
			people[person.ID] = true
			page.People = append(page.People, person)
		}
		if organization.ID != "" && !organizations[organization.ID] {
			organizations[organization.ID] = true
			page.Organizations = append(page.Organizations, organization)
		}
	}
}

// one evaluates the expressions on one ticket.
func (c *Client) one(env map[string]any) (t integrations.Ticket, p integrations.Person, o integrations.Organization, err error) {
	e := c.ticket.On(source, env)
	text := func(name string) integrations.Text { return integrations.Text(e.Text(name)) }
	t = integrations.Ticket{
		ID: text("id").ID(), Subject: text("subject").Subject(), Description: text("description").Body(),
		Status: text("status").Enum(), Priority: text("priority").Enum(), Type: text("type").Enum(), Channel: text("channel").Enum(),
		Tags: integrations.FoldTags(e.List("tags")), RequesterID: text("requester_id").ID(), OrganizationID: text("organization_id").ID(),
		AssigneeID: text("assignee_id").ID(), GroupID: text("group_id").ID(),
		CreatedAt: bounded(e.Time("created_at")), UpdatedAt: bounded(e.Time("updated_at")),
	}
	if e.Yes("deleted") {
		t.Status = integrations.StatusDeleted
	}
	p = integrations.Person{ID: t.RequesterID, Name: text("requester_name").Name(), Email: text("requester_email").Name(), Role: "end-user",
		OrganizationID: t.OrganizationID, UpdatedAt: t.UpdatedAt}
	o = integrations.Organization{ID: t.OrganizationID, Name: text("organization_name").Name(), Fields: fields(e.Value("organization_fields")), UpdatedAt: t.UpdatedAt}
	if raw, err := json.Marshal(env); err == nil { // it came out of JSON
		t.Raw = integrations.CleanJSON(raw)
	}
	if e.Err != nil {
		return t, p, o, e.Err
	}
	if t.ID == "" {
		return t, p, o, integrations.BadFormat(source, "ticket.id finds no id of letters, digits, - and _")
	}
	return t, p, o, nil
}

// fields is an object as custom fields.
func fields(value any) map[string]json.RawMessage {
	object, _ := value.(map[string]any)
	out := map[string]json.RawMessage{}
	for key, item := range object {
		if raw, err := json.Marshal(item); err == nil {
			out[key] = raw
		}
	}
	return out
}
