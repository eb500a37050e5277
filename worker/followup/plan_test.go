package followup

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// clockTime gives moments of one day, so that the rules below can be read.
func clockTime(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-03-02 "+s)
	if err != nil {
		panic(err)
	}
	return t
}

// A story is the input that most tests begin with: INC-42 was declared at
// 10:00, and customer 7 wrote ticket 1 at 9:50.
func story() Input {
	return Input{
		Incident: Incident{Key: "INC-42", Severity: "critical", Phases: []Phase{{From: clockTime("10:00")}}},
		Tickets:  []Ticket{ticket("1", "7", "09:50")},
		Policy:   DefaultPolicy(),
		Now:      clockTime("12:00"),
	}
}

func ticket(id, requester, created string) Ticket {
	return Ticket{
		Helpdesk: "support", ID: id, Requester: requester, Status: "open", Link: "auto",
		Assignee: "agent-1", CreatedAt: clockTime(created),
	}
}

func (in *Input) answer(ticket int, at string) {
	in.Tickets[ticket].Replies = append(in.Tickets[ticket].Replies, clockTime(at))
}

func (in *Input) resolve(at string) {
	in.Incident.Phases[len(in.Incident.Phases)-1].ResolvedAt = clockTime(at)
}

func (in *Input) reopen(at string) {
	in.Incident.Phases = append(in.Incident.Phases, Phase{From: clockTime(at)})
}

// plan keeps the result, as the tables would.
func (in *Input) plan() []FollowUp {
	in.Existing = Plan(*in)
	return in.Existing
}

// brief is what the tests look at.
type brief struct {
	Kind   Kind
	State  State
	Due    string
	Reason string
}

func briefly(plan []FollowUp) []brief {
	var all []brief
	for _, f := range plan {
		all = append(all, brief{f.Kind, f.State, f.DueAt.Format("15:04"), f.Reason})
	}
	return all
}

func expect(t *testing.T, plan []FollowUp, want ...brief) {
	t.Helper()
	less := func(a, b brief) bool { return a.Due+string(a.Kind) < b.Due+string(b.Kind) }
	if diff := cmp.Diff(want, briefly(plan), cmpopts.SortSlices(less)); diff != "" {
		t.Errorf("the plan differs (-want +got):\n%s", diff)
	}
}

func TestAnOpenIncidentOwesAFirstReply(t *testing.T) {
	in := story()
	expect(t, in.plan(), brief{FirstReply, Open, "10:30", "no public reply yet"}) // counted from the declaration

	in.Tickets[0].CreatedAt = clockTime("10:05")
	expect(t, in.plan(), brief{FirstReply, Open, "10:35", "no public reply yet"}) // counted from the ticket
}

func TestAPublicReplyEndsTheFirstAndBeginsTheWaitForNews(t *testing.T) {
	in := story()
	in.plan()
	in.answer(0, "10:20")
	expect(t, in.plan(),
		brief{FirstReply, Done, "10:30", "answered publicly on ticket 1 at 10:20 UTC on 2 March"},
		brief{Update, Open, "14:20", "no news since 10:20 UTC on 2 March"})

	in.answer(0, "11:00")
	expect(t, in.plan(),
		brief{FirstReply, Done, "10:30", "answered publicly on ticket 1 at 10:20 UTC on 2 March"},
		brief{Update, Done, "14:20", "answered publicly on ticket 1 at 11:00 UTC on 2 March"},
		brief{Update, Open, "15:00", "no news since 11:00 UTC on 2 March"})
}

func TestASolvedTicketNeedsNoNewsButTheClosingWord(t *testing.T) {
	in := story()
	in.answer(0, "10:20")
	in.plan()
	in.Tickets[0].Status = "solved"
	expect(t, in.plan(), brief{Update, Cancelled, "14:20", "ticket 1 is solved"})
	in.resolve("13:00")
	expect(t, in.plan(),
		brief{Update, Cancelled, "14:20", "ticket 1 is solved"},
		brief{Closing, Open, "14:00", "the incident was resolved at 13:00 UTC on 2 March and the customer has not heard since"})
}

func TestTheClosingWordTakesThePlaceOfTheOthers(t *testing.T) {
	in := story()
	in.plan()
	in.resolve("13:00")
	expect(t, in.plan(),
		brief{FirstReply, Cancelled, "10:30", "the incident was resolved at 13:00 UTC on 2 March: the closing word takes its place"},
		brief{Closing, Open, "14:00", "the incident was resolved at 13:00 UTC on 2 March and the customer has not heard since"})
}

func TestOnlyAReplyAfterTheResolutionIsTheClosingWord(t *testing.T) {
	for reply, want := range map[string]brief{
		"12:59": {Closing, Open, "14:00", "the incident was resolved at 13:00 UTC on 2 March and the customer has not heard since"},
		"13:00": {Closing, Open, "14:00", "the incident was resolved at 13:00 UTC on 2 March and the customer has not heard since"},
		"13:01": {Closing, Done, "14:00", "answered publicly on ticket 1 at 13:01 UTC on 2 March, after the resolution"},
	} {
		in := story()
		in.answer(0, reply)
		in.resolve("13:00")
		expect(t, in.plan(), want)
	}
}

