package followup

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A world is an incident that things happen to, minute by minute. Its tickets
// are planned for now and then, as the worker does.
type world struct {
	in Input
}

func newWorld(t *rapid.T) *world {
	start := clockTime("10:00")
	w := &world{Input{
		Incident: Incident{Key: "INC-42", Phases: []Phase{{From: start}}},
		Policy:   DefaultPolicy(),
		Now:      start,
	}}
	w.in.Policy.PerTicket = rapid.Bool().Draw(t, "per ticket")
	if rapid.Bool().Draw(t, "business hours") {
		w.in.Policy.Hours, _ = NewHours(Schedule{Timezone: "Europe/Madrid", Days: weekdaysOnly, From: "09:00", To: "18:00"})
	}
	return w
}

func (w *world) phase() *Phase { return &w.in.Incident.Phases[len(w.in.Incident.Phases)-1] }

func (w *world) step(t *rapid.T) {
	w.in.Now = w.in.Now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
	switch rapid.IntRange(0, 9).Draw(t, "event") {
	case 0, 1, 2:
		w.ticket(t)
	case 3, 4:
		w.change(t, func(k *Ticket) { k.Replies = append(slices.Clone(k.Replies), w.in.Now) })
	case 5:
		status := rapid.SampledFrom([]string{"open", "solved", "closed", "deleted"}).Draw(t, "status")
		w.change(t, func(k *Ticket) { k.Status = status })
	case 6:
		link := rapid.SampledFrom([]string{"auto", "confirmed", "rejected", "suggested"}).Draw(t, "link")
		w.change(t, func(k *Ticket) { k.Link = link })
	case 7:
		w.change(t, func(k *Ticket) {
			k.Status, k.MergedInto, k.MergedReplies = "closed", "77", append(slices.Clone(k.MergedReplies), w.in.Now)
		})
	case 8:
		if w.phase().ResolvedAt.IsZero() {
			w.phase().ResolvedAt = w.in.Now
		} else {
			w.in.Incident.Phases = append(w.in.Incident.Phases, Phase{From: w.in.Now})
		}
	case 9:
		w.hand(t)
	}
}

func (w *world) ticket(t *rapid.T) {
	id := strconv.Itoa(len(w.in.Tickets) + 1)
	w.in.Tickets = append(w.in.Tickets, Ticket{
		Helpdesk: "support", ID: id, Requester: rapid.SampledFrom([]string{"", "7", "8", "9"}).Draw(t, "requester"),
		Status: "new", Link: rapid.SampledFrom([]string{"auto", "confirmed"}).Draw(t, "link"),
		CreatedAt: w.in.Now.Add(-time.Duration(rapid.IntRange(0, 120).Draw(t, "age")) * time.Minute),
	})
}

func (w *world) change(t *rapid.T, how func(*Ticket)) {
	if n := len(w.in.Tickets); n > 0 {
		how(&w.in.Tickets[rapid.IntRange(0, n-1).Draw(t, "ticket")])
	}
}

// hand is a person who ends or snoozes an open follow-up.
func (w *world) hand(t *rapid.T) {
	for i := range w.in.Existing {
		f := &w.in.Existing[i]
		if f.State != Open || !rapid.Bool().Draw(t, "this one") {
			continue
		}
		switch rapid.SampledFrom([]string{"done", "cancel", "snooze"}).Draw(t, "decision") {
		case "done":
			f.State, f.ByHand, f.EndedAt = Done, true, w.in.Now
		case "cancel":
			f.State, f.ByHand, f.EndedAt = Cancelled, true, w.in.Now
		case "snooze":
			f.SnoozedUntil = w.in.Now.Add(3 * time.Hour)
		}
		return
	}
}

func live(t *rapid.T, check func(t *rapid.T, w *world, before, plan []FollowUp)) {
	w := newWorld(t)
	for range rapid.IntRange(1, 25).Draw(t, "events") {
		w.step(t)
		if rapid.IntRange(0, 2).Draw(t, "plan now") == 0 {
			continue
		}
		before := w.in.Existing
		w.in.Existing = Plan(w.in)
		check(t, w, before, slices.Clone(w.in.Existing))
	}
}

func TestPlanningAgainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live(t, func(t *rapid.T, w *world, _, plan []FollowUp) {
			again := w.in
			again.Tickets = slices.Clone(w.in.Tickets)
			again.Existing = slices.Clone(plan)
			random := rand.New(rand.NewPCG(1, uint64(len(plan))))
			random.Shuffle(len(again.Tickets), func(i, j int) {
				again.Tickets[i], again.Tickets[j] = again.Tickets[j], again.Tickets[i]
			})
			again.Now = again.Now.Add(time.Hour) // the clock alone changes nothing either
			if diff := cmp.Diff(plan, Plan(again)); diff != "" {
				t.Fatalf("planned again, with the tickets in another order (-first +second):\n%s", diff)
			}
		})
	})
}

