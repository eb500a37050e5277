package main

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

// Replica runs another process of the same configuration beside the story's, on
// the same database: what is due is done by either.
func (s *story) Replica(text string) (other *story) {
	s.t.Helper()
	first := s.worker
	s.logTo(s.t.Output(), text)
	other = &story{t: s.t, worker: s.worker, service: s.service, helpdesk: s.helpdesk, targets: s.targets, now: s.clock()}
	s.worker = first
	return other
}

// A rise is told once: while it grows, to a process that was restarted, and by
// two at a time; and when it comes again within three hours. After them it is
// another one, which is told once.
func TestSurgeIsToldOnce(t *testing.T) {
	var text string
	s := newStory(t, func(all string) string { text = all; return all })
	s.Ordinary(900)
	s.PaymentTickets(12)
	s.FastForward(3 * time.Minute)
	s.expectTold("", 1)

	s.logTo(t.Output(), text) // restarted
	s.PaymentTickets(8)
	s.FastForward(3 * time.Minute)
	other := s.Replica(text)
	s.PaymentTickets(8)
	for range 3 {
		_, err := s.worker.Database.Exec(t.Context(), "update periodic set due_at = $1 where kind = 'surges'", s.clock())
		s.must(err)
		var both sync.WaitGroup
		for _, w := range []*story{s, other} {
			both.Go(func() { _ = w.worker.RunDue(t.Context()) })
		}
		both.Wait()
		s.FastForward(time.Minute)
	}
	s.expectTold("", 1)
	if got := s.Surges(); len(got) != 1 || len(got[0].Tickets) != 28 {
		t.Errorf("surges are %+v, want one of 28 tickets", got)
	}

	s.FastForward(4 * time.Hour) // found last when its tickets were two hours old
	s.PaymentTickets(10)
	s.FastForward(3 * time.Minute)
	s.expectTold("", 1)
	s.FastForward(6 * time.Hour)
	s.PaymentTickets(10)
	s.FastForward(3 * time.Minute)
	s.expectTold("", 2)
}

// A person's word on a small rise holds for a day, for as small a one; what is
// twice as large is told, and is not the dismissed one for that it shrinks.
func TestSecondWaveAfterADismissal(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	s.PaymentTickets(10)
	s.FastForward(3 * time.Minute)
	s.API("POST", "/surges/"+s.Surges()[0].ID+"/dismiss", nil, 204, nil)
	s.FastForward(6 * time.Hour)
	s.PaymentTickets(10)
	s.FastForward(3 * time.Minute)
	s.expectTold("", 1)
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	s.FastForward(6 * time.Hour)
	s.PaymentTickets(41)
	s.FastForward(3 * time.Minute)
	s.expectTold("", 2)
	s.ExpectMetric("ticketlink_surges_without_incident", "1")
	s.FastForward(118 * time.Minute) // the wave leaves the two hours that count
	s.PaymentTickets(6)
	s.FastForward(3 * time.Minute)
	s.expectTold("", 2)
	s.ExpectMetric("ticketlink_surges_without_incident", "1")
}

// What is told, and the page, name the tickets, what they share and since when;
// the page's button and two people at once make one incident.
func TestSurgeIsToldInFull(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	onset := s.clock()
	tickets := s.PaymentTickets(12)
	s.FastForward(3 * time.Minute)
	told := s.targets.Messages()[0]
	for _, want := range []string{"12 tickets share", "09:00 UTC", "support/" + tickets[0], "and 2 more", onset.Format(time.RFC3339)} {
		if !strings.Contains(told.Text("message"), want) {
			t.Errorf("the message does not say %q: %s", want, told.Text("message"))
		}
	}
	if ids, _ := told.Body["ticket_ids"].([]any); len(ids) != 12 || ids[11] != "support/"+tickets[11] {
		t.Errorf("the message has the tickets %v", ids)
	}
	v := s.Visitor()
	page, _ := v.Get("/")
	for _, id := range tickets {
		if !strings.Contains(page, `href="/tickets/support/`+id+`"`) {
			t.Errorf("the page does not lead to ticket %s", id)
		}
	}
	surge := s.Surges()[0]
	var both sync.WaitGroup
	keys := make([]string, 2)
	for n := range keys {
		both.Go(func() {
			_, resp := v.Submit("/declare", url.Values{"surge": {surge.ID}})
			keys[n] = resp.Request.URL.Path
		})
	}
	both.Wait()
	if keys[0] != "/incidents/INC-1" || keys[1] != keys[0] {
		t.Errorf("two people declare %v, want INC-1 both", keys)
	}
	s.ExpectRows("incidents", 1)
	s.Settle()
	for id, l := range s.ExpectLinked("INC-1", tickets...) {
		if l.DecidedBy != "" {
			t.Errorf("ticket %s is linked by %s, who was asked about the rise only", id, l.DecidedBy)
		}
	}
	s.API("POST", "/surges/"+surge.ID+"/dismiss", nil, 204, nil) // it stays declared
	if got := s.Surges()[0]; got.Incident != "INC-1" {
		t.Errorf("dismissed after it was declared, the surge is %+v", got)
	}
}

