package main

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/freshdesk/freshdeskfake"
	"github.com/ticketlink/ticketlink/integrations/generichelpdesk/genericfake"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/helpscout/helpscoutfake"
	"github.com/ticketlink/ticketlink/integrations/intercom/intercomfake"
	"github.com/ticketlink/ticketlink/integrations/jsm/jsmfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
	"github.com/ticketlink/ticketlink/integrations/zammad/zammadfake"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

// A played helpdesk is a simulated one of a kind, and how it is configured.
type played struct {
	kind string
	open func(clock func() time.Time, token string) helpdesktest.Account
	keys string // of its configuration, beside those that all have
	path string // behind the simulated host
	sign func(body []byte, secret string, now time.Time) http.Header
}

// everyHelpdesk is one of each kind but zendesk, which every story has.
var everyHelpdesk = []played{
	{kind: "freshdesk", open: account(freshdeskfake.New), sign: sourcetest.SendSecret},
	{kind: "generic", open: account(genericfake.New), sign: sourcetest.SignHex(sha256.New, "X-Signature", ""), keys: homegrown},
	{kind: "helpscout", open: account(helpscoutfake.New), sign: sourcetest.SignBase64(sha1.New, "X-Helpscout-Signature"), keys: "app_id: app"},
	{kind: "intercom", open: account(intercomfake.New), sign: sourcetest.SignHex(sha1.New, "X-Hub-Signature", "sha1="), path: "/a/inbox/abc123"},
	{kind: "jsm", open: account(jsmfake.New), sign: sourcetest.SignHex(sha256.New, "X-Hub-Signature", "sha256="), keys: "email: bot@example.com"},
	{kind: "zammad", open: account(zammadfake.New), sign: sourcetest.SignHex(sha1.New, "X-Hub-Signature", "sha1=")},
}

func account[A helpdesktest.Account](open func(func() time.Time, string) A) func(func() time.Time, string) helpdesktest.Account {
	return func(clock func() time.Time, token string) helpdesktest.Account { return open(clock, token) }
}

// homegrown is how the home-made helpdesk's JSON is read and written.
const homegrown = `signature_header: X-Signature
    generic:
      ticket: {id: no, subject: title, description: text, status: state, tags: labels, requester_id: customer?.id,
        requester_name: customer?.name, created_at: created, updated_at: changed, deleted: gone == true}
      list: {path: "/api/tickets?changed_since={since}&after={cursor}", items: tickets, next: page?.next}
      fetch: {path: "/api/tickets/{id}", item: ticket}
      webhook: {ticket: data?.ticket}
      comments: {path: "/api/tickets/{id}/comments", items: comments, id: id, body: text, agent: author.staff, ours: author.bot,
        public: not internal, author_id: author.id, at: created}
      write:
        add_tag: {path: "/api/tickets/{id}/tags", body: '{"tag": {tag}}'}
        note: {path: "/api/tickets/{id}/comments", body: '{"internal": true, "text": {text}}'}
        reply: {path: "/api/tickets/{id}/comments", body: '{"text": {text}}'}
        status: {method: PUT, path: "/api/tickets/{id}", body: '{"state": {status}}'}`

// config is the helpdesk's item of the configuration, named after its kind.
func (p played) config(address string) string {
	return fmt.Sprintf("  - name: %[1]s\n    kind: %[1]s\n    url: %[2]q\n    api_token: planted-token\n    webhook_secret: planted-webhook-secret\n"+
		"    start_time: 2026-10-20T00:00:00Z\n    %[3]s\n", p.kind, address+p.path, p.keys)
}

// A playedDesk is a played helpdesk in a story, with one customer's ticket.
type playedDesk struct {
	played
	helpdesktest.Account
	ticket string
}

// newDesks begins a story with more helpdesks, each with a customer's ticket.
func newDesks(t *testing.T, which ...played) (s *story, desks []*playedDesk) {
	clock := func() time.Time {
		if s == nil { // not begun
			return aMonday
		}
		return s.clock()
	}
	more := ""
	for n, p := range which {
		d := &playedDesk{played: p, Account: p.open(clock, "planted-token")}
		server := httptest.NewServer(d.Account)
		t.Cleanup(server.Close)
		more += p.config(server.URL)
		d.ticket = d.Create(helpdeskfake.Ticket{ID: fmt.Sprint(5001 + n), Subject: "Cannot pay", Description: "The payment fails.", Tags: []string{"payments"},
			RequesterID: d.Customer("Ada", d.Organization("Acme"))})
		desks = append(desks, d)
	}
	return newStory(t, func(text string) string {
		return strings.Replace(text, "incident_sources:", more+"incident_sources:", 1)
	}), desks
}

// Told delivers the webhook about the desk's ticket: forged it is refused,
// signed it is taken.
func (s *story) Told(d *playedDesk) {
	s.t.Helper()
	body := d.Delivery(d.ticket)
	for secret, want := range map[string]int{"forged-webhook-secret": 401, "planted-webhook-secret": 200} {
		header := map[string]string{}
		for name, values := range d.sign(body, secret, s.clock()) {
			header[name] = values[0]
		}
		if code := s.Post("/webhooks/"+d.kind, string(body), header); code != want {
			s.t.Fatalf("%s: the webhook with %s was answered %d, want %d", d.kind, secret, code, want)
		}
	}
}

