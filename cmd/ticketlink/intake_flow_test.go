package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// A helpdesk's webhook brings a ticket before the next poll does.
func TestWebhookIsTheFastPath(t *testing.T) {
	s := newStory(t)
	s.Settle() // the first poll
	id := s.Ticket("Cannot log in", "The page stays white.", "login")
	s.Settle() // no poll is due yet
	s.ExpectMetric(`ticketlink_tickets_ingested_total{helpdesk="support",via="webhook"}`, "1")
	if got := s.TicketAnswer(id); got.Subject != "Cannot log in" || !slices.Equal(got.Tags, []string{"login"}) {
		t.Errorf("ticket is %+v", got)
	}
}

// Webhooks get lost; the poll finds what they did not tell.
func TestPollFindsWhatWebhooksLost(t *testing.T) {
	s := newStory(t)
	s.Settle()
	s.Lose(func() { s.Ticket("Lost on the way", "Nobody told you.") })
	s.FastForward(2 * time.Minute)
	s.ExpectMetric(`ticketlink_tickets_ingested_total{helpdesk="support",via="poll"}`, "1")
	if s.TicketAnswer("1001").Subject != "Lost on the way" {
		t.Error("the ticket was not polled")
	}
}

// Deliveries come twice and in any order; the newest word stands.
func TestRepeatsAndDisorderAreHarmless(t *testing.T) {
	s := newStory(t)
	s.Settle()
	id := s.Ticket("Slow page", "It takes a minute.", "speed")
	s.Skip(time.Second)
	s.helpdesk.SetTags(id, "speed", "frontend")
	s.Skip(time.Second)
	s.helpdesk.SetStatus(id, "pending")
	s.Settle()
	want := s.TicketAnswer(id)

	sent := s.helpdesk.Deliveries()
	for range 2 {
		for _, d := range slices.Backward(sent) {
			if code := s.Post("/webhooks/support", string(d.Body), signed(d)); code != http.StatusOK {
				t.Fatalf("a repeated delivery got %d, want 200", code)
			}
		}
		s.Settle()
	}
	if got := s.TicketAnswer(id); got.Status != "pending" || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("after repeats the ticket is %+v, before %+v", got, want)
	}
	s.ExpectRows("inbox", len(sent))
}

// An event that names a ticket without describing it leads to a fetch of it.
func TestThinEventsAreFetched(t *testing.T) {
	s := newStory(t)
	s.Settle()
	s.Lose(func() { s.Ticket("Only its number is told", "See the helpdesk.", "billing") })
	if code := s.PostSigned(`{"ticket_id":"1001"}`); code != http.StatusOK {
		t.Fatalf("a trigger's delivery got %d, want 200", code)
	}
	s.Settle()
	if got := s.TicketAnswer("1001"); got.Subject != "Only its number is told" {
		t.Errorf("the ticket was not fetched: %+v", got)
	}
	s.ExpectRows("fetches", 0)
}

// Deleted and scrubbed tickets are followed: the text goes, links go.
func TestDeletedAndScrubbedTickets(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("My card number is on it", "Please delete this.")
	s.Settle()
	s.helpdesk.Delete(id)
	s.FastForward(2 * time.Minute)
	if got := s.TicketAnswer(id); got.Status != "deleted" || got.Subject != "" {
		t.Errorf("the ticket is %+v, want it deleted and without text", got)
	}
	s.helpdesk.Undelete(id)
	s.FastForward(2 * time.Minute)
	if got := s.TicketAnswer(id); got.Status != "open" || got.Subject != "My card number is on it" {
		t.Errorf("the restored ticket is %+v, want it with its text", got)
	}
	s.helpdesk.Delete(id)
	s.Skip(30 * 24 * time.Hour)
	s.helpdesk.Scrub(id)
	s.FastForward(2 * time.Minute)
	if got := s.TicketAnswer(id); got.Subject != "" || got.Status != "deleted" {
		t.Errorf("after scrubbing the ticket is %+v, want no text", got)
	}
}

// The export fails in every way it can; nothing is lost and nothing doubled.
func TestPollSurvives(t *testing.T) {
	const export = "/api/v2/incremental/tickets"
	tests := []struct {
		name   string
		break_ func(s *story)
	}{
		{"rate limit with Retry-After", func(s *story) {
			s.helpdesk.Inject(zendeskfake.Fault{Path: export, Times: 1, Status: 429, RetryAfter: "90"})
		}},
		{"rate limit without a word", func(s *story) {
			s.helpdesk.Inject(zendeskfake.Fault{Path: export, Times: 2, Status: 429, Body: "<html>slow down</html>"})
		}},
		{"server errors", func(s *story) { s.helpdesk.Inject(zendeskfake.Fault{Path: export, Times: 3, Status: 503}) }},
		{"cut connections", func(s *story) { s.helpdesk.Inject(zendeskfake.Fault{Path: export, Times: 2, Drop: true}) }},
		{"a lost cursor", func(s *story) { s.helpdesk.LoseCursors() }},
		{"another host in its answers", func(s *story) { s.helpdesk.ForeignHost("evil.example.com") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStory(t)
			s.Lose(func() { s.Ticket("Before", "one") })
			s.FastForward(2 * time.Minute)
			test.break_(s)
			s.Lose(func() { s.Ticket("After", "two") })
			s.Rough(func() { s.FastForward(12 * time.Minute) })
			if s.TicketAnswer("1002").Subject != "After" {
				t.Error("the ticket after the failure never came")
			}
			s.ExpectRows("tickets", 2)
			s.ExpectMetric(`ticketlink_helpdesk_lag_seconds{helpdesk="support"}`, "0")
		})
	}
}

