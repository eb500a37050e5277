package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// confirmedIncident is an incident with tickets that a person confirmed, so
// that these stories do not depend on what the matcher thinks.
func (s *story) confirmedIncident(tickets ...string) string {
	s.t.Helper()
	s.Settle()
	i := s.Declare(map[string]any{"title": "Payments fail", "severity": "sev1"})
	for _, id := range tickets {
		s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+id, map[string]any{"state": "confirmed"}, 200, nil)
	}
	s.Settle()
	return i.Key
}

func (s *story) resolve(key string) {
	s.t.Helper()
	s.API("POST", "/incidents/"+key+"/resolve", nil, 200, nil)
	s.Settle()
}

// While the incident is open, nobody stays without a first reply.
func TestFirstReplyIsDue(t *testing.T) {
	s := newStory(t)
	agent := s.helpdesk.AddAgent("Grace")
	answered, ignored := s.Ticket("One", "a"), s.Ticket("Two", "b")
	key := s.confirmedIncident(answered, ignored)
	s.ExpectFollowUp(key, "first_reply", ignored, "pending")
	s.FastForward(10 * time.Minute)
	s.helpdesk.PublicReply(answered, agent, s.clock())
	s.FastForward(20 * time.Minute)
	s.ExpectFollowUp(key, "first_reply", answered, "done")
	s.ExpectFollowUp(key, "update", answered, "pending")
	s.ExpectFollowUp(key, "first_reply", ignored, "due")
	s.ExpectReminders(answered, "first_reply", 0)
	s.ExpectReminders(ignored, "first_reply", 1)
}