// A page's button dismisses a rise.
func TestSurgeDismissedOnThePage(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	s.PaymentTickets(12)
	s.FastForward(3 * time.Minute)
	v := s.Visitor()
	v.Submit("/surges/"+s.Surges()[0].ID+"/dismiss", nil)
	if page, _ := v.Get("/"); strings.Contains(page, `id="surges"`) {
		t.Error("a dismissed rise is on the page still")
	}
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
}

// Where text is not stored, the word of a rise has no name for people; declared,
// the incident knows its tickets by it, and those beside them are not its own.
func TestSurgeOfAnUnsaidWord(t *testing.T) {
	s := newStory(t, withoutText)
	s.Ordinary(900)
	logins := s.LoginTickets(12)
	beside := s.Ticket("Zebra crossing", "Wallpaper glue.")
	s.FastForward(3 * time.Minute)
	surge := s.Surges()[0]
	v := s.Visitor()
	if page, _ := v.Get("/"); !strings.Contains(page, "one word, which is not stored") || strings.Contains(page, `<bdi>`+surge.Term) {
		t.Error("the page calls the rise by a hash")
	}
	v.Submit("/declare", url.Values{"surge": {surge.ID}})
	s.FastForward(2 * time.Minute)
	s.ExpectLinked("INC-1", logins...)
	if state := s.Links("INC-1")[beside].State; state == "auto" {
		t.Error("a ticket that came at the same time is linked")
	}
}

// Customers write late of an incident that is over, fewer and fewer: that is no
// rise. When they write as many again hours later, it is, and another's.
func TestSurgeAfterAResolvedIncident(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	s.PaymentTickets(20)
	s.FastForward(3 * time.Minute)
	s.API("POST", "/surges/"+s.Surges()[0].ID+"/declare", nil, 201, nil)
	s.FastForward(30 * time.Minute)
	s.API("POST", "/incidents/INC-1/resolve", map[string]any{}, 200, nil)
	for _, late := range []int{8, 6, 5, 4, 3, 2, 2, 1} {
		for range late {
			s.PaymentTickets(1)
			s.FastForward(30 * time.Minute / time.Duration(late))
		}
	}
	s.expectSurgesTold(1)
	s.FastForward(2 * time.Hour)
	s.PaymentTickets(20)
	s.FastForward(5 * time.Minute)
	s.expectSurgesTold(2)
	s.ExpectMetric("ticketlink_surges_without_incident", "1")
	var i incidentAnswer
	s.API("POST", "/surges/"+s.Surges()[0].ID+"/declare", nil, 201, &i)
	if i.Key != "INC-2" {
		t.Errorf("declared, the second rise is %s", i.Key)
	}
}

// expectSurgesTold requires a number of messages about rises, beside reminders.
func (s *story) expectSurgesTold(want int) {
	s.t.Helper()
	got := 0
	for _, m := range s.targets.Messages() {
		if m.Text("surge_id") != "" {
			got++
		}
	}
	if got != want {
		s.t.Errorf("%d messages tell of surges, want %d", got, want)
	}
}

// Whoever has duty hears of a rise where nobody else is to be told.
func TestWhoeverHasDutyHearsOfASurge(t *testing.T) {
	file := calendarFile(t, "Grace Hopper")
	s := newStory(t, func(c string) string {
		c = strings.Replace(c, "notify: [leads], escalate: [managers]", `notify: [duty], on_call: [{name: duty, calendar: "`+file+`", people: {grace hopper: grace}}]`, 1)
		return c
	}, anotherTarget("grace", "", ""))
	s.Ordinary(900)
	s.PaymentTickets(12)
	s.FastForward(3 * time.Minute)
	s.expectTold("grace", 1)
}