func TestAResolutionThatIsMovedBehindTheReplyOwesTheWordAgain(t *testing.T) {
	in := story()
	in.answer(0, "13:10")
	in.resolve("13:00")
	in.plan()
	in.resolve("13:30")
	expect(t, in.plan(), brief{Closing, Open, "14:30", "the incident was resolved at 13:30 UTC on 2 March and the customer has not heard since"})
}

func TestFiveTicketsOfOneCustomerAreOneFollowUp(t *testing.T) {
	in := story()
	in.Tickets = append(in.Tickets, ticket("3", "7", "10:02"), ticket("2", "7", "09:55"), ticket("4", "8", "10:01"))
	in.answer(1, "13:05")
	in.resolve("13:00")
	plan := in.plan()
	if len(plan) != 2 {
		t.Fatalf("%d follow-ups for two customers", len(plan))
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, plan[0].TicketIDs); diff != "" {
		t.Error(diff)
	}
	if plan[0].State != Done || plan[1].State != Open {
		t.Errorf("states %s and %s: answering any ticket is enough, but only for its customer", plan[0].State, plan[1].State)
	}
}

func TestTicketsAreFollowedUpOneByOneWhereThePolicySaysSo(t *testing.T) {
	in := story()
	in.Tickets = append(in.Tickets, ticket("2", "7", "09:55"))
	in.Policy.PerTicket = true
	if plan := in.plan(); len(plan) != 2 {
		t.Errorf("%d follow-ups for two tickets", len(plan))
	}
	in.Policy.PerTicket = false
	expect(t, in.plan(),
		brief{FirstReply, Open, "10:30", "no public reply yet"},
		brief{FirstReply, Cancelled, "10:30", "ticket 1 belongs to another follow-up now"},
		brief{FirstReply, Cancelled, "10:30", "ticket 2 belongs to another follow-up now"})
}

func TestATicketOfAnUnknownRequesterIsItsOwnCustomer(t *testing.T) {
	in := story()
	in.Tickets = []Ticket{ticket("1", "", "09:50"), ticket("2", "", "09:50")}
	if plan := in.plan(); len(plan) != 2 {
		t.Errorf("%d follow-ups for two strangers", len(plan))
	}
}

func TestAFollowUpEndsWithTheReasonOnRecord(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*Input)
		want    brief
	}{
		"rejected":       {func(in *Input) { in.Tickets[0].Link = "rejected" }, brief{Closing, Cancelled, "14:00", "the link of ticket 1 was rejected"}},
		"only suggested": {func(in *Input) { in.Tickets[0].Link = "suggested" }, brief{Closing, Cancelled, "14:00", "ticket 1 is not linked any more"}},
		"unlinked":       {func(in *Input) { in.Tickets = nil }, brief{Closing, Cancelled, "14:00", "ticket 1 is not linked any more"}},
		"deleted":        {func(in *Input) { in.Tickets[0].Status = "deleted" }, brief{Closing, Cancelled, "14:00", "ticket 1 was deleted"}},
		"closed":         {func(in *Input) { in.Tickets[0].Status = "closed" }, brief{Closing, Cancelled, "14:00", "ticket 1 is closed and cannot be answered"}},
		"reopened":       {func(in *Input) { in.Tickets[0].Status = "solved"; in.answer(0, "11:00"); in.reopen("13:30") }, brief{Closing, Cancelled, "14:00", "the incident was reopened"}},
		"switched off":   {func(in *Input) { in.Policy.AfterResolve.Off = true }, brief{Closing, Cancelled, "14:00", "the policy does not ask for it any more"}},
		"merged into an answered one": {func(in *Input) {
			in.Tickets[0].Status, in.Tickets[0].MergedInto = "closed", "77"
			in.Tickets[0].MergedReplies = []time.Time{clockTime("12:00"), clockTime("13:20")}
		}, brief{Closing, Done, "14:00", "ticket 1 was closed by merge into 77, which was answered publicly at 13:20 UTC on 2 March, after the resolution"}},
		"merged into one that waits": {func(in *Input) {
			in.Tickets[0].Status, in.Tickets[0].MergedInto = "closed", "77"
		}, brief{Closing, Open, "14:00", "the incident was resolved at 13:00 UTC on 2 March and the customer has not heard since"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := story()
			in.resolve("13:00")
			in.plan()
			c.happens(&in)
			expect(t, in.plan(), c.want)
		})
	}
}

func TestAClosedTicketIsOnRecordEvenWhenItWasNeverOpenForAnswer(t *testing.T) {
	in := story()
	in.Tickets[0].Status = "closed"
	expect(t, in.plan())
	in.resolve("13:00")
	expect(t, in.plan(), brief{Closing, Cancelled, "14:00", "ticket 1 is closed and cannot be answered"})
}

