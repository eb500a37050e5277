package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// followUp adds keys to the configuration of follow-ups.
func followUp(keys string) func(string) string {
	return func(c string) string { return strings.Replace(c, "follow_up: {", "follow_up: {"+keys+", ", 1) }
}

// anotherTarget adds a notification target; url "" is the fake's, which then
// tells whom a message was for.
func anotherTarget(name, url, more string) func(string) string {
	return func(c string) string {
		if url == "" {
			_, rest, _ := strings.Cut(c, `{name: leads, url: "`)
			url, _, _ = strings.Cut(rest, `"`)
			url += "?$to=" + name
		}
		return c + fmt.Sprintf("  - {name: %s, url: \"%s\"%s}\n", name, url, more)
	}
}

// ToldTo returns the messages to a target of anotherTarget, "" for leads.
func (s *story) ToldTo(name string) (all []notifyfake.Message) {
	for _, m := range s.targets.Messages() {
		if m.Text("to") == name {
			all = append(all, m)
		}
	}
	return all
}

func (s *story) expectTold(name string, want int) {
	s.t.Helper()
	if got := len(s.ToldTo(name)); got != want {
		s.t.Errorf("%q got %d messages, want %d", name, got, want)
	}
}

// The assignee is told, known by id or e-mail address; tickets without one go
// to the default.
func TestTheAssigneeIsTold(t *testing.T) {
	s := newStory(t, anotherTarget("grace", "", ""), anotherTarget("alan", "", ""))
	grace, alan := s.helpdesk.AddAgent("Grace"), s.helpdesk.AddAgent("Alan")
	s.worker.Reminding.Routes.Agents[grace] = "grace"
	s.worker.Reminding.Routes.Agents["alan@acme.example"] = "alan"
	assigned := func(agent string) string {
		who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Of " + agent})
		return s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "One", Description: "a", RequesterID: who, AssigneeID: agent})
	}
	key := s.confirmedIncident(assigned(grace), assigned(alan), assigned(""))
	_, err := s.worker.Database.Exec(t.Context(), `insert into people (helpdesk, id, email, role, updated_at) values ('support', $1, 'Alan@acme.example', 'agent', $2::timestamptz + interval '1 day')
		on conflict (helpdesk, id) do update set email = excluded.email, updated_at = excluded.updated_at`, alan, s.clock())
	s.must(err)
	s.resolve(key)
	s.FastForward(time.Hour)
	for _, name := range []string{"grace", "alan", ""} {
		s.expectTold(name, 1)
	}
}

// calendarFile writes a calendar in which somebody has duty from nine to five.
func calendarFile(t *testing.T, who string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "duty.ics")
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" +
		"DTSTART:20261123T090000Z\r\nDTEND:20261123T170000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:" + who + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Whoever has duty is told; at night, and where the calendar names nobody that
// we know, the default is. A calendar that cannot be read any more stays in force.
func TestWhoeverHasDutyIsTold(t *testing.T) {
	file := calendarFile(t, "Grace Hopper")
	onCall := func(c string) string {
		c = strings.Replace(c, "notify: [leads], ", "", 1)
		return followUp(`notify: [duty, leads], groups: {}, agents: {}, on_call: [{name: duty, calendar: "` + file + `", people: {grace hopper: grace}}]`)(c)
	}
	s := newStory(t, onCall, anotherTarget("grace", "", ""))
	key := s.confirmedIncident(s.Ticket("One", "a"))
	s.resolve(key)
	s.must(os.WriteFile(file, []byte("no calendar"), 0o600))
	s.Rough(func() { s.FastForward(time.Hour) }) // 10:00
	s.expectTold("grace", 1)
	s.expectTold("", 1)
	s.Rough(func() { s.FastForward(8 * time.Hour) }) // the second reminder at 14:00
	s.expectTold("grace", 2)
	s.Rough(func() { s.Skip(16 * time.Hour); s.Settle() }) // the last one at 10:00, but seen at 10:00 the next day
	s.expectTold("grace", 3)
}

func TestNobodyHasDuty(t *testing.T) {
	file := calendarFile(t, "Somebody else")
	s := newStory(t, func(c string) string {
		c = strings.Replace(c, "notify: [leads], ", "", 1)
		return followUp(`notify: [leads], on_call: [{name: duty, calendar: "` + file + `", people: {grace hopper: grace}}]`)(c)
	}, anotherTarget("grace", "", ""))
	s.worker.Reminding.Routes.Groups[""] = "duty"
	key := s.confirmedIncident(s.Ticket("One", "a"))
	s.resolve(key)
	s.FastForward(time.Hour)
	s.expectTold("grace", 0)
	s.expectTold("", 1)
}

// A target that is given up is told of, and another one is told instead.
func TestADeadTargetFallsBack(t *testing.T) {
	dead := notifyfake.New()
	t.Cleanup(dead.Close)
	dead.Fail(1000, 404, 0)
	s := newStory(t, anotherTarget("grace", dead.Target(), ""))
	s.worker.Reminding.Routes.Groups[""] = "grace"
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.FastForward(time.Hour)
	s.ExpectReminders(id, "closing", 1)
	if m := s.ToldTo("")[0]; !strings.Contains(m.Text("message"), "because the target grace could not be reached") {
		t.Errorf("the message does not say why: %s", m.Text("message"))
	}
	s.ExpectMetric(`ticketlink_reminders_total{outcome="given_up",target="grace"}`, "1")
	if tried := dead.Attempts(); tried != 1 {
		t.Errorf("%d attempts at a target that is gone, want 1", tried)
	}
}

// A target that does not answer is tried for ten minutes first; where every
// target is dead the reminder is repeated until somebody hears.
func TestWhereEveryTargetIsDeadNothingIsLost(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.targets.Fail(1000, 503, 0)
	s.Rough(func() { s.FastForward(100 * time.Minute) })
	s.ExpectReminders(id, "closing", 0)
	s.ExpectMetric(`ticketlink_reminders_total{outcome="given_up",target="leads"}`, "1")
	s.targets.Fail(0, 0, 0)
	s.Rough(func() { s.FastForward(time.Hour) })
	if s.Reminders(id, "closing") == 0 {
		t.Error("nobody was reminded once the targets were back")
	}
}
