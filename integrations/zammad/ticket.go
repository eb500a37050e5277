package zammad

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
)

// Zammad's states in our words, and back. Others are kept.
var (
	states = map[string]string{"pending reminder": integrations.StatusPending, "pending close": integrations.StatusPending,
		"closed": integrations.StatusSolved, "merged": integrations.StatusClosed, "removed": integrations.StatusDeleted}
	stateOf    = map[string]string{integrations.StatusPending: "pending reminder", integrations.StatusSolved: "closed", integrations.StatusClosed: "closed"}
	priorities = map[string]string{"1 low": "low", "2 normal": "normal", "3 high": "high"}
)

// whole is a ticket with what hangs on it (all=true).
type whole struct {
	Articles integrations.Loose[[]integrations.Text] `json:"ticket_article_ids"`
	Tags     integrations.Loose[[]string]            `json:"tags"`
	Assets   integrations.Loose[struct {
		Articles      map[string]articleJSON     `json:"TicketArticle"`
		Users         map[string]userJSON        `json:"User"`
		Organizations map[string]json.RawMessage `json:"Organization"`
	}] `json:"assets"`
}

type articleJSON struct {
	ID          integrations.Text        `json:"id"`
	Body        integrations.Text        `json:"body"`
	ContentType integrations.Text        `json:"content_type"`
	Sender      integrations.Text        `json:"sender"`    // Agent, Customer, System; with expand=true
	SenderID    integrations.Text        `json:"sender_id"` // 1, 2, 3
	CreatedByID integrations.Text        `json:"created_by_id"`
	Internal    integrations.Loose[bool] `json:"internal"`
	CreatedAt   integrations.Moment      `json:"created_at"`
}

type userJSON struct {
	ID             integrations.Text   `json:"id"`
	FirstName      integrations.Text   `json:"firstname"`
	LastName       integrations.Text   `json:"lastname"`
	Email          integrations.Text   `json:"email"`
	OrganizationID integrations.Text   `json:"organization_id"`
	UpdatedAt      integrations.Moment `json:"updated_at"`
}

func (w whole) ticket(l listed) integrations.Ticket {
	t := integrations.Ticket{
		ID: l.ID.ID(), Subject: l.Title.Subject(), Status: inWords(states, l.State), Priority: inWords(priorities, l.Priority),
		Type: l.Type.Enum(), Channel: l.Channel.Enum(), Tags: integrations.FoldTags(w.Tags.Value), RequesterID: l.CustomerID.ID(),
		OrganizationID: l.OrganizationID.ID(), GroupID: l.GroupID.ID(), AssigneeID: l.owner(),
		CreatedAt: l.CreatedAt.Time, UpdatedAt: l.UpdatedAt.Time, Raw: integrations.CleanJSON(l.raw),
	}
	if ids := w.Articles.Value; len(ids) > 0 {
		t.Description = integrations.Text(w.Assets.Value.Articles[string(ids[0])].text()).Body()
	}
	return t
}

// owner is who the ticket is assigned to. User 1 is the system: nobody.
func (l listed) owner() string {
	if id := l.OwnerID.ID(); id != "1" {
		return id
	}
	return ""
}

func inWords(words map[string]string, name integrations.Text) string {
	return cmp.Or(words[name.Enum()], name.Enum())
}

// text is the article's body as plain text.
func (a articleJSON) text() string {
	if strings.Contains(string(a.ContentType), "html") {
		return integrations.Plain(string(a.Body))
	}
	return string(a.Body)
}

func (a articleJSON) agent() bool {
	return a.Sender.Enum() == "agent" || a.Sender == "" && a.SenderID == "1"
}

func (a articleJSON) reply(ticketID string) integrations.Reply {
	r := integrations.Reply{ID: a.ID.ID(), TicketID: ticketID, AuthorID: a.CreatedByID.ID(), Agent: a.agent(), Public: !a.Internal.Value, At: a.CreatedAt.Time}
	if !r.Public {
		r.References = integrations.FindReferences(a.text())
	}
	return r
}

// A directory collects the people and organizations that tickets name.
type directory struct {
	people        map[string]integrations.Person
	organizations map[string]integrations.Organization
}

// take adds a ticket's customer, owner and organization.
func (d *directory) take(l listed, w whole) {
	if d.people == nil {
		d.people, d.organizations = map[string]integrations.Person{}, map[string]integrations.Organization{}
	}
	for id, role := range map[string]string{l.CustomerID.ID(): "end-user", l.owner(): "agent"} {
		if u, ok := w.Assets.Value.Users[id]; ok && id != "" && d.people[id].Role != "agent" {
			d.people[id] = u.person(id, role)
		}
	}
	id := l.OrganizationID.ID()
	var o struct {
		Name      integrations.Text   `json:"name"`
		UpdatedAt integrations.Moment `json:"updated_at"`
	}
	var fields map[string]json.RawMessage // an admin's own attributes stand beside Zammad's
	raw := w.Assets.Value.Organizations[id]
	if id != "" && json.Unmarshal(raw, &o) == nil && json.Unmarshal(raw, &fields) == nil {
		maps.DeleteFunc(fields, func(key string, _ json.RawMessage) bool { return key == "id" || strings.HasSuffix(key, "_at") })
		d.organizations[id] = integrations.Organization{ID: id, Name: o.Name.Name(), Fields: fields, UpdatedAt: o.UpdatedAt.Time}
	}
}

func (d *directory) lists() ([]integrations.Person, []integrations.Organization) {
	var people []integrations.Person
	for _, id := range slices.Sorted(maps.Keys(d.people)) {
		people = append(people, d.people[id])
	}
	var organizations []integrations.Organization
	for _, id := range slices.Sorted(maps.Keys(d.organizations)) {
		organizations = append(organizations, d.organizations[id])
	}
	return people, organizations
}

func (u userJSON) person(id, role string) integrations.Person {
	name := strings.TrimSpace(u.FirstName.Name() + " " + u.LastName.Name())
	return integrations.Person{ID: id, Name: name, Email: u.Email.Name(), Role: role, OrganizationID: u.OrganizationID.ID(), UpdatedAt: u.UpdatedAt.Time}
}
