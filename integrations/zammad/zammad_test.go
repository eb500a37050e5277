package zammad

import (
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
	"github.com/ticketlink/ticketlink/integrations/zammad/zammadfake"
)

var now = sourcetest.Now // the accounts' clock stands still

func open(t *testing.T) (*zammadfake.Server, *Client) {
	t.Helper()
	return helpdesktest.Open(t, zammadfake.New, connect)
}

// An installation without Elasticsearch lists tickets and finds none: doctor
// says so, for polling would silently do nothing.
func TestCheckFindsAMissingSearch(t *testing.T) {
	fake, client := open(t)
	if found, err := client.Check(t.Context()); err != nil || !strings.Contains(found, "search works") {
		t.Errorf("without any ticket: %q, %v", found, err)
	}
	fake.Create(helpdeskfake.Ticket{Subject: "Cannot pay"})
	if _, err := client.Check(t.Context()); err != nil {
		t.Error(err)
	}
	fake.NoSearch = true
	if _, err := client.Check(t.Context()); integrations.KindOf(err) != integrations.Refused || !strings.Contains(err.Error(), "Elasticsearch") {
		t.Errorf("got %v", err)
	}
}

// The search's index is behind: a ticket that comes into it late, with a time
// before the newest one read, is found by the next poll within two minutes.
func TestExportReadsBehindItsEnd(t *testing.T) {
	fake, client := open(t)
	fake.Create(helpdeskfake.Ticket{Subject: "newest", CreatedAt: now})
	page, err := client.Export(t.Context(), "", now.Add(-time.Hour))
	if err != nil || !page.End {
		t.Fatal(err)
	}
	inTime := fake.Create(helpdeskfake.Ticket{Subject: "late in the index", CreatedAt: now.Add(-indexLag)})
	tooLate := fake.Create(helpdeskfake.Ticket{Subject: "too late", CreatedAt: now.Add(-indexLag - time.Second)})
	found := map[string]bool{}
	for range 3 { // looking behind does not go further back each time
		if page, err = client.Export(t.Context(), page.Cursor, now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		for _, ticket := range page.Tickets {
			found[ticket.ID] = true
		}
	}
	if !found[inTime] || found[tooLate] {
		t.Errorf("found %v, want %s and not %s", found, inTime, tooLate)
	}
}

func TestStates(t *testing.T) {
	for theirs, ours := range map[integrations.Text]string{"new": "new", "open": "open", "pending reminder": "pending", "pending close": "pending",
		"closed": "solved", "merged": "closed", "removed": "deleted", "Waiting for parts": "waiting for parts"} {
		if got := (whole{}).ticket(listed{State: theirs}).Status; got != ours {
			t.Errorf("%s became %s", theirs, got)
		}
	}
}

// Tickets of nobody belong to Zammad's user 1.
func TestTheSystemOwnsNothing(t *testing.T) {
	for owner, want := range map[integrations.Text]string{"1": "", "5": "5", "": ""} {
		if got := (whole{}).ticket(listed{OwnerID: owner}).AssigneeID; got != want {
			t.Errorf("owner %s became %q", owner, got)
		}
	}
}

func TestSetupRepairs(t *testing.T) {
	_, client := open(t)
	hook := integrations.Hook{Endpoint: "https://ticketlink.example.com/webhooks/support", Name: "ticketlink support"}
	_, secret, err := client.Setup(t.Context(), hook)
	if err != nil || len(secret) < 20 {
		t.Fatalf("a secret of %d characters, %v", len(secret), err)
	}
	hook.Endpoint, hook.Secret = "https://new.example.com/webhooks/support", "chosen-by-the-admin"
	steps, now, err := client.Setup(t.Context(), hook)
	if told := strings.Join(steps, "\n"); err != nil || now != hook.Secret || !strings.Contains(told, "repaired webhook") || strings.Contains(told, "created") {
		t.Errorf("%q, %v", steps, err)
	}
}

func TestRecordedWebhook(t *testing.T) {
	e, err := DecodeEvent(helpdesktest.Recorded(t, "zammad/webhook_payload_0.json"))
	if err != nil || e.Ticket.ID != "81" || !e.Thin {
		t.Fatalf("%+v, %v", e, err)
	}
	if r := e.Reply; r == nil || r.ID != "104" || r.TicketID != "81" || r.Agent || !r.Public || !r.At.Equal(time.Date(2020, 11, 13, 14, 34, 35, 318e6, time.UTC)) {
		t.Errorf("reply %+v", r)
	}
}
