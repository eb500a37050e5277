package followup

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStatusAtEachBoundary(t *testing.T) {
	due := FollowUp{State: Open, DueAt: clockTime("10:00")}
	snoozed := due
	snoozed.SnoozedUntil = clockTime("12:00")
	never := DefaultPolicy()
	never.Remind = nil
	for _, c := range []struct {
		name   string
		f      FollowUp
		policy Policy
		now    string
		want   Status
	}{
		{"before it is due", due, DefaultPolicy(), "09:59", StatusPending},
		{"when it is due", due, DefaultPolicy(), "10:00", StatusDue},
		{"before the first reminder after that", due, DefaultPolicy(), "13:59", StatusDue},
		{"at the first reminder after that", due, DefaultPolicy(), "14:00", StatusOverdue},
		{"without reminders", due, never, "10:59", StatusDue},
		{"without reminders, an hour later", due, never, "11:00", StatusOverdue},
		{"while snoozed", snoozed, DefaultPolicy(), "11:59", StatusPending},
		{"when the snooze ends", snoozed, DefaultPolicy(), "12:00", StatusDue},
		{"long after the snooze", snoozed, DefaultPolicy(), "16:00", StatusOverdue},
		{"done", FollowUp{State: Done, DueAt: clockTime("10:00")}, DefaultPolicy(), "16:00", StatusDone},
		{"cancelled", FollowUp{State: Cancelled, DueAt: clockTime("10:00")}, DefaultPolicy(), "16:00", StatusCancelled},
	} {
		if got := StatusOf(c.f, c.policy, clockTime(c.now)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestReminders(t *testing.T) {
	due := FollowUp{State: Open, DueAt: clockTime("10:00")}
	with := func(change func(*FollowUp)) FollowUp {
		f := due
		change(&f)
		return f
	}
	for _, c := range []struct {
		name string
		f    FollowUp
		sent int
		want Reminder
		ok   bool
	}{
		{"the first comes when it is due", due, 0, Reminder{1, clockTime("10:00"), false}, true},
		{"the second four hours later", due, 1, Reminder{2, clockTime("14:00"), false}, true},
		{"the last escalates", due, 2, Reminder{3, when(t, "2026-03-03T10:00:00Z"), true}, true},
		{"then none", due, 3, Reminder{}, false},
		{"none while it is done", with(func(f *FollowUp) { f.State = Done }), 0, Reminder{}, false},
		{"none while it is cancelled", with(func(f *FollowUp) { f.State = Cancelled }), 0, Reminder{}, false},
		{"not before the snooze ends", with(func(f *FollowUp) { f.SnoozedUntil = clockTime("12:00") }), 0, Reminder{1, clockTime("12:00"), false}, true},
		{"not on the heels of a late one", with(func(f *FollowUp) { f.RemindedAt = clockTime("13:30") }), 1, Reminder{2, clockTime("17:30"), false}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := NextReminder(c.f, c.sent, DefaultPolicy())
			if diff := cmp.Diff(c.want, got); diff != "" || ok != c.ok {
				t.Errorf("%v (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func TestRemindersWaitForTheOpening(t *testing.T) {
	p := DefaultPolicy()
	p.Hours = madrid(t)
	p.Remind = []Span{{}, {D: time.Hour, Calendar: true}, {D: 2 * time.Hour}}
	f := FollowUp{State: Open, DueAt: when(t, "2026-03-06T17:30:00+01:00")} // Friday, half an hour before closing
	for sent, want := range []string{"2026-03-06T17:30:00+01:00", "2026-03-09T09:00:00+01:00", "2026-03-09T10:30:00+01:00"} {
		if r, ok := NextReminder(f, sent, p); !ok || !r.At.Equal(when(t, want)) {
			t.Errorf("reminder %d at %s, want %s", sent+1, r.At, want)
		}
	}
}

func TestAReminderSaysWhatToDoAndNamesNobody(t *testing.T) {
	in := story()
	in.Tickets = append(in.Tickets, ticket("2", "7", "09:55"))
	in.resolve("13:00")
	f := in.plan()[0]
	n := Notice{
		ID: "17", FollowUp: f, IncidentTitle: "Checkout\r\nfails", IncidentURL: "https://ticketlink.example/i/INC-42",
		TicketURLs: map[string]string{"1": "https://acme.example/tickets/1"},
		Stage:      3, Escalate: true, Now: clockTime("16:05"),
	}
	got := Render(n)
	want := Message{
		Key:     "INC-42/support/7/closing/1/reminder/3",
		Subject: "Escalation: INC-42: tell the customer that it is resolved (ticket 1)",
		Text: strings.Join([]string{
			"Incident INC-42: Checkout fails",
			"Please tell the customer that it is resolved. Due at 14:00 UTC on 2 March, 2 h 5 min ago.",
			"",
			"Ticket 1 https://acme.example/tickets/1",
			"Ticket 2",
			"All are from one customer: answering any of them is enough.",
			"",
			"The incident is resolved and this customer has not heard since. A public reply ends this reminder; a reply from before the resolution does not count.",
			"https://ticketlink.example/i/INC-42",
			"",
		}, "\n"),
		URL: "https://ticketlink.example/i/INC-42",
		Fields: map[string]string{
			"incident": "INC-42", "follow_up_id": "17", "kind": "closing", "helpdesk": "support",
			"ticket_id": "1", "ticket_ids": "1,2", "assignee": "agent-1", "due_at": "2026-03-02T14:00:00Z",
			"reason": f.Reason, "stage": "3", "escalation": "true",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the message differs (-want +got):\n%s", diff)
	}
}

func TestEveryKindHasItsWords(t *testing.T) {
	for _, k := range []Kind{FirstReply, Update, Closing} {
		m := Render(Notice{FollowUp: FollowUp{Incident: "INC-1", Kind: k, TicketID: "5", TicketIDs: []string{"5"}, DueAt: clockTime("10:00")}, Now: clockTime("10:00")})
		if !strings.Contains(m.Text, howTo[k]) || !strings.Contains(m.Subject, askFor[k]) || !strings.Contains(m.Text, "Due at 10:00 UTC on 2 March.\n") {
			t.Errorf("%s:\n%s\n%s", k, m.Subject, m.Text)
		}
	}
}

func TestInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Minute:                  "1 min",
		time.Hour - 1:                "59 min",
		time.Hour:                    "1 h 0 min",
		24*time.Hour - time.Second:   "23 h 59 min",
		26*time.Hour + 5*time.Minute: "1 d 2 h",
	} {
		if got := inWords(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

// The key goes into an HTTP header, whatever a helpdesk calls its people.
func TestKeysAreSafeInAHeader(t *testing.T) {
	in := story()
	in.Incident.Key = "INC 42\r\n/é"
	in.Tickets[0].Requester = "a b\x00/\U0001F600"
	if key := in.plan()[0].Key; strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.Count(key, "/") != 4 {
		t.Errorf("key %q", key)
	}
}
