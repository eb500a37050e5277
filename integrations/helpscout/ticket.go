package helpscout

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// statuses in our words. A closed conversation opens again when the customer
// writes, so it is solved.
var statuses = map[string]string{"active": integrations.StatusOpen, "pending": integrations.StatusPending,
	"closed": integrations.StatusSolved, "spam": integrations.StatusDeleted}

type personJSON struct {
	ID    integrations.Text `json:"id"`
	Type  integrations.Text `json:"type"` // user or customer
	First integrations.Text `json:"first"`
	Last  integrations.Text `json:"last"`
	Email integrations.Text `json:"email"`
}

type conversationJSON struct {
	ID        integrations.Text              `json:"id"`
	Type      integrations.Text              `json:"type"` // email, chat or phone
	Status    integrations.Text              `json:"status"`
	State     integrations.Text              `json:"state"`
	Subject   integrations.Text              `json:"subject"`
	Mailbox   integrations.Text              `json:"mailboxId"`
	Assignee  integrations.Loose[personJSON] `json:"assignee"`
	CreatedBy integrations.Loose[personJSON] `json:"createdBy"`
	Customer  integrations.Loose[personJSON] `json:"primaryCustomer"`
	CreatedAt integrations.Moment            `json:"createdAt"`
	ClosedAt  integrations.Moment            `json:"closedAt"`
	UserAt    integrations.Moment            `json:"userUpdatedAt"`
	Waiting   integrations.Loose[struct {
		Time integrations.Moment `json:"time"`
	}] `json:"customerWaitingSince"`
	Tags integrations.Loose[[]struct {
		Tag integrations.Text `json:"tag"`
	}] `json:"tags"`
	Custom integrations.Loose[[]struct {
		ID    integrations.Text `json:"id"`
		Value json.RawMessage   `json:"value"`
	}] `json:"customFields"`
	Embedded integrations.Loose[struct {
		Threads []integrations.Loose[threadJSON] `json:"threads"`
	}] `json:"_embedded"`
}

func readConversation(raw []byte) (conversationJSON, error) {
	var v conversationJSON
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, errors.New("help scout: decode a conversation: not an object")
	}
	if v.ID.ID() == "" {
		return v, errors.New("help scout: decode a conversation: no id")
	}
	return v, nil
}

func (v conversationJSON) ticket(raw []byte) integrations.Ticket {
	t := integrations.Ticket{
		ID: v.ID.ID(), Subject: v.Subject.Subject(), Description: v.description(), Status: v.status(), Channel: v.Type.Enum(),
		Tags: integrations.FoldTags(v.tags()), RequesterID: v.Customer.Value.ID.ID(), AssigneeID: v.Assignee.Value.ID.ID(),
		BrandID: v.Mailbox.ID(), CreatedAt: v.CreatedAt.Time, UpdatedAt: v.changedAt(), Raw: integrations.CleanJSON(raw),
	}
	for _, field := range v.Custom.Value {
		if t.Fields == nil {
			t.Fields = map[string]json.RawMessage{}
		}
		if id := field.ID.ID(); id != "" && field.Value != nil {
			t.Fields[id] = integrations.CleanJSON(field.Value)
		}
	}
	return t
}

func (v conversationJSON) status() string {
	if v.State.Enum() == "deleted" {
		return integrations.StatusDeleted
	}
	return cmp.Or(statuses[v.Status.Enum()], v.Status.Enum())
}

func (v conversationJSON) tags() (tags []string) {
	for _, t := range v.Tags.Value {
		tags = append(tags, string(t.Tag))
	}
	return tags
}

// changedAt is the latest time that the answer names; see the package comment.
func (v conversationJSON) changedAt() time.Time {
	all := []time.Time{v.CreatedAt.Time, v.ClosedAt.Time, v.UserAt.Time, v.Waiting.Value.Time.Time}
	for _, thread := range v.Embedded.Value.Threads {
		all = append(all, thread.Value.CreatedAt.Time)
	}
	return slices.MaxFunc(all, time.Time.Compare)
}

// description is the oldest thread's text: how the conversation began.
func (v conversationJSON) description() string {
	var first threadJSON
	for _, thread := range v.Embedded.Value.Threads {
		t := thread.Value
		if t.said() && (first.Body == "" || t.CreatedAt.Before(first.CreatedAt.Time)) {
			first = t
		}
	}
	return integrations.Text(integrations.Plain(string(first.Body))).Body()
}

// decodePage reads conversations, who wrote them and who is to answer.
func decodePage(raw []json.RawMessage) (page integrations.Page) {
	for i, r := range raw {
		v, err := readConversation(r)
		if err != nil {
			page.Unreadable = append(page.Unreadable, fmt.Sprintf("conversation %d of %d: %v", i+1, len(raw), err))
			continue
		}
		page.Tickets = append(page.Tickets, v.ticket(r))
		if a := v.Assignee.Value; a.ID.ID() != "" {
			page.People = append(page.People, integrations.Person{ID: a.ID.ID(), Name: fullName(a.First, a.Last), Email: a.Email.Name(),
				Role: "agent", UpdatedAt: v.changedAt()})
		}
	}
	return page
}

func fullName(first, last integrations.Text) string {
	return integrations.Text(first.Name() + " " + last.Name()).Name()
}
