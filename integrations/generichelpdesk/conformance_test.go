package generichelpdesk

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/generichelpdesk/genericfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// homegrown is how genericfake's JSON is read.
func homegrown() Mapping {
	return Mapping{
		Ticket: map[string]string{"id": "no", "subject": "title", "description": "text", "status": "state", "tags": "labels",
			"requester_id": "customer?.id", "requester_name": "customer?.name", "organization_id": "customer?.company?.id",
			"organization_name": "customer?.company?.name", "organization_fields": "customer?.company?.facts",
			"created_at": "created", "updated_at": "changed", "deleted": "gone == true"},
		ListPath: "/api/tickets?changed_since={since}&after={cursor}", ListItems: "tickets", ListNext: "page?.next",
		FetchPath: "/api/tickets/{id}", FetchItem: "ticket", WebhookItem: "data?.ticket",
		CommentsPath: "/api/tickets/{id}/comments",
		Comments: map[string]string{"items": "comments", "id": "id", "body": "text", "agent": "author.staff", "ours": "author.bot",
			"public": "not internal", "author_id": "author.id", "at": "created"},
		Write: map[string]Write{
			"add_tag":    {Path: "/api/tickets/{id}/tags", Body: `{"tag": {tag}}`},
			"remove_tag": {Method: "DELETE", Path: "/api/tickets/{id}/tags/{tag}"},
			"note":       {Path: "/api/tickets/{id}/comments", Body: `{"internal": true, "text": {text}}`},
			"reply":      {Path: "/api/tickets/{id}/comments", Body: `{"text": {text}}`},
			"status":     {Method: "PUT", Path: "/api/tickets/{id}", Body: `{"state": {status}}`},
		},
		TicketPath: "/tickets/{id}",
	}
}

func connect(url, token string, l integrations.Line) (*Client, error) {
	return New(Config{URL: url, Token: token, Mapping: homegrown(), SignatureHeader: "X-Signature", Line: l})
}

// reader only reads deliveries.
func reader(t testing.TB) *Client {
	client, err := connect("https://desk.example.com", "", integrations.Line{})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestConformance(t *testing.T) {
	r := reader(t)
	helpdesktest.Run(t, genericfake.New, connect, helpdesktest.Helpdesk{
		Verify: r.Verify, DedupKey: r.DedupKey, Decode: r.DecodeEvent, Sign: sourcetest.SignHex(sha256.New, "X-Signature", ""), Signs: true,
		PageSize: 40, Deletion: helpdesktest.ByExport, Pastes: true,
	})
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, reader(f).DecodeEvent, `{"data":{"ticket":{"no":"7","title":"x","state":"open","created":"2026-03-04T12:00:00Z","changed":1772625600}}}`)
}

// What is not configured is refused, not guessed.
func TestWithoutWrites(t *testing.T) {
	client, err := New(Config{URL: "https://desk.example.com", Mapping: Mapping{Ticket: map[string]string{"id": "id"}}})
	if err != nil {
		t.Fatal(err)
	}
	_, hasNote := client.HasNote(t.Context(), "7", "x")
	for what, err := range map[string]error{"note": client.AddNote(t.Context(), "7", "x"), "tag": client.AddTags(t.Context(), "7", []string{"x"}),
		"reply": client.Reply(t.Context(), "7", "x", ""), "status": client.Reply(t.Context(), "7", "x", "solved"), "whether a note is there": hasNote} {
		if err == nil || integrations.KindOf(err) != integrations.Refused || !strings.Contains(err.Error(), "not configured") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if page, err := client.Export(t.Context(), "", time.Now()); err != nil || !page.End || len(page.Tickets) > 0 {
		t.Errorf("a helpdesk without a list: %+v, %v", page, err)
	}
	if e, err := client.DecodeEvent([]byte(`{"id": 7}`)); err != nil || e.Thin || e.Ticket.ID != "7" {
		t.Errorf("nothing to fetch with: %+v, %v", e, err)
	}
}

func TestMappingIsCheckedAtTheStart(t *testing.T) {
	for code, want := range map[string]string{"id +": "(1:4)", "fetch(id)": "unknown function fetch", "": "is missing"} {
		_, err := New(Config{URL: "https://desk.example.com", Mapping: Mapping{Ticket: map[string]string{"id": code}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", code, err, want)
		}
	}
}

// Values never leave their place, in a path nor in a body.
func TestValuesAreEscaped(t *testing.T) {
	evil := `a/../b?x=1&y="}`
	if got := inPath("/t/{id}?q={id}", map[string]string{"id": evil}); strings.Count(got, "/") != 2 || strings.Count(got, "?") != 1 || strings.Contains(got, "&") {
		t.Errorf("path %s", got)
	}
	if got := inBody(`{"tag": {tag}}`, map[string]string{"tag": evil}); got != `{"tag": "a/../b?x=1\u0026y=\"}"}` {
		t.Errorf("body %s", got)
	}
}
