package intercom

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
)

// Intercom's words in ours. Others are kept.
var (
	states     = map[string]string{"closed": integrations.StatusSolved, "snoozed": integrations.StatusPending}
	channels   = map[string]string{"conversation": "chat", "push": "chat", "phone_call": "phone"}
	priorities = map[string]string{"priority": "high", "true": "high"}
	ratings    = map[string]string{"1": "bad", "2": "bad", "4": "good", "5": "good"}
)

type conversationJSON struct {
	ID       integrations.Text `json:"id"`
	Title    integrations.Text `json:"title"`
	State    integrations.Text `json:"state"`
	Priority integrations.Text `json:"priority"`
	Assignee integrations.Text `json:"admin_assignee_id"`
	Team     integrations.Text `json:"team_assignee_id"`
	Source   integrations.Loose[struct {
		Type    integrations.Text `json:"type"`
		Subject integrations.Text `json:"subject"` // HTML
		Body    integrations.Text `json:"body"`    // HTML
	}] `json:"source"`
	Contacts integrations.Loose[struct {
		Contacts []struct{ ID integrations.Text }
	}] `json:"contacts"`
	Tags   integrations.Loose[struct{ Tags []tagJSON }]           `json:"tags"`
	Rating integrations.Loose[struct{ Rating integrations.Text }] `json:"conversation_rating"`
	Custom integrations.Loose[map[string]json.RawMessage]         `json:"custom_attributes"`
	Parts  integrations.Loose[struct {
		Parts []integrations.Loose[partJSON] `json:"conversation_parts"`
	}] `json:"conversation_parts"`
	CreatedAt integrations.Moment `json:"created_at"`
	UpdatedAt integrations.Moment `json:"updated_at"`
}

type tagJSON struct {
	ID   integrations.Text `json:"id"`
	Name integrations.Text `json:"name"`
}

// DecodeTicket reads one conversation in the form of Intercom's API. Unknown
// values are kept and missing ones left empty; it fails only where raw is no
// JSON object or has no id.
func DecodeTicket(raw []byte) (integrations.Ticket, error) {
	v, err := readConversation(raw)
	return v.ticket(raw), err
}

func readConversation(raw []byte) (conversationJSON, error) {
	var v conversationJSON
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, errors.New("intercom: decode a conversation: not an object")
	}
	if v.ID.ID() == "" {
		return v, errors.New("intercom: decode a conversation: no id")
	}
	return v, nil
}

func (v conversationJSON) ticket(raw []byte) integrations.Ticket {
	description := plain(v.Source.Value.Body)
	t := integrations.Ticket{
		ID: v.ID.ID(), Description: description.Body(),
		Subject: cmp.Or(v.Title.Subject(), plain(v.Source.Value.Subject).Subject(), firstLine(description)),
		Status:  inWords(states, v.State), Priority: priorities[v.Priority.Enum()], Channel: inWords(channels, v.Source.Value.Type),
		Tags: integrations.FoldTags(v.tags()), AssigneeID: v.Assignee.ID(), GroupID: v.Team.ID(), Satisfaction: ratings[string(v.Rating.Value.Rating)],
		CreatedAt: v.CreatedAt.Time, UpdatedAt: v.UpdatedAt.Time, Fields: v.Custom.Value, Raw: integrations.CleanJSON(raw),
	}
	if contacts := v.Contacts.Value.Contacts; len(contacts) > 0 {
		t.RequesterID = contacts[0].ID.ID()
	}
	return t
}

func (v conversationJSON) tags() (names []string) {
	for _, tag := range v.Tags.Value.Tags {
		names = append(names, string(tag.Name))
	}
	return names
}

// firstLine stands for the subject that a chat has not.
func firstLine(text integrations.Text) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(integrations.CleanText(line, 100))
}

func plain(html integrations.Text) integrations.Text {
	return integrations.Text(integrations.Plain(string(html)))
}

func inWords(words map[string]string, name integrations.Text) string {
	return cmp.Or(words[name.Enum()], name.Enum())
}