// Every default target hears of a rise once, whatever kind it is; a note on a
// ticket is none, and one that fails is tried again.
func TestEveryDefaultTargetHearsOfASurge(t *testing.T) {
	s := newStory(t, func(c string) string {
		return strings.Replace(c, "notify: [leads]", "notify: [leads, grace, log, note]", 1)
	}, anotherTarget("grace", "", ""), anotherTarget("log", "logger://", ""), anotherTarget("note", "ticket://note", ""))
	s.targets.Fail(1, 503, 0)
	s.Ordinary(900)
	s.PaymentTickets(12)
	s.Rough(func() { s.FastForward(10 * time.Minute) })
	s.expectTold("", 1)
	s.expectTold("grace", 1)
	s.ExpectRows("notices where delivered_at is not null", 3)
	s.ExpectRows("notices", 3)
}

// Tickets of two helpdesks rise together: one surge has both.
func TestSurgeAcrossTwoHelpdesks(t *testing.T) {
	s, desks := newDesks(t, everyHelpdesk[0])
	s.Ordinary(900)
	s.PaymentTickets(6)
	for n := range 5 {
		who := desks[0].Customer(fmt.Sprint("Of desk ", n), "")
		desks[0].Create(helpdeskfake.Ticket{Subject: "Payment declined at checkout", RequesterID: who, Tags: []string{"payments", "checkout"},
			Description: "Every payment fails with an error at checkout since this morning."})
	}
	s.FastForward(5 * time.Minute)
	got := s.Surges()
	if len(got) != 1 || len(got[0].Tickets) < 11 {
		t.Fatalf("surges are %+v, want one with the tickets of both helpdesks", got)
	}
	s.expectTold("", 1)
	var i incidentAnswer
	s.API("POST", "/surges/"+got[0].ID+"/declare", nil, 201, &i)
	s.Settle()
	of := map[string]int{}
	var page struct {
		Items []struct{ Helpdesk, State string }
	}
	s.API("GET", "/incidents/"+i.Key+"/tickets?limit=500", nil, 200, &page)
	for _, l := range page.Items {
		of[l.Helpdesk]++
	}
	if of["support"] < 6 || of["freshdesk"] < 5 {
		t.Errorf("its incident has tickets of %v", of)
	}
}

// An installation's first hours are no rise, however many tickets it reads.
func TestNoSurgeInTheFirstHours(t *testing.T) {
	s := newStory(t)
	for n := range 120 {
		s.Ticket(fmt.Sprint("Question about payments ", n%7), "How do payments work for us?", "payments")
		if n%10 == 0 {
			s.FastForward(2 * time.Minute)
		}
	}
	s.FastForward(time.Hour)
	if got := s.Surges(); len(got) != 0 {
		t.Errorf("without a history there are surges: %+v", got)
	}
	s.expectTold("", 0)
}

// When everything fails, the tickets about ten things are one surge, told once.
func TestATotalOutageIsOneSurge(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	topics := []string{"invoice address", "change my plan", "export to spreadsheet", "dark mode", "reset a password", "team seats", "search", "billing", "upload", "login"}
	for n := range 60 {
		topic := topics[n%len(topics)]
		s.Ticket(topic+" is down", "Everything is unavailable, error 503 when I open "+topic+".", strings.ReplaceAll(topic, " ", "_"))
		if n%6 == 0 {
			s.FastForward(time.Minute)
		}
	}
	s.FastForward(10 * time.Minute)
	s.expectTold("", 1)
	if got := s.Surges(); len(got) != 1 || len(got[0].Tickets) < 55 {
		t.Errorf("surges are %+v, want one of nearly all tickets", got)
	}
}

// While a new installation only suggests, an incident explains a rise all the same.
func TestSurgeExplainedInACarefulStart(t *testing.T) {
	s := newStory(t, func(c string) string { return strings.Replace(c, "careful_start: 0", "careful_start: 50", 1) })
	s.Ordinary(900)
	tickets := s.PaymentTickets(12)
	s.FastForward(3 * time.Minute)
	s.Alert("firing", "PaymentsDown", "payments", "f1", s.clock())
	s.FastForward(3 * time.Minute)
	s.ExpectState("INC-1", tickets[0], "suggested")
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	s.PaymentTickets(10)
	s.FastForward(10 * time.Minute)
	s.expectTold("", 1)
}
