package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

// customers are n tickets of different people.
func (s *story) customers(n int) (tickets []string) {
	for i := range n {
		tickets = append(tickets, s.Ticket(fmt.Sprintf("Number %d", i), "a"))
	}
	return tickets
}

// Five reminders come one by one; six are one message that names all, and
// count for each.
func TestManyRemindersAreOneDigest(t *testing.T) {
	for n, messages := range map[int]int{5: 5, 6: 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := newStory(t)
			tickets := s.customers(n)
			key := s.confirmedIncident(tickets...)
			s.resolve(key)
			s.FastForward(time.Hour)
			if got := len(s.targets.Messages()); got != messages {
				t.Errorf("%d messages, want %d", got, messages)
			}
			for _, id := range tickets {
				s.ExpectReminders(id, "closing", 1)
			}
			s.ExpectMetric(`ticketlink_reminders_total{outcome="delivered",target="leads"}`, fmt.Sprint(n))
		})
	}
}

// A digest leaves out who was answered while it waited for its target.
func TestADigestNamesOnlyWhatIsStillOwed(t *testing.T) {
	s := newStory(t)
	agent := s.helpdesk.AddAgent("Grace")
	tickets := s.customers(6)
	key := s.confirmedIncident(tickets...)
	s.resolve(key)
	s.targets.Fail(1, 503, 120)
	s.Rough(func() { s.FastForward(time.Hour) })
	s.helpdesk.PublicReply(tickets[0], agent, s.clock())
	s.FastForward(2 * time.Minute)
	s.ExpectReminders(tickets[0], "closing", 0)
	s.ExpectReminders(tickets[1], "closing", 1)
	s.ExpectMetric(`ticketlink_reminders_total{outcome="not_wanted",target="leads"}`, "1")
}

// What falls due in a target's quiet hours is one message in the morning, also
// in the night in which the clocks go forward; whoever has none is told at once.
func TestQuietHoursEndWithOneMessage(t *testing.T) {
	quiet := `, quiet_hours: {timezone: Europe/Madrid, days: [mon, tue, wed, thu, fri, sat, sun], from: "22:00", to: "07:00"}`
	s := newStory(t, anotherTarget("grace", "", quiet), anotherTarget("owl", "", ""))
	s.worker.Reminding.Routes.Default = []string{"grace", "owl"}
	saturday := time.Date(2027, 3, 27, 22, 30, 0, 0, time.UTC) // 23:30 in Madrid
	s.Skip(saturday.Sub(s.clock()))
	tickets := s.customers(6)
	for half := range 2 {
		s.resolve(s.confirmedIncident(tickets[3*half : 3*half+3]...))
		s.FastForward(15 * time.Minute)
	}
	s.Skip(time.Date(2027, 3, 29, 4, 59, 0, 0, time.UTC).Add(-24 * time.Hour).Sub(s.clock())) // Sunday, 06:59 in summer time
	s.Settle()
	s.expectTold("owl", 1) // all six, seen at once after the leap
	s.expectTold("grace", 0)
	s.FastForward(time.Minute)
	s.expectTold("grace", 1)
	if m := s.ToldTo("grace")[0]; len(m.Body["ticket_ids"].([]any)) != 6 {
		t.Errorf("the morning's message names %v, want six tickets", m.Body["ticket_ids"])
	}
}

// A clock that leaps an hour brings what is due once, and going back nothing.
func TestAnHoursClockStep(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.FastForward(30 * time.Minute)
	s.Skip(time.Hour)
	s.Settle()
	s.ExpectReminders(id, "closing", 1)
	s.Skip(-time.Hour)
	s.FastForward(2 * time.Hour)
	s.ExpectReminders(id, "closing", 1)
	s.FastForward(4 * time.Hour)
	s.ExpectReminders(id, "closing", 2)
}

// A process that dies between the intent and the delivery: the next one
// delivers once the lease is over, with the same key.
func TestKilledBeforeTheDelivery(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.targets.Fail(1, 503, 60)
	s.Rough(func() { s.FastForward(time.Hour) }) // stored and gathered, not delivered
	lease := s.clock().Add(2 * time.Minute)
	claimed, err := schema.New(s.worker.Database).ClaimReminders(t.Context(), schema.ClaimRemindersParams{Now: s.clock().Add(time.Minute), Lease: &lease, Batch: 20})
	if err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %d reminders (%v), want 1", len(claimed), err)
	}
	s.FastForward(time.Minute)
	s.ExpectReminders(id, "closing", 0)
	s.FastForward(time.Minute)
	s.ExpectReminders(id, "closing", 1)
}

// One that dies after the delivery and before its outcome is stored: the
// message comes again under the same key, by which the receiver knows it.
func TestKilledAfterTheDelivery(t *testing.T) {
	s := newStory(t)
	key := s.confirmedIncident(s.Ticket("One", "a"))
	s.resolve(key)
	s.FastForward(time.Hour)
	lease := s.clock().Add(2 * time.Minute)
	_, err := s.worker.Database.Exec(t.Context(), "update reminders set due_at = $1, delivered_at = null", lease)
	s.must(err)
	s.FastForward(2 * time.Minute)
	if m := s.targets.Messages(); len(m) != 2 || m[0].Key != m[1].Key {
		t.Errorf("got %d messages, want the same one twice", len(m))
	}
}

// Two replicas tell a digest once.
func TestTwoReplicasTellOneDigest(t *testing.T) {
	s := newStory(t, func(c string) string { return strings.Replace(soon(c), "digest_above: 0", "digest_above: 5", 1) })
	s.Skip(time.Since(s.now))
	tickets := s.customers(20)
	key := s.confirmedIncident(tickets...)
	queue := asynq.RedisClientOpt{Addr: schematest.Redis(t).Addr()}
	s.Serve(queue, time.Now)
	s.Serve(queue, time.Now)
	s.API("POST", "/incidents/"+key+"/resolve", nil, 200, nil)
	told := map[any]int{}
	for len(told) < len(tickets) {
		for _, id := range s.Arrives().Body["ticket_ids"].([]any) {
			told[id]++
		}
	}
	for id, n := range told {
		if n != 1 {
			t.Errorf("ticket %v was told %d times", id, n)
		}
	}
	if n := len(s.targets.Messages()); n > 2 {
		t.Errorf("%d messages, want one digest", n)
	}
}
