package freshdesk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/freshdesk/freshdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

var now = sourcetest.Now // the accounts' clock stands still

func open(t *testing.T) (*freshdeskfake.Server, *Client) {
	t.Helper()
	return helpdesktest.Open(t, freshdeskfake.New, connect)
}

// Freshdesk's numbers become words; an account's own stay numbers.
func TestDecodeTicketWords(t *testing.T) {
	for raw, want := range map[string]integrations.Ticket{
		`{"id":7,"status":2,"priority":1,"source":2}`:             {Status: "open", Priority: "low", Channel: "web"},
		`{"id":7,"status":4,"priority":4,"source":99}`:            {Status: "solved", Priority: "urgent", Channel: "99"},
		`{"id":7,"status":6,"priority":0,"type":"Problem"}`:       {Status: "6", Priority: "0", Type: "problem"},
		`{"id":7,"status":5,"spam":true,"tags":["EU","eu",null]}`: {Status: "deleted", Tags: []string{"eu"}},
		`{"id":"7","status":3,"deleted":true}`:                    {Status: "deleted"},
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

// A bulk change of more tickets than a page in one second ends, and loses none.
func TestExportOfOneSecond(t *testing.T) {
	fake, client := open(t)
	for range 3*pageSize + 1 {
		fake.Create(helpdeskfake.Ticket{Subject: "bulk"})
	}
	seen, cursor := map[string]bool{}, ""
	for pages := 1; ; pages++ {
		page, err := client.Export(t.Context(), cursor, now.Add(-time.Hour))
		if err != nil || pages > 10 {
			t.Fatal(pages, err)
		}
		for _, ticket := range page.Tickets {
			seen[ticket.ID] = true
		}
		if cursor = page.Cursor; page.End {
			break
		}
	}
	if len(seen) != 3*pageSize+1 {
		t.Errorf("%d tickets", len(seen))
	}
}

// A list that does not know the filter, or has none for us, deletes nothing and
// keeps nothing back.
func TestWithoutAListOfDeletedTickets(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound} {
		_, client := helpdesktest.Open(t, func(func() time.Time, string) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Has("filter") {
					w.WriteHeader(status)
				}
				fmt.Fprint(w, `[{"id":7,"status":2,"updated_at":"2026-03-04T12:00:00Z"}]`)
			})
		}, connect)
		page, err := client.Export(t.Context(), "", now)
		if err != nil || !page.End || len(page.Tickets) != 1 || page.Tickets[0].Status != "open" {
			t.Errorf("%d: %+v, %v", status, page.Tickets, err)
		}
	}
}

func TestForeignCursorIsLost(t *testing.T) {
	_, client := open(t)
	if _, err := client.Export(t.Context(), "b64=", now); integrations.KindOf(err) != integrations.CursorLost {
		t.Error(err)
	}
}

// The simple form of a webhook puts a frame around what it sends.
func TestDecodeEventFramed(t *testing.T) {
	for body, id := range map[string]string{
		`{"freshdesk_webhook":{"ticket_id":"295186","ticket_subject":"x"}}`: "295186", `{"ticket_id":35}`: "35",
	} {
		if e, err := DecodeEvent([]byte(body)); err != nil || e.Ticket.ID != id || !e.Thin {
			t.Errorf("%s: %+v, %v", body, e, err)
		}
	}
}

func TestSetupMakesASecretWhereNoneIsConfigured(t *testing.T) {
	_, client := open(t)
	_, secret, err := client.Setup(t.Context(), integrations.Hook{Endpoint: "https://ticketlink.example.com/webhooks/support"})
	if err != nil || len(secret) < 20 {
		t.Errorf("%d characters, %v", len(secret), err)
	}
}

func TestRecordedTickets(t *testing.T) {
	var raw []json.RawMessage
	if err := json.Unmarshal(helpdesktest.Recorded(t, "nango-freshdesk/tickets.json"), &raw); err != nil {
		t.Fatal(err)
	}
	page := decodePage(raw)
	if len(page.Unreadable) > 0 || len(page.Tickets) != 2 {
		t.Fatalf("%d tickets, unreadable %q", len(page.Tickets), page.Unreadable)
	}
	got := page.Tickets[0]
	if got.ID != "2" || got.Subject != "Second urgent ticket" || got.Status != "open" || got.Channel != "phone" || got.RequesterID != "501001204168" ||
		got.AssigneeID != "501001202520" || !got.UpdatedAt.Equal(time.Date(2024, 10, 21, 11, 19, 18, 0, time.UTC)) {
		t.Errorf("got %+v", got)
	}
}
