package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// Customers who had asked something else, days ago, write again on their old
// tickets when payments fail. Their tickets are looked at anew, by webhook or by
// the look-up of comments; a person's no stays a no, and an agent's words count
// for nothing.
func TestCustomersComment(t *testing.T) {
	s := newStory(t)
	s.Ordinary(300)
	asked := s.Ticket("Where are saved searches", "I cannot find them.")
	refused := s.Ticket("How do I add a seat", "We have a new colleague.")
	answered := s.Ticket("Where is the dark mode", "I cannot find it.")
	s.Settle()
	s.Skip(3 * 24 * time.Hour)
	began := s.clock()
	s.PaymentTickets(8)
	s.FastForward(10 * time.Minute)
	key := "INC-1"
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.ExpectState(key, asked, "")
	s.API("PUT", "/incidents/"+key+"/tickets/support/"+refused, map[string]any{"state": "rejected", "by": "maria"}, 200, nil)

	const report = "By the way, every payment fails with an error at checkout since this morning."
	s.helpdesk.CustomerWrites(asked, report, time.Time{})
	s.helpdesk.CustomerWrites(refused, report, time.Time{})
	s.helpdesk.Note(answered, s.helpdesk.AddAgent("Agnes"), report, time.Time{})
	s.FastForward(2 * time.Minute)
	link := s.Links(key)[asked]
	if link.State != "auto" && link.State != "suggested" {
		t.Errorf("the ticket is %q after the customer's comment", link.State)
	}
	if !strings.Contains(fmt.Sprint(link.Evidence), "later comment") {
		t.Errorf("the comment is not among the reasons: %v", link.Evidence)
	}
	s.ExpectState(key, refused, "rejected")
	s.ExpectState(key, answered, "")
}

// Comments that the helpdesk keeps from us, or fails to tell, hold up no other
// ticket's.
func TestCommentsThatAreNotTold(t *testing.T) {
	s := newStory(t)
	tickets := s.PaymentTickets(6)
	key := s.confirmedIncident(tickets...)
	last := len(tickets) - 1
	for id, status := range map[string]int{tickets[0]: 403, tickets[last]: 500} {
		s.helpdesk.Inject(zendeskfake.Fault{Path: "/api/v2/tickets/" + id + "/comments", Times: 1000, Status: status})
	}
	s.Lose(func() {
		for _, id := range tickets[1:last] {
			s.helpdesk.PublicReply(id, s.helpdesk.AddAgent("Agnes"), s.clock())
		}
	})
	s.Rough(func() { s.FastForward(10 * time.Minute) })
	s.ExpectMetric(`ticketlink_incident_unanswered_tickets{incident="`+key+`"}`, "2")
}

// Somebody takes words out of a comment, and out of a ticket's first message:
// they go from here as well, whether the ticket is linked or not.
func TestCommentIsRedacted(t *testing.T) {
	s := newStory(t)
	s.Ordinary(60)
	linked := s.PaymentTickets(6)[0]
	alone := s.Ticket("Where is the dark mode", "I cannot find it, xyplant.")
	s.FastForward(time.Minute)
	s.helpdesk.CustomerWrites(linked, "My card is xyplant, payments fail.", time.Time{})
	s.helpdesk.CustomerWrites(alone, "My card is xyplant.", time.Time{})
	s.Alert("firing", "PaymentsDown", "payments", "f1", s.clock())
	s.FastForward(5 * time.Minute)
	if n := s.holding("xyplant"); n < 3 {
		t.Fatalf("%d texts hold the word, want the message and both comments", n)
	}
	s.helpdesk.Redact(linked, 1)
	s.helpdesk.Redact(alone, 1)
	s.helpdesk.Redact(alone, 0)
	s.FastForward(5 * time.Minute)
	if n := s.holding("xyplant"); n != 0 {
		t.Errorf("%d texts hold the word still", n)
	}
	s.ExpectLinked("INC-1", linked)
}

// holding counts the texts stored that hold a word.
func (s *story) holding(word string) (n int) {
	s.t.Helper()
	s.must(s.worker.Database.QueryRow(s.t.Context(), `select (select count(*) from tickets where subject || description ~ $1)
		+ (select count(*) from replies where body ~ $1) + (select count(*) from links where evidence::text ~ $1)`, word).Scan(&n))
	return n
}
