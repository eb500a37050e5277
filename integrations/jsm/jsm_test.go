package jsm

import (
	"encoding/json"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/jsm/jsmfake"
)

// Statuses are each project's own: the category decides, and one name.
func TestStatusWords(t *testing.T) {
	for raw, want := range map[string]string{
		`{"name":"Canceled","statusCategory":{"key":"done"}}`:                      "solved",
		`{"name":"Waiting for customer","statusCategory":{"key":"indeterminate"}}`: "pending",
		`{"name":"Waiting for support","statusCategory":{"key":"indeterminate"}}`:  "open",
		`{"name":"Triage","statusCategory":{"key":"new"}}`:                         "new",
		`{"name":"Parked"}`: "parked",
	} {
		var s statusJSON
		if err := json.Unmarshal([]byte(raw), &s); err != nil || s.word() != want {
			t.Errorf("%s: %q, %v", raw, s.word(), err)
		}
	}
}

// Atlassian's documents become lines; what is no node is left out.
func TestDocumentAsText(t *testing.T) {
	raw := `{"type":"doc","content":[{"type":"heading","content":[{"type":"text","text":"A"}]},7,
		{"type":"paragraph","content":[{"type":"text","text":"b"},{"type":"hardBreak"},{"type":"text","text":"c"}]}]}`
	var n node
	if err := json.Unmarshal([]byte(raw), &n); err != nil || n.plain() != "A\nb\nc" {
		t.Errorf("%q, %v", n.plain(), err)
	}
}

// Where no transition leads to the status, nothing is said either.
func TestReplyWithoutTransition(t *testing.T) {
	fake, client := helpdesktest.Open(t, jsmfake.New, connect)
	id := fake.Create(helpdeskfake.Ticket{Subject: "x"})
	if err := client.Reply(t.Context(), id, "News.", "hold"); integrations.KindOf(err) != integrations.Refused || len(fake.Replies(id)) > 0 {
		t.Errorf("%v, replies %q", err, fake.Replies(id))
	}
}

func TestSearchThatDoesNotAdvance(t *testing.T) {
	helpdesktest.Endless(t, connect, map[string]string{"/rest/api/3/field": `[]`, "/rest/api/3/search/jql": `{"issues":[],"nextPageToken":"x"}`})
}
