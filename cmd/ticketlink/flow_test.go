package main

import (
	"testing"
	"time"
)

// The main job: an alert, a rush of tickets, links, impact, resolution,
// reminders, and the replies that end them.
func TestOneIncidentsWholeLife(t *testing.T) {
	s := newStory(t)
	agent := s.helpdesk.AddAgent("Grace")
	s.Ordinary(600)
	other := s.Ticket("How do I add a seat?", "We have a new colleague.", "how_to")
	s.FastForward(10 * time.Minute)

	began := s.clock()
	tickets := s.PaymentTickets(12)
	s.FastForward(5 * time.Minute)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.FastForward(2 * time.Minute)

	s.ExpectLinked("INC-1", tickets...)
	if state := s.Links("INC-1")[other].State; state == "auto" { // it may be asked about, in the middle of a rush
		t.Errorf("a question about seats is linked to a payment incident without asking")
	}
	s.ExpectMetric(`ticketlink_incident_customers{incident="INC-1"}`, "12")
	s.ExpectMetric(`ticketlink_incident_unanswered_tickets{incident="INC-1"}`, "12")

	answered, late := tickets[0], tickets[1]
	s.FastForward(10 * time.Minute)
	s.helpdesk.PublicReply(answered, agent, s.clock())
	s.FastForward(2 * time.Minute)
	s.ExpectMetric(`ticketlink_incident_unanswered_tickets{incident="INC-1"}`, "11")

	s.Alert("resolved", "PaymentErrors", "payments", "f1", began)
	s.ExpectFollowUp("INC-1", "closing", answered, "pending")
	s.FastForward(59 * time.Minute)
	s.ExpectReminders(late, "closing", 0)
	s.FastForward(time.Minute)
	s.ExpectReminders(late, "closing", 1)
	s.ExpectReminders(answered, "closing", 1) // its reply came before the resolution

	s.helpdesk.PublicReply(late, agent, s.clock())
	s.FastForward(2 * time.Minute)
	s.ExpectFollowUp("INC-1", "closing", late, "done")
	s.FastForward(5 * time.Hour)
	s.ExpectReminders(late, "closing", 1)
	s.ExpectReminders(answered, "closing", 2)
}
