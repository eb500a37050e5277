package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// On the ticket itself: one note for each reminder, also where the helpdesk's
// answer was lost, and a tag for as long as the follow-up is due.
func TestRemindersOnTheTicketItself(t *testing.T) {
	s := newStory(t, anotherTarget("on-ticket", "ticket://note?tag=follow_up_due", ""))
	s.worker.Reminding.Routes.Groups[""] = "on-ticket"
	agent := s.helpdesk.AddAgent("Grace")
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.resolve(key)
	s.FastForward(59 * time.Minute)
	s.helpdesk.Inject(zendeskfake.Fault{Method: http.MethodPut, Path: "/api/v2/tickets/" + id, Times: 1, Drop: true, Applied: true})
	s.Rough(func() { s.FastForward(5 * time.Minute) })
	notes := func() (n int) {
		for _, note := range s.helpdesk.Notes(id) {
			n += strings.Count(note, "["+"ticketlink "+key+" follow-up ")
		}
		return n
	}
	if notes() != 1 || !slices.Contains(s.helpdesk.Tags(id), "follow_up_due") {
		t.Errorf("%d notes, tags %q; want one note and the tag", notes(), s.helpdesk.Tags(id))
	}
	s.FastForward(4 * time.Hour)
	if notes() != 2 {
		t.Errorf("%d notes after the second reminder, want 2", notes())
	}
	s.helpdesk.PublicReply(id, agent, s.clock())
	s.FastForward(3 * time.Minute)
	if slices.Contains(s.helpdesk.Tags(id), "follow_up_due") {
		t.Error("the tag stayed after the follow-up was done")
	}
}

const slackSecret = "planted-signing-secret"

