package followup

import "time"

// A Status is a follow-up's state at a moment, as the API names it.
type Status string

// The statuses. Pending, due and overdue are the open ones.
const (
	StatusPending   Status = "pending"
	StatusDue       Status = "due"
	StatusOverdue   Status = "overdue"
	StatusDone      Status = "done"
	StatusCancelled Status = "cancelled"
)

// StatusOf returns where f stands: pending until it is due, then due, then
// overdue, see Deadlines.
func StatusOf(f FollowUp, p Policy, now time.Time) Status {
	due, overdue := Deadlines(f, p)
	switch {
	case f.State == Done:
		return StatusDone
	case f.State == Cancelled:
		return StatusCancelled
	case now.Before(due):
		return StatusPending
	case now.Before(overdue):
		return StatusDue
	}
	return StatusOverdue
}

// Deadlines returns when an open follow-up becomes due, for a snoozed one not
// before the snooze ends, and overdue: with the first reminder that comes later
// than the due time, or an hour later where there is none.
func Deadlines(f FollowUp, p Policy) (due, overdue time.Time) {
	p = p.For(f.Severity, f.Plan, f.Organization)
	due = later(f.DueAt, f.SnoozedUntil).UTC()
	return due, p.grace().After(due, p.Hours).UTC()
}

// grace is the time from due to overdue.
func (p Policy) grace() Span {
	for _, s := range p.Remind {
		if s.D > 0 && !s.Off {
			return s
		}
	}
	return Span{D: time.Hour}
}

// A Reminder says when support is told of a follow-up, and how urgently.
type Reminder struct {
	Stage    int // 1 for the first
	At       time.Time
	Escalate bool // the last one also goes to the escalation targets
}

// NextReminder returns the reminder after the sent ones, false where none is
// left or the follow-up has ended. It comes at its time after the due time, but
// not before a snooze ends, not outside business hours, and not sooner after
// the previous reminder than the policy has between the two: somebody who
// learns late of an old duty gets one reminder at once, not three.
func NextReminder(f FollowUp, sent int, p Policy) (Reminder, bool) {
	p = p.For(f.Severity, f.Plan, f.Organization)
	if f.State != Open || sent < 0 || sent >= len(p.Remind) || p.Remind[sent].Off {
		return Reminder{}, false
	}
	span := p.Remind[sent]
	at := later(span.After(f.DueAt, p.Hours), f.SnoozedUntil)
	if sent > 0 && !f.RemindedAt.IsZero() {
		gap := Span{D: max(span.D-p.Remind[sent-1].D, 0), Calendar: span.Calendar}
		at = later(at, gap.After(f.RemindedAt, p.Hours))
	}
	return Reminder{
		Stage:    sent + 1,
		At:       p.Hours.Next(at).UTC(),
		Escalate: sent+1 == len(p.Remind),
	}, true
}