// Five tickets of one customer are one follow-up; answering any counts.
func TestOneFollowUpForACustomer(t *testing.T) {
	s := newStory(t)
	agent := s.helpdesk.AddAgent("Grace")
	who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Ada"})
	var tickets []string
	for range 5 {
		tickets = append(tickets, s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Again", Description: "Still broken", RequesterID: who}))
	}
	key := s.confirmedIncident(tickets...)
	s.resolve(key)
	closings := s.FollowUps(key, "closing")
	if len(closings) != 1 || len(closings[0].TicketIDs) != 5 {
		t.Fatalf("closing follow-ups are %+v, want one that names five tickets", closings)
	}
	s.Skip(time.Minute)
	s.helpdesk.PublicReply(tickets[3], agent, s.clock())
	s.FastForward(2 * time.Minute)
	s.ExpectFollowUp(key, "closing", tickets[0], "done")
}

// Reopening takes the closing word back; the next resolution asks for it anew.
func TestReopeningCancelsAndBeginsAnew(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.FastForward(30 * time.Minute)
	s.API("POST", "/incidents/"+key+"/reopen", nil, 200, nil)
	s.Settle()
	if f := s.ExpectFollowUp(key, "closing", id, "cancelled"); !strings.Contains(f.Reason, "reopened") {
		t.Errorf("reason is %q, want it to say reopened", f.Reason)
	}
	s.FastForward(time.Hour)
	s.ExpectReminders(id, "closing", 0)
	s.resolve(key)
	s.FastForward(61 * time.Minute)
	s.ExpectReminders(id, "closing", 1)
}

// Rejecting the link ends the duty, with the reason.
func TestRejectionCancels(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.API("PUT", "/incidents/"+key+"/tickets/support/"+id, map[string]any{"state": "rejected"}, 200, nil)
	s.FastForward(2 * time.Hour)
	if f := s.ExpectFollowUp(key, "closing", id, "cancelled"); !strings.Contains(f.Reason, "rejected") {
		t.Errorf("reason is %q, want it to say rejected", f.Reason)
	}
	s.ExpectReminders(id, "closing", 0)
}

// People end, put off and cancel follow-ups by hand, and that stands.
func TestFollowUpsByHand(t *testing.T) {
	s := newStory(t)
	done, cancelled, snoozed := s.Ticket("One", "a"), s.Ticket("Two", "b"), s.Ticket("Three", "c")
	key := s.confirmedIncident(done, cancelled, snoozed)
	s.resolve(key)
	word := func(ticket, action string, body any) {
		f := s.ExpectFollowUp(key, "closing", ticket, "pending")
		s.API("POST", "/follow-ups/"+f.ID+"/"+action, body, 200, nil)
	}
	word(done, "done", map[string]any{"by": "maria", "reason": "called them"})
	word(cancelled, "cancel", nil)
	word(snoozed, "snooze", map[string]any{"for": "3h"})
	s.expectCounted(key) // the impact is to be measured again
	s.FastForward(2 * time.Hour)
	s.expectCounted(key) // it was
	for _, id := range []string{done, cancelled, snoozed} {
		s.ExpectReminders(id, "closing", 0)
	}
	if f := s.ExpectFollowUp(key, "closing", done, "done"); f.Reason != "called them" {
		t.Errorf("reason is %q, want what maria said", f.Reason)
	}
	s.ExpectFollowUp(key, "closing", cancelled, "cancelled")
	s.ExpectFollowUp(key, "closing", snoozed, "pending")
	s.FastForward(61 * time.Minute)
	s.ExpectReminders(snoozed, "closing", 1)
	s.API("POST", "/follow-ups/"+s.ExpectFollowUp(key, "closing", done, "done").ID+"/done", nil, 409, nil)
}

// expectCounted requires that Prometheus sees as many follow-ups of each status as the API lists.
func (s *story) expectCounted(key string) {
	s.t.Helper()
	for _, status := range []string{"pending", "done", "cancelled"} {
		var list struct{ Items []struct{} }
		s.API("GET", "/follow-ups?incident="+key+"&status="+status, nil, 200, &list)
		s.ExpectMetric(fmt.Sprintf("ticketlink_follow_ups{incident=%q,status=%q}", key, status), fmt.Sprint(len(list.Items)))
	}
}

// Three reminders, the last one to the escalation target as well.
func TestTheLastReminderEscalates(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.FastForward(time.Hour)
	s.ExpectFollowUp(key, "closing", id, "due")
	s.FastForward(4 * time.Hour)
	s.ExpectReminders(id, "closing", 2)
	s.ExpectFollowUp(key, "closing", id, "overdue")
	s.FastForward(20 * time.Hour)
	s.ExpectReminders(id, "closing", 4) // the third goes to leads and to managers
	s.FastForward(48 * time.Hour)
	s.ExpectReminders(id, "closing", 4)
}

// A target that fails gets the same reminder again, and only then.
func TestFailedDeliveryIsRepeated(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.targets.Fail(3, 503, 0)
	s.Rough(func() { s.FastForward(70 * time.Minute) })
	s.ExpectReminders(id, "closing", 1)
	if tried := s.targets.Attempts(); tried != 4 {
		t.Errorf("%d attempts, want 3 failures and a success", tried)
	}
	s.ExpectMetric(`ticketlink_reminders_total{outcome="failed",target="leads"}`, "3")
}

// Business hours: what falls due at night is told in the morning.
func TestNightsAreQuiet(t *testing.T) {
	s := newStory(t, func(c string) string {
		return strings.Replace(c, "follow_up: {", `follow_up: {business_hours: {timezone: Europe/Madrid, days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}, `, 1)
	})
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.FastForward(7*time.Hour + 30*time.Minute) // 16:30 UTC is 17:30 in Madrid
	s.resolve(key)
	s.FastForward(15 * time.Hour)
	s.ExpectReminders(id, "closing", 0)
	s.FastForward(time.Hour) // half an hour yesterday, half an hour since 09:00
	s.ExpectReminders(id, "closing", 1)
}

// The night the clocks go forward is an hour short: nine in the morning comes
// an hour sooner.
func TestTheNightTheClocksChange(t *testing.T) {
	s := newStory(t, func(c string) string {
		return strings.Replace(c, "follow_up: {", `follow_up: {business_hours: {timezone: Europe/Madrid, days: [mon, tue, wed, thu, fri, sat, sun], from: "09:00", to: "18:00"}, `, 1)
	})
	s.Skip(time.Date(2027, 3, 27, 16, 30, 0, 0, time.UTC).Sub(s.clock())) // Saturday, 17:30 in Madrid
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.FastForward(15*time.Hour - time.Minute) // to 09:29 on Sunday, which is 07:29 UTC by now
	s.ExpectReminders(id, "closing", 0)
	s.FastForward(time.Minute)
	s.ExpectReminders(id, "closing", 1)
}
