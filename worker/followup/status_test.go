package followup

import (
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