// Every refusal has its status; what is refused is not stored.
func TestWebhookRefusals(t *testing.T) {
	s := newStory(t)
	s.Settle()
	event := `{"account_id":1,"id":"e1","type":"zen:event-type:ticket.created","subject":"zen:ticket:7","time":"2026-11-23T09:00:00Z","zendesk_event_version":"2022-11-06","detail":{"id":"7"},"event":{}}`
	good := func(body string) map[string]string { return s.Sign(body, s.clock()) }
	tests := []struct {
		name, path, body string
		header           map[string]string
		code             int
	}{
		{"unknown name", "/webhooks/nobody", event, good(event), 404},
		{"no signature", "/webhooks/support", event, nil, 401},
		{"a signature of something else", "/webhooks/support", event, good(event + " "), 401},
		{"too old", "/webhooks/support", event, s.Sign(event, s.clock().Add(-5*time.Minute-time.Second)), 401},
		{"just fresh enough", "/webhooks/support", event, s.Sign(event, s.clock().Add(-5*time.Minute)), 200},
		{"from the future", "/webhooks/support", event, s.Sign(event, s.clock().Add(6*time.Minute)), 401},
		{"not JSON", "/webhooks/support", `{"id":`, good(`{"id":`), 400},
		{"not an object", "/webhooks/support", `[1,2]`, good(`[1,2]`), 400},
		{"somebody else's format", "/webhooks/support", `{"hello":"world"}`, good(`{"hello":"world"}`), 400},
		{"two mebibytes", "/webhooks/support", strings.Repeat(" ", 2<<20), nil, 413},
		{"alert without a token", "/webhooks/prometheus", `{}`, nil, 401},
		{"alert in another format", "/webhooks/prometheus", `{"version":"9"}`, map[string]string{"Authorization": "Bearer planted-bearer"}, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if code := s.Post(test.path, test.body, test.header); code != test.code {
				t.Errorf("got %d, want %d", code, test.code)
			}
		})
	}
	s.Settle()
	s.ExpectRows("inbox", 1)
}

// Whatever a vendor's documentation allows, and worse, is kept or cleaned.
func TestHostileTicketsAreAccepted(t *testing.T) {
	detail := func(fields string) string {
		return `{"account_id":1,"id":"e1","type":"zen:event-type:ticket.created","subject":"zen:ticket:77","time":"2026-11-23T09:00:00.123456789Z",
		"zendesk_event_version":"2022-11-06","event":{},"detail":{"id":"77","status":"NEW","created_at":"2026-11-23T10:59:00+02:00","updated_at":"2026-11-23T09:00:00Z",` + fields + `}}`
	}
	tags := make([]string, 1000)
	for i := range tags {
		tags[i] = fmt.Sprintf("%q", fmt.Sprintf("tag_%04d", i))
	}
	tests := []struct{ name, body string }{
		{"nulls everywhere", detail(`"subject":null,"description":null,"tags":[],"requester_id":null,"organization_id":"0","assignee_id":"","priority":null,"type":null,"via":null`)},
		{"unknown enums", detail(`"subject":"a","description":"b","tags":[],"priority":"COSMIC","type":"RIDDLE","via":{"channel":"telepathy"}`)},
		{"a thousand tags", detail(`"subject":"a","description":"b","tags":[` + strings.Join(tags, ",") + `]`)},
		{"control characters and NUL", detail(`"subject":"a\u0000b\u0007c","description":"\u0000","tags":["x\u0000y"]`)},
		{"half a surrogate", detail(`"subject":"\ud800 half","description":"b","tags":[]`)},
		{"invalid UTF-8", detail("\"subject\":\"\xff\xfe\",\"description\":\"b\",\"tags\":[]")},
		{"ids beyond 1e13", detail(`"subject":"a","description":"b","tags":[],"requester_id":"46406145565073999999","organization_id":"98765432109876543210"`)},
		{"a far future", detail(`"subject":"a","description":"b","tags":[],"due_at":"9999-12-31T23:59:59Z"`)},
		{"wrong types", detail(`"subject":17,"description":{"a":1},"tags":"one two","requester_id":{"id":1}`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStory(t)
			s.Settle()
			if code := s.PostSigned(test.body); code != http.StatusOK {
				t.Fatalf("got %d, want 200", code)
			}
			s.Rough(s.Settle)
			s.ExpectMetric("ticketlink_inbox_pending", "0")
			s.ExpectMetric(`ticketlink_dead_letters{kind="webhook"}`, "0")
		})
	}
}

// The far future of one event does not shut out the truth that follows.
func TestClockThatRunsAheadDoesNotWin(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("Now", "b")
	s.Settle()
	s.PostSigned(`{"account_id":1,"id":"ahead","type":"zen:event-type:ticket.subject_changed","subject":"zen:ticket:` + id + `","time":"2999-01-01T00:00:00Z","zendesk_event_version":"2022-11-06",
		"event":{},"detail":{"id":"` + id + `","subject":"From the future","description":"b","status":"OPEN","tags":[],"created_at":"2026-11-23T09:00:00Z","updated_at":"2999-01-01T00:00:00Z"}}`)
	s.Settle()
	s.FastForward(time.Minute)
	s.helpdesk.SetStatus(id, "solved")
	s.FastForward(2 * time.Minute)
	if got := s.TicketAnswer(id); got.Status != "solved" || got.Subject != "Now" {
		t.Errorf("ticket is %+v, want the helpdesk's present word", got)
	}
}