func TestEveryCustomerWhoCanBeToldHasExactlyOneDuty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live(t, func(t *rapid.T, w *world, _, plan []FollowUp) {
			open, closing, keys := map[string]int{}, map[string]int{}, map[string]bool{}
			for _, f := range plan {
				if keys[f.Key] {
					t.Fatalf("%s twice", f.Key)
				}
				keys[f.Key] = true
				if f.State == Open {
					open[f.Customer]++
				}
				if f.Kind == Closing && f.Phase == len(w.in.Incident.Phases) {
					closing[f.Customer]++
				}
			}
			resolved := !w.phase().ResolvedAt.IsZero()
			customers := map[string]bool{}
			for _, k := range w.in.Tickets {
				id := customerID(k, w.in.Policy.PerTicket)
				customers[id] = customers[id] || k.live()
			}
			for id, canBeTold := range customers {
				if open[id] > 1 || !canBeTold && open[id] > 0 || resolved && canBeTold && closing[id] != 1 {
					t.Fatalf("%s: can be told %v, %d open, %d closing:\n%s", id, canBeTold, open[id], closing[id], list(plan))
				}
			}
		})
	})
}

func TestNothingIsDueBeforeItsEventNorDoneBeforeIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live(t, func(t *rapid.T, w *world, _, plan []FollowUp) {
			for _, f := range plan {
				phase := w.in.Incident.Phases[f.Phase-1]
				event := phase.From
				if f.Kind == Closing && !phase.ResolvedAt.IsZero() {
					event = phase.ResolvedAt
				}
				if f.Since.Before(event) || f.DueAt.Before(f.Since) {
					t.Fatalf("%s: event at %s, counted from %s, due %s", f.Key, event, f.Since, f.DueAt)
				}
				if f.Kind == Closing && f.State == Done && !f.ByHand && !f.EndedAt.After(event) {
					t.Fatalf("%s: done at %s by a word from before the resolution at %s", f.Key, f.EndedAt, event)
				}
				if (f.State == Open) != f.EndedAt.IsZero() || f.Reason == "" && !f.ByHand {
					t.Fatalf("%s is %s, ended %s, because %q", f.Key, f.State, f.EndedAt, f.Reason)
				}
			}
		})
	})
}

func TestWhatIsDoneStaysDoneAndNothingIsForgotten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live(t, func(t *rapid.T, _ *world, before, plan []FollowUp) {
			after := map[string]FollowUp{}
			for _, f := range plan {
				after[f.Key] = f
			}
			for _, f := range before {
				got, ok := after[f.Key]
				if !ok {
					t.Fatalf("%s is gone", f.Key)
				}
				if diff := cmp.Diff(f, got); diff != "" && (f.ByHand || f.State == Done) {
					t.Fatalf("%s had ended (-before +after):\n%s", f.Key, diff)
				}
			}
		})
	})
}

func TestStatusAndRemindersOnlyGoForward(t *testing.T) {
	rank := map[Status]int{StatusPending: 0, StatusDue: 1, StatusOverdue: 2}
	rapid.Check(t, func(t *rapid.T) {
		f := FollowUp{State: Open, DueAt: clockTime("10:00").Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "due")) * time.Minute)}
		if rapid.Bool().Draw(t, "snoozed") {
			f.SnoozedUntil = f.DueAt.Add(time.Duration(rapid.IntRange(-600, 600).Draw(t, "snooze")) * time.Minute)
		}
		w := newWorld(t)
		now, sent, last := clockTime("10:00"), 0, 0
		for range 40 {
			now = now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "minutes")) * time.Minute)
			if r := rank[StatusOf(f, w.in.Policy, now)]; r < last {
				t.Fatalf("status fell from %d to %d", last, r)
			} else {
				last = r
			}
			r, ok := NextReminder(f, sent, w.in.Policy)
			if !ok {
				if sent != len(w.in.Policy.Remind) {
					t.Fatalf("%d of %d reminders", sent, len(w.in.Policy.Remind))
				}
				continue
			}
			if r.At.Before(f.DueAt) || r.At.Before(f.SnoozedUntil) || !w.in.Policy.Hours.Open(r.At) || r.At.Before(f.RemindedAt) {
				t.Fatalf("reminder %+v of %+v", r, f)
			}
			if r.Stage != sent+1 || r.Escalate != (r.Stage == len(w.in.Policy.Remind)) {
				t.Fatalf("reminder %+v after %d", r, sent)
			}
			if !now.Before(r.At) {
				if StatusOf(f, w.in.Policy, now) == StatusPending {
					t.Fatalf("reminded at %s of a pending one", now)
				}
				sent, f.RemindedAt = sent+1, now
			}
		}
	})
}

func list(plan []FollowUp) string {
	var s string
	for _, f := range plan {
		s += fmt.Sprintf("%s %s: %s\n", f.Key, f.State, f.Reason)
	}
	return s
}
