package jsm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
)

var priorities = map[string]string{"highest": "urgent", "medium": "normal", "lowest": "low"}

type accountJSON struct {
	ID       integrations.Text `json:"accountId"`
	Type     integrations.Text `json:"accountType"` // atlassian, app, customer
	Name     integrations.Text `json:"displayName"`
	Email    integrations.Text `json:"emailAddress"`
	TimeZone integrations.Text `json:"timeZone"`
}

type namedJSON struct {
	ID   integrations.Text `json:"id"`
	Name integrations.Text `json:"name"`
}

type statusJSON struct {
	Name     integrations.Text `json:"name"`
	Category integrations.Loose[struct {
		Key integrations.Text `json:"key"` // new, indeterminate, done
	}] `json:"statusCategory"`
}

type issueJSON struct {
	ID     integrations.Text `json:"id"`
	Fields integrations.Loose[struct {
		Summary     integrations.Text               `json:"summary"`
		Description integrations.Loose[node]        `json:"description"`
		Status      integrations.Loose[statusJSON]  `json:"status"`
		Priority    integrations.Loose[namedJSON]   `json:"priority"`
		Type        integrations.Loose[namedJSON]   `json:"issuetype"`
		Project     integrations.Loose[namedJSON]   `json:"project"`
		Labels      integrations.Loose[[]string]    `json:"labels"`
		Reporter    integrations.Loose[accountJSON] `json:"reporter"`
		Assignee    integrations.Loose[accountJSON] `json:"assignee"`
		Created     integrations.Moment             `json:"created"`
		Updated     integrations.Moment             `json:"updated"`
	}] `json:"fields"`
}

// A node is one of Atlassian's document format, in which texts are.
type node struct {
	Type    string                     `json:"type"`
	Text    string                     `json:"text"`
	Content []integrations.Loose[node] `json:"content"`
}

// plain is a document as a plain text: a line for each block.
func (n node) plain() string {
	var b strings.Builder
	n.write(&b)
	return strings.TrimSpace(b.String())
}

func (n node) write(b *strings.Builder) {
	b.WriteString(n.Text)
	for _, child := range n.Content {
		child.Value.write(b)
	}
	switch n.Type {
	case "hardBreak", "paragraph", "heading", "codeBlock":
		b.WriteByte('\n')
	}
}

// word is a status in our words.
func (s statusJSON) word() string {
	switch category := s.Category.Value.Key.Enum(); {
	case category == "done":
		return integrations.StatusSolved
	case s.Name.Enum() == "waiting for customer":
		return integrations.StatusPending
	case category == "new":
		return integrations.StatusNew
	case category == "":
		return s.Name.Enum()
	}
	return integrations.StatusOpen
}

func readIssue(raw []byte) (issueJSON, error) {
	var v issueJSON
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, errors.New("jsm: decode an issue: not an object")
	}
	if v.ID.ID() == "" {
		return v, errors.New("jsm: decode an issue: no id")
	}
	return v, nil
}

func (v issueJSON) ticket(raw []byte) integrations.Ticket {
	f := v.Fields.Value
	priority := f.Priority.Value.Name.Enum()
	if word, ok := priorities[priority]; ok {
		priority = word
	}
	return integrations.Ticket{
		ID: v.ID.ID(), Subject: f.Summary.Subject(), Description: integrations.Text(f.Description.Value.plain()).Body(),
		Status: f.Status.Value.word(), Priority: priority, Type: f.Type.Value.Name.Enum(), Tags: integrations.FoldTags(f.Labels.Value),
		RequesterID: f.Reporter.Value.ID.Name(), AssigneeID: f.Assignee.Value.ID.Name(), GroupID: f.Project.Value.ID.ID(),
		CreatedAt: f.Created.Time, UpdatedAt: f.Updated.Time, Raw: integrations.CleanJSON(raw),
	}
}

// organization is the first of those that the request is shared with.
func organization(raw []byte, field string) namedJSON {
	var v struct {
		Fields map[string]json.RawMessage `json:"fields"`
	}
	var all []namedJSON
	if json.Unmarshal(raw, &v) != nil || json.Unmarshal(v.Fields[field], &all) != nil || len(all) == 0 {
		return namedJSON{}
	}
	return all[0]
}

// decodePage reads issues, and whom and what they name.
func decodePage(found []json.RawMessage, organizationField string) (page integrations.Page) {
	for i, raw := range found {
		v, err := readIssue(raw)
		if err != nil {
			page.Unreadable = append(page.Unreadable, fmt.Sprintf("issue %d of %d: %v", i+1, len(found), err))
			continue
		}
		t := v.ticket(raw)
		if o := organization(raw, organizationField); o.ID.ID() != "" {
			t.OrganizationID = o.ID.ID()
			page.Organizations = append(page.Organizations, integrations.Organization{ID: t.OrganizationID, Name: o.Name.Name(), UpdatedAt: t.UpdatedAt})
		}
		page.Tickets = append(page.Tickets, t)
		page.People = append(page.People, v.people(t)...)
	}
	return page
}

// people are the reporter and whom the issue is assigned to.
func (v issueJSON) people(t integrations.Ticket) (people []integrations.Person) {
	if t.RequesterID != "" && t.RequesterID != t.AssigneeID {
		p := v.Fields.Value.Reporter.Value.person(t, "end-user")
		p.OrganizationID = t.OrganizationID
		people = append(people, p)
	}
	if t.AssigneeID != "" {
		people = append(people, v.Fields.Value.Assignee.Value.person(t, "agent"))
	}
	return people
}

func (a accountJSON) person(t integrations.Ticket, role string) integrations.Person {
	return integrations.Person{ID: a.ID.Name(), Name: a.Name.Name(), Email: a.Email.Name(), TimeZone: a.TimeZone.Name(), Role: role, UpdatedAt: t.UpdatedAt}
}