func TestAReopenedIncidentOwesTheClosingWordAgain(t *testing.T) {
	in := story()
	in.answer(0, "13:10")
	in.resolve("13:00")
	in.plan()
	in.reopen("14:00")
	expect(t, in.plan(),
		brief{Closing, Done, "14:00", "answered publicly on ticket 1 at 13:10 UTC on 2 March, after the resolution"},
		brief{Update, Open, "18:00", "no news since 14:00 UTC on 2 March"})
	in.resolve("15:00")
	expect(t, in.plan(),
		brief{Closing, Done, "14:00", "answered publicly on ticket 1 at 13:10 UTC on 2 March, after the resolution"},
		brief{Update, Cancelled, "18:00", "the incident was resolved at 15:00 UTC on 2 March: the closing word takes its place"},
		brief{Closing, Open, "16:00", "the incident was resolved at 15:00 UTC on 2 March and the customer has not heard since"})
}

func TestAWordAfterTheReopeningIsNotTheClosingWord(t *testing.T) {
	in := story()
	in.resolve("13:00")
	in.plan()
	in.reopen("14:00")
	in.answer(0, "14:00")
	expect(t, in.plan(),
		brief{Closing, Cancelled, "14:00", "the incident was reopened"},
		brief{Update, Open, "18:00", "no news since 14:00 UTC on 2 March"})
}

func TestATicketFromAfterTheResolutionHasItsOwnTime(t *testing.T) {
	in := story()
	in.Tickets[0].CreatedAt = clockTime("13:40")
	in.resolve("13:00")
	expect(t, in.plan(), brief{Closing, Open, "14:40", "the incident was resolved at 13:00 UTC on 2 March and the customer has not heard since"})
}

func TestAnIncidentDeclaredWhenItWasOverIsDueFromTheDeclaration(t *testing.T) {
	in := story()
	in.resolve("09:00")
	expect(t, in.plan(), brief{Closing, Open, "11:00", "the incident was resolved at 09:00 UTC on 2 March and the customer has not heard since"})
	in.answer(0, "09:55")
	expect(t, in.plan(), brief{Closing, Done, "11:00", "answered publicly on ticket 1 at 09:55 UTC on 2 March, after the resolution"})
}

func TestARejectionThatIsTakenBackRevivesTheFollowUp(t *testing.T) {
	in := story()
	in.plan()
	in.Tickets[0].Link = "rejected"
	expect(t, in.plan(), brief{FirstReply, Cancelled, "10:30", "the link of ticket 1 was rejected"})
	in.Tickets[0].Link = "confirmed"
	expect(t, in.plan(), brief{FirstReply, Open, "10:30", "no public reply yet"})
}

func TestWhatAPersonDecidedStays(t *testing.T) {
	for _, state := range []State{Done, Cancelled} {
		in := story()
		in.resolve("13:00")
		in.plan()
		hand := &in.Existing[0]
		hand.State, hand.ByHand, hand.Reason, hand.EndedAt = state, true, "by Ann", clockTime("12:30")
		want := in.Existing[0]
		in.answer(0, "13:20")
		if diff := cmp.Diff([]FollowUp{want}, in.plan()); diff != "" {
			t.Errorf("%s by hand (-want +got):\n%s", state, diff)
		}
	}
}

func TestAWordByTelephoneCountsAsNews(t *testing.T) {
	in := story()
	in.plan()
	hand := &in.Existing[0]
	hand.State, hand.ByHand, hand.Reason, hand.EndedAt = Done, true, "called", clockTime("10:10")
	expect(t, in.plan(),
		brief{FirstReply, Done, "10:30", "called"},
		brief{Update, Open, "14:10", "no news since 10:10 UTC on 2 March"})
}

func TestASnoozeAndTheLastReminderAreKept(t *testing.T) {
	in := story()
	in.plan()
	in.Existing[0].SnoozedUntil, in.Existing[0].RemindedAt = clockTime("16:00"), clockTime("11:00")
	in.Tickets = append(in.Tickets, ticket("2", "7", "09:40"))
	got := in.plan()[0]
	if !got.SnoozedUntil.Equal(clockTime("16:00")) || !got.RemindedAt.Equal(clockTime("11:00")) {
		t.Errorf("snoozed until %s, reminded at %s", got.SnoozedUntil, got.RemindedAt)
	}
	if got.TicketID != "2" {
		t.Errorf("the ticket to answer is %s, want the oldest", got.TicketID)
	}
}

func TestTheDueTimeCountsInBusinessHours(t *testing.T) {
	in := story()
	in.Policy.Hours = madrid(t)
	in.resolve("16:30") // 17:30 in Madrid
	if got, want := in.plan()[0].DueAt, when(t, "2026-03-03T08:30:00Z"); !got.Equal(want) {
		t.Errorf("due %s, want %s", got, want)
	}
}
