package intercom

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/intercom/intercomfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

var now = sourcetest.Now // the accounts' clock stands still

func open(t *testing.T) (*intercomfake.Server, *Client) {
	t.Helper()
	return helpdesktest.Open(t, intercomfake.New, connect)
}

// Intercom's words become ours; unknown ones are kept. A chat is called by its
// first line.
func TestDecodeTicketWords(t *testing.T) {
	for raw, want := range map[string]integrations.Ticket{
		`{"id":"7","state":"closed","title":"T","source":{"subject":"<p>S</p>"}}`:                {Status: "solved", Subject: "T"},
		`{"id":"7","state":"snoozed","source":{"type":"email","subject":"<p>a &lt; b</p>"}}`:     {Status: "pending", Subject: "a < b", Channel: "email"},
		`{"id":7,"state":"Parked","source":{"type":"conversation","body":"<p>Hi<br>You</p>"}}`:   {Status: "parked", Subject: "Hi", Description: "Hi\nYou", Channel: "chat"},
		`{"id":"7","priority":"priority","conversation_rating":{"rating":4},"title":null}`:       {Priority: "high", Satisfaction: "good"},
		`{"id":"7","priority":"not_priority","conversation_rating":{"rating":3},"tags":"none"}`:  {},
		`{"id":"7","conversation_rating":{"rating":2},"tags":{"tags":[{"id":"1","name":"EU"}]}}`: {Satisfaction: "bad", Tags: []string{"eu"}},
	} {
		got, err := DecodeTicket([]byte(raw))
		want.ID, want.Raw = "7", json.RawMessage(raw)
		if diff := cmp.Diff(want, got, cmp.Transformer("tags", func(tags []string) string { return strings.Join(tags, " ") })); err != nil || diff != "" {
			t.Errorf("%s: %v %s", raw, err, diff)
		}
	}
	for _, raw := range []string{`{}`, `{"id":null}`, `{"id":"../7"}`, `[]`, `7`} {
		if _, err := DecodeTicket([]byte(raw)); err == nil {
			t.Errorf("%s was taken", raw)
		}
	}
}

// People work at one host and the API is at another, in the same region.
func TestAPIOfTheRegion(t *testing.T) {
	for inbox, want := range map[string]string{
		"https://app.intercom.com/a/inbox/abc123": "https://api.intercom.io", "https://app.eu.intercom.com/a/inbox/abc123/": "https://api.eu.intercom.io",
		"https://app.au.intercom.com": "https://api.au.intercom.io", "http://127.0.0.1:8999/a/inbox/abc123": "http://127.0.0.1:8999",
		"https://api.intercom.io": "", "https://api.eu.intercom.io/": "", "": "", "intercom": "",
	} {
		if got, err := apiOf(inbox); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", inbox, got, err)
		}
	}
	_, client := open(t)
	if got := client.TicketURL("7"); !strings.HasSuffix(got, "/a/inbox/abc123/inbox/conversation/7") {
		t.Error(got)
	}
}

// A part without words is an event, what is called a note is one, and a bot is
// no agent.
func TestParts(t *testing.T) {
	for raw, want := range map[string]integrations.Reply{
		`{"id":"1","part_type":"comment","author":{"type":"admin","id":"5"}}`:         {AuthorID: "5", Agent: true, Public: true},
		`{"id":"1","part_type":"close","author":{"type":"admin","id":"5"}}`:           {AuthorID: "5", Agent: true, Public: true},
		`{"id":"1","part_type":"comment","author":{"type":"bot","id":"6"}}`:           {AuthorID: "6", Public: true},
		`{"id":"1","part_type":"comment","author":{"type":"user","id":"6"}}`:          {AuthorID: "6", Public: true},
		`{"id":"1","part_type":"note","author":{"type":"admin","id":"5"}}`:            {AuthorID: "5", Agent: true},
		`{"id":"1","part_type":"note_and_reopen","author":{"type":"admin","id":"5"}}`: {AuthorID: "5", Agent: true},
	} {
		var p partJSON
		if err := json.Unmarshal([]byte(raw), &p); err != nil {
			t.Fatal(err)
		}
		want.ID, want.TicketID = "1", "7"
		if diff := cmp.Diff(want, p.reply("7")); diff != "" {
			t.Errorf("%s: %s", raw, diff)
		}
	}
	parts := `{"id":"7","conversation_parts":{"conversation_parts":[{"id":"1","part_type":"close","body":null},7,{"id":"2","part_type":"comment","body":"<p>x</p>"}]}}`
	v, err := readConversation([]byte(parts))
	if got := v.said(); err != nil || len(got) != 1 || got[0].ID != "2" {
		t.Errorf("%+v, %v", got, err)
	}
}

// An answered conversation is closed after the answer, which opens it.
func TestReplyToAClosedConversation(t *testing.T) {
	fake, client := open(t)
	id := fake.Create(helpdeskfake.Ticket{Subject: "x", RequesterID: fake.Customer("Ada", "")})
	for _, status := range []string{"solved", "solved", "pending", "open"} {
		if err := client.Reply(t.Context(), id, "News.", status); err != nil || fake.Status(id) != status {
			t.Errorf("set %s, is %s: %v", status, fake.Status(id), err)
		}
	}
	if err := client.Reply(t.Context(), id, "News.", "hold"); integrations.KindOf(err) != integrations.Refused || len(fake.Replies(id)) != 4 {
		t.Errorf("a state that Intercom has not: %v, %d replies", err, len(fake.Replies(id)))
	}
}

// A company's plan and spend are fields; an attribute of that name goes first.
func TestCompanyFields(t *testing.T) {
	fake, client := open(t)
	o, err := client.company(t.Context(), fake.Organization("Acme"))
	if err != nil || string(o.Fields["plan"]) != `"gold"` || string(o.Fields["monthly_spend"]) != "1200" || string(o.Fields["region"]) != `"eu"` {
		t.Errorf("%s, %v", o.Fields, err)
	}
}

func TestCursorsThatAreLost(t *testing.T) {
	_, client := open(t)
	for _, cursor := range []string{"b64=", `{"since":"2026-03-04T12:00:00Z","after":"expired"}`} {
		if _, err := client.Export(t.Context(), cursor, now); integrations.KindOf(err) != integrations.CursorLost {
			t.Errorf("%s: %v", cursor, err)
		}
	}
}

// What is no conversation's changes nothing; the client secret is never ours to make.
func TestEventsAboutSomethingElse(t *testing.T) {
	for _, body := range []string{
		`{"type":"notification_event","topic":"ping","data":{"item":{"type":"ping","message":"x"}}}`,
		`{"type":"notification_event","topic":"contact.created","data":{"item":{"type":"contact","id":"7"}}}`,
		`{"type":"notification_event","topic":"conversation.deleted","data":{"item":{"type":"conversation","id":"../7"}}}`,
	} {
		if e, err := DecodeEvent([]byte(body)); err != nil || e.Ticket.ID != "" || e.Thin {
			t.Errorf("%s: %+v, %v", body, e, err)
		}
	}
	_, client := open(t)
	if _, secret, err := client.Setup(t.Context(), integrations.Hook{}); err != nil || secret != "" {
		t.Errorf("%d characters, %v", len(secret), err)
	}
}

func TestSearchThatDoesNotAdvance(t *testing.T) {
	helpdesktest.Endless(t, connect, map[string]string{"/conversations/search": `{"conversations":[],"pages":{"next":{"starting_after":"x"}}}`})
}