// One incident has a ticket of every kind of helpdesk: each comes by its signed
// webhook, shows the incident, is waited for until an agent answers there, and
// its customer hears by one answer to all that it is over.
func TestOneIncidentOfEveryHelpdesk(t *testing.T) {
	s, desks := newDesks(t, everyHelpdesk...)
	for _, d := range desks {
		s.Told(d)
	}
	s.Settle()
	key := s.Declare(map[string]any{"title": "Payments fail", "severity": "sev1"}).Key
	for _, d := range desks {
		s.API("PUT", "/incidents/"+key+"/tickets/"+d.kind+"/"+d.ticket, map[string]any{"state": "confirmed"}, 200, nil)
	}
	s.FastForward(31 * time.Minute)
	for _, d := range desks {
		if tags, notes := d.Tags(d.ticket), d.Notes(d.ticket); !slices.Contains(tags, "incident_"+strings.ToLower(key)) && !slices.Contains(tags, "incident_"+key) ||
			len(notes) != 1 || !strings.Contains(notes[0], key) {
			t.Errorf("%s: the ticket has the tags %q and the notes %q, want the incident's tag and one note", d.kind, tags, notes)
		}
		s.ExpectReminders(d.ticket, "first_reply", 1)
		d.Comment(d.ticket, d.Agent("Grace"), "We are looking into it.", true)
	}
	s.FastForward(3 * time.Minute)
	for _, d := range desks {
		s.ExpectFollowUp(key, "first_reply", d.ticket, "done")
	}

	s.resolve(key)
	s.answerTo(key, 200, map[string]any{"text": "It works again.", "set_status": "solved", "confirm": len(desks)})
	s.FastForward(62 * time.Minute)
	for _, d := range desks {
		if replies := strings.Join(d.Replies(d.ticket), "\n"); strings.Count(replies, "It works again.") != 1 || d.Status(d.ticket) != "solved" {
			t.Errorf("%s: the ticket is %s and its customer read %q", d.kind, d.Status(d.ticket), replies)
		}
		s.ExpectFollowUp(key, "closing", d.ticket, "done")
		s.ExpectReminders(d.ticket, "closing", 0)
	}
}

// A ticket that is deleted is deleted here too, by the webhook, the list, or
// because nothing is found where it was; but for Zammad, which tells nobody.
func TestDeletionInEveryHelpdesk(t *testing.T) {
	s, desks := newDesks(t, everyHelpdesk...)
	s.FastForward(3 * time.Minute)
	for _, d := range desks {
		d.Delete(d.ticket)
		if d.kind != "zammad" {
			s.Told(d)
		}
	}
	s.FastForward(3 * time.Minute)
	for _, d := range desks {
		var ticket ticketAnswer
		s.API("GET", "/tickets/"+d.kind+"/"+d.ticket, nil, 200, &ticket)
		if deleted := ticket.Status == "deleted"; deleted != (d.kind != "zammad") {
			t.Errorf("%s: the ticket is %s", d.kind, ticket.Status)
		}
	}
}

// What init writes for every kind of helpdesk, setup and doctor find well once
// the secrets are there.
func TestEveryHelpdeskIsSetUp(t *testing.T) {
	t.Setenv("TICKETLINK_DATABASE_URL", schematest.URL(t))
	for _, p := range everyHelpdesk {
		t.Run(p.kind, func(t *testing.T) {
			server := httptest.NewServer(p.open(func() time.Time { return aMonday }, "planted-token"))
			t.Cleanup(server.Close)
			t.Chdir(t.TempDir())
			if _, err := run(t, "init", "--helpdesk", p.kind+"="+server.URL+p.path, "--public-url", "https://ticketlink.example.com", "--database", "own", "--yes"); err != nil {
				t.Fatal(err)
			}
			if p.kind == "generic" { // what init wrote is a beginning
				file, err := os.ReadFile("ticketlink.yaml")
				if err != nil {
					t.Fatal(err)
				}
				head, _, _ := strings.Cut(string(file), "    generic:")
				_, mapping, _ := strings.Cut(homegrown, "\n")
				if err := os.WriteFile("ticketlink.yaml", []byte(head+mapping), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			fillIn(t, "ticketlink.env", map[string]string{"SUPPORT_EMAIL": "bot@example.com", "SUPPORT_API_TOKEN": "planted-token", "SUPPORT_APP_ID": "app",
				"SUPPORT_WEBHOOK_SECRET": "planted-client-secret", "TICKETLINK_DATABASE_URL": os.Getenv("TICKETLINK_DATABASE_URL")})
			out, err := run(t, "setup", p.kind, "--config", "ticketlink.yaml")
			if err != nil || !strings.Contains(out, "https://ticketlink.example.com/webhooks/support") || strings.Contains(out, "planted") {
				t.Errorf("setup: error %v, printed\n%s", err, out)
			}
			out, err = run(t, "doctor", "--config", "ticketlink.yaml")
			if err != nil || !strings.Contains(out, "ok    helpdesk support: ") || strings.Contains(out, "planted") {
				t.Errorf("doctor: error %v, printed\n%s", err, out)
			}
		})
	}
}