// press posts what Slack does when somebody presses a button.
func (s *story) press(target, action, followUp, secret string, at time.Time) int {
	s.t.Helper()
	body := url.Values{"payload": {fmt.Sprintf(`{"type":"block_actions","user":{"id":"U1","username":"grace"},
		"actions":[{"action_id":%q,"value":%q}],"response_url":"https://nowhere.example"}`, action, followUp)}}.Encode()
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	code := s.Post("/webhooks/"+target+"/interactive", body, map[string]string{"Content-Type": "application/x-www-form-urlencoded",
		"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + hex.EncodeToString(mac.Sum(nil))})
	s.Settle()
	return code
}

// Slack's buttons do what they say in the name of who pressed them, and only
// Slack can press them.
func TestSlacksButtons(t *testing.T) {
	s := newStory(t, anotherTarget("slack", "slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook", ", signing_secret: "+slackSecret))
	done, snoozed, innocent := s.Ticket("One", "a"), s.Ticket("Two", "b"), s.Ticket("Three", "c")
	key := s.confirmedIncident(done, snoozed, innocent)
	s.resolve(key)
	of := func(ticket string) string { return s.ExpectFollowUp(key, "closing", ticket, "pending").ID }
	for _, c := range []struct {
		name, target, secret string
		at                   time.Time
		code                 int
	}{
		{"a stranger", "slack", "another", s.clock(), 401},
		{"an old request", "slack", slackSecret, s.clock().Add(-6 * time.Minute), 401},
		{"a target without buttons", "leads", slackSecret, s.clock(), 404},
	} {
		if code := s.press(c.target, "done", of(done), c.secret, c.at); code != c.code {
			t.Errorf("%s: %d, want %d", c.name, code, c.code)
		}
	}
	for ticket, action := range map[string]string{done: "done", snoozed: "snooze", innocent: "not_affected"} {
		if code := s.press("slack", action, of(ticket), slackSecret, s.clock()); code != 200 {
			t.Errorf("%s: %d, want 200", action, code)
		}
	}
	if f := s.ExpectFollowUp(key, "closing", done, "done"); f.Reason != "marked as done by grace (Slack)" {
		t.Errorf("reason is %q", f.Reason)
	}
	s.ExpectFollowUp(key, "closing", innocent, "cancelled")
	s.ExpectState(key, innocent, "rejected")
	s.FastForward(90 * time.Minute)
	s.ExpectReminders(snoozed, "closing", 0)
	s.FastForward(31 * time.Minute)
	s.ExpectReminders(snoozed, "closing", 1)
	if code := s.press("slack", "done", "999999", slackSecret, s.clock()); code != 200 {
		t.Errorf("a follow-up that is gone: %d, want 200 and a word in the chat", code)
	}
}

// fetch reads a path of the service as text.
func (s *story) fetch(path string) string {
	s.t.Helper()
	resp, err := http.Get(s.service.URL + path)
	s.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	s.must(err)
	if resp.StatusCode != 200 {
		s.t.Fatalf("%s: %d %s", path, resp.StatusCode, raw)
	}
	return string(raw)
}

// Follow-ups as a table and as a calendar, for one agent too; nothing in them
// runs in a spreadsheet.
func TestFeedsOfFollowUps(t *testing.T) {
	s := newStory(t)
	if empty := s.fetch("/api/v1/follow-ups.ics"); !strings.Contains(empty, "END:VCALENDAR") {
		t.Errorf("the empty calendar is %q", empty)
	}
	agent := s.helpdesk.AddAgent("Grace")
	who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Ada"})
	mine := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Mine", Description: "a", RequesterID: who, AssigneeID: agent})
	other := s.Ticket("Other", "b")
	s.Settle()
	key := s.Declare(map[string]any{"title": "=1+1", "severity": "sev1"}).Key
	for _, id := range []string{mine, other} {
		s.API("PUT", "/incidents/"+key+"/tickets/support/"+id, map[string]any{"state": "confirmed"}, 200, nil)
	}
	s.Settle()
	s.resolve(key)

	rows, err := csv.NewReader(strings.NewReader(s.fetch("/api/v1/follow-ups.csv?status=pending&incident=" + key))).ReadAll()
	s.must(err)
	if len(rows) != 3 || rows[0][0] != "id" || rows[1][2] != "'=1+1" {
		t.Errorf("the table is %q", rows)
	}
	calendar, err := ical.NewDecoder(strings.NewReader(s.fetch("/api/v1/follow-ups.ics?assignee=" + agent))).Decode()
	s.must(err)
	events := calendar.Events()
	if len(events) != 1 {
		t.Fatalf("the agent's calendar has %d events, want 1", len(events))
	}
	due, err := events[0].DateTimeStart(time.UTC)
	s.must(err)
	if want := s.ExpectFollowUp(key, "closing", mine, "pending").DueAt.Truncate(time.Second); !due.Equal(want) {
		t.Errorf("the event is at %s, want %s", due, want)
	}
}

// History that is loaded later is not owed a word.
func TestAnIncidentOfLongAgoOwesNothing(t *testing.T) {
	s := newStory(t)
	id := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Old", Description: "a", RequesterID: s.customer, At: s.clock().Add(-20 * 24 * time.Hour)})
	s.Settle()
	long := s.clock().Add(-21 * 24 * time.Hour)
	key := s.Declare(map[string]any{"title": "Payments failed", "started_at": long, "declared_at": long}).Key
	s.API("POST", "/incidents/"+key+"/resolve", map[string]any{"resolved_at": long.Add(26 * time.Hour)}, 200, nil)
	s.API("PUT", "/incidents/"+key+"/tickets/support/"+id, map[string]any{"state": "confirmed"}, 200, nil)
	s.FastForward(10 * time.Minute)
	s.ExpectReminders(id, "closing", 0)
	if f := s.ExpectFollowUp(key, "closing", id, "cancelled"); !strings.Contains(f.Reason, "more than 14 d") {
		t.Errorf("reason is %q", f.Reason)
	}
}

// A target's reminders come in its language.
func TestATeamsLanguage(t *testing.T) {
	s := newStory(t, anotherTarget("grace", "", ", language: de"))
	s.worker.Reminding.Routes.Groups[""] = "grace"
	key := s.confirmedIncident(s.Ticket("One", "a"))
	s.resolve(key)
	s.FastForward(time.Hour)
	if m := s.ToldTo("grace"); len(m) != 1 || !strings.HasPrefix(m[0].Text("message"), "Störung "+key) {
		t.Errorf("told %+v", m)
	}
}
