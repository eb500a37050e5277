package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// withoutText leaves out the text of tickets.
func withoutText(config string) string {
	return config + "privacy: {store_text: false, text_key: 0123456789abcdef0123456789abcdef}\n"
}

// secretive plays an incident whose customers write words of their own. It
// returns the tickets.
func (s *story) secretive() []string {
	s.Ordinary(60)
	began := s.clock()
	tickets := s.PaymentTickets(6)
	person := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Ada", Locale: "de"})
	own := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Zyxplant: payment declined", RequesterID: person, Tags: []string{"payments"},
		Description: "Die Zahlung schlägt fehl, quuxplant. Write to zyxplant@confidential.example"})
	s.helpdesk.AddComment(own, person, "blirplant is what I said", true)
	s.Settle()
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.FastForward(5 * time.Minute)
	return append(tickets, own)
}

var plantedWords = []string{"yxplant", "uuxplant", "lirplant", "schlägt", "confidential"}

// Without text, the same tickets are linked just as surely; no table, no log
// and no page holds a word that only customers used.
func TestTextIsLeftOut(t *testing.T) {
	with := newStory(t)
	tickets := with.secretive()
	readable := with.ExpectLinked("INC-1", tickets...)

	var text string
	s := newStory(t, withoutText, func(all string) string { text = all; return all })
	var log bytes.Buffer
	s.logTo(&log, text)
	if others := s.secretive(); len(others) != len(tickets) {
		t.Fatal("the stories differ")
	}
	for id, l := range s.ExpectLinked("INC-1", tickets...) {
		if math.Abs(l.Confidence-readable[id].Confidence) > 0.005 || l.State != readable[id].State {
			t.Errorf("ticket %s is %s with %.3f, with text %s with %.3f", id, l.State, l.Confidence, readable[id].State, readable[id].Confidence)
		}
	}
	s.expectNowhere(plantedWords...)
	expectNone(t, "the log", log.String(), plantedWords...)
	own := tickets[len(tickets)-1]
	for _, path := range []string{"/incidents/INC-1", "/tickets/support/" + own, "/metrics"} {
		page := s.get(path)
		expectNone(t, path, page, plantedWords...)
		if path != "/metrics" && !strings.Contains(page, "tagged ") {
			t.Errorf("%s does not call tickets by their tags", path)
		}
	}
	// An incident declared later finds by what was kept what is not the first one's.
	s.API("PUT", "/incidents/INC-1/tickets/support/"+own, map[string]string{"state": "rejected", "by": "grace"}, 200, nil)
	s.API("POST", "/incidents", map[string]any{"key": "late", "title": "Zahlung fehlgeschlagen", "started_at": aMonday, "tags": []string{"payments"}}, 201, nil)
	s.FastForward(2 * time.Minute)
	if _, found := s.Links("late")[own]; !found {
		t.Error("an incident declared later is scored against nothing")
	}
}

// Text that was stored before goes with the next round of tidying; links stay
// as sure as they are.
func TestStoredTextIsLeftOutLater(t *testing.T) {
	var text string
	s := newStory(t, func(all string) string { text = all; return all })
	tickets := s.secretive()
	before := s.ExpectLinked("INC-1", tickets...)
	s.logTo(s.t.Output(), withoutText(text))
	s.purge()
	s.expectNowhere("yxplant", "uuxplant", "lirplant", "schlägt", "confidential")
	_, err := s.worker.Database.Exec(t.Context(), "update incidents set rescore_due_at = $1", s.clock())
	s.must(err)
	s.FastForward(2 * time.Minute)
	for id, l := range s.ExpectLinked("INC-1", tickets...) {
		if math.Abs(l.Confidence-before[id].Confidence) > 0.015 {
			t.Errorf("ticket %s went from %.3f to %.3f", id, before[id].Confidence, l.Confidence)
		}
	}
}

// A ticket that is gone from the helpdesk, without an event or the export saying
// so, loses its text here and its place in the incident. One whose comments alone
// are not found keeps both, and when the helpdesk answers nothing at all, nothing
// is taken for gone.
func TestTicketThatIsGone(t *testing.T) {
	s := newStory(t)
	tickets := s.secretive()
	gone := tickets[len(tickets)-1]
	s.ExpectLinked("INC-1", gone)
	s.API("PUT", "/incidents/INC-1/tickets/support/"+gone, map[string]string{"state": "confirmed", "by": "grace"}, 200, nil)
	kept := func(when string) {
		t.Helper()
		if got := s.TicketAnswer(gone); got.Subject == "" || len(got.Links) == 0 {
			t.Errorf("%s, a ticket is taken for gone: %+v", when, got)
		}
	}
	lookUp := func() {
		_, err := s.worker.Database.Exec(t.Context(), "update tickets set replies_due_at = $1 where ticket_id = $2", s.clock(), gone)
		s.must(err)
	}
	s.helpdesk.Inject(zendeskfake.Fault{Path: "/api/v2/tickets/" + gone + "/comments", Times: 1, Status: 404})
	lookUp()
	s.FastForward(2 * time.Minute)
	kept("where comments are not found")

	s.helpdesk.Vanish(gone)
	_, err := s.worker.Database.Exec(t.Context(), "update helpdesks set failures = 1")
	s.must(err)
	lookUp()
	s.Settle()
	kept("while the helpdesk does not answer")
	s.FastForward(5 * time.Minute)
	lookUp()
	s.FastForward(2 * time.Minute)
	if got := s.TicketAnswer(gone); got.Status != "deleted" || got.Subject != "" {
		t.Errorf("a ticket that is gone is %+v, want it deleted and without text", got)
	}
	s.expectNowhere("yxplant", "uuxplant")
}
