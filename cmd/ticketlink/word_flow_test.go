package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// A spoken link is one that a person decided, as the API shows it.
type spoken struct {
	State     string
	DecidedBy string    `json:"decided_by"`
	DecidedAt time.Time `json:"decided_at"`
}

// Words returns what people decided of an incident's tickets.
func (s *story) Words(key string) map[string]spoken {
	s.t.Helper()
	var page struct {
		Items []struct {
			TicketID string `json:"ticket_id"`
			spoken
		}
	}
	s.API("GET", "/incidents/"+key+"/tickets?limit=500", nil, 200, &page)
	words := map[string]spoken{}
	for _, l := range page.Items {
		if l.DecidedBy != "" {
			words[l.TicketID] = l.spoken
		}
	}
	return words
}

// Say records a person's word and returns it as it stands.
func (s *story) Say(key, ticket, state, by string) spoken {
	s.t.Helper()
	s.API("PUT", "/incidents/"+key+"/tickets/support/"+ticket, map[string]any{"state": state, "by": by}, 200, nil)
	return s.Words(key)[ticket]
}

// ExpectWord requires that a person's word stands as it was said.
func (s *story) ExpectWord(when, key, ticket string, want spoken) {
	s.t.Helper()
	if got := s.Words(key)[ticket]; got.State != want.State || got.DecidedBy != want.DecidedBy || !got.DecidedAt.Equal(want.DecidedAt) {
		s.t.Errorf("%s, ticket %s of %s is %+v, want %+v", when, ticket, key, got, want)
	}
}

// What a person said of a ticket stands, with who said it and when, whatever
// becomes of the incident, of the ticket and of what was learned.
func TestAPersonsWordOutlivesAll(t *testing.T) {
	var text string
	s := newStory(t, func(all string) string { text = all; return all })
	s.Ordinary(600)
	began := s.clock()
	tickets := s.PaymentTickets(8)
	other := s.Ticket("Please change my invoice address", "We moved.", "how_to")
	s.FastForward(time.Minute)
	key := s.Declare(paymentsFail).Key
	s.FastForward(2 * time.Minute)
	yes, no := s.Say(key, other, "confirmed", "maria"), s.Say(key, tickets[0], "rejected", "jon")

	patch := func(fields map[string]any) { s.API("PATCH", "/incidents/"+key, fields, 200, nil) }
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"scored again", func() { s.helpdesk.SetTags(tickets[0], "payments", "checkout", "urgent") }},
		{"begun long after the tickets", func() {
			patch(map[string]any{"started_at": s.clock().Add(20 * time.Hour), "declared_at": s.clock().Add(20 * time.Hour)})
			s.FastForward(2 * time.Minute)
			s.ExpectState(key, tickets[1], "") // the machine's own links go
		}},
		{"begun when it began", func() { patch(map[string]any{"started_at": began, "declared_at": began}) }},
		{"about something else", func() { patch(map[string]any{"title": "Dark mode", "services": []string{}, "tags": []string{}}) }},
		{"resolved", func() { s.API("POST", "/incidents/"+key+"/resolve", nil, 200, nil) }},
		{"reopened", func() { s.API("POST", "/incidents/"+key+"/reopen", nil, 200, nil) }},
		{"the history loaded once more", func() {
			s.must(s.worker.Backfill(t.Context(), "support", aMonday.Add(-24*time.Hour), func(int64, time.Time, bool) {}))
		}},
		{"the tickets deleted", func() { s.helpdesk.Delete(other); s.helpdesk.Delete(tickets[0]) }},
		{"the tickets back", func() { s.helpdesk.Undelete(other); s.helpdesk.Undelete(tickets[0]) }},
		{"what was learned forgotten", func() { s.API("POST", "/model/reset", map[string]any{"part": "all"}, 200, nil) }},
		{"restarted without text", func() { s.logTo(t.Output(), withoutText(text)); s.purge() }},
	} {
		step.do()
		s.FastForward(3 * time.Minute)
		s.ExpectWord(step.what, key, other, yes)
		s.ExpectWord(step.what, key, tickets[0], no)
	}

	// Only people change it. Another person takes a no back: the machine decides again.
	patch(paymentsFail)
	page := s.Visitor()
	page.Submit("/sign-in", url.Values{"name": {"Grace"}})
	page.Submit("/incidents/"+key+"/decide", url.Values{"ticket": {"support/" + tickets[0]}, "state": {"undecided"}})
	s.FastForward(3 * time.Minute)
	s.ExpectLinked(key, tickets[0])
	s.ExpectWord("another's taken back", key, other, yes)
	again := s.Say(key, other, "confirmed", "maria") // a repeat
	if !again.DecidedAt.Equal(yes.DecidedAt) {
		t.Errorf("maria's word of %v, repeated, is of %v", yes.DecidedAt, again.DecidedAt)
	}
	if last := s.Say(key, other, "rejected", "jon"); last.State != "rejected" || last.DecidedBy != "jon" {
		t.Errorf("jon overruled maria, and it is %+v", last)
	}
}

// Two incidents become one, whichever goes on: what people said of their tickets
// stands there, with who said it and when. A customer whom somebody counts to
// either is affected, though they were told apart from the other.
func TestAPersonsWordOutlivesAMerge(t *testing.T) {
	for _, merge := range []struct{ from, into string }{{"INC-1", "INC-2"}, {"INC-2", "INC-1"}} {
		t.Run(merge.from+" into "+merge.into, func(t *testing.T) {
			s := newStory(t)
			s.Ordinary(60)
			tickets := map[string]string{}
			for _, name := range []string{"yes", "no", "no and yes", "yes and no", "both", "neither", "kept"} {
				tickets[name] = s.Ticket("About "+name, "It is broken.")
			}
			s.Settle()
			s.Declare(map[string]any{"title": "Payments fail"})
			s.Declare(map[string]any{"title": "Checkout fails"})
			said := map[string]spoken{}
			say := func(name, incident, state, by string) {
				s.FastForward(time.Minute)
				said[name+" "+incident] = s.Say(incident, tickets[name], state, by)
			}
			say("yes", merge.from, "confirmed", "maria")
			say("no", merge.from, "rejected", "maria")
			say("no and yes", merge.from, "rejected", "maria")
			say("no and yes", merge.into, "confirmed", "jon")
			say("yes and no", merge.from, "confirmed", "maria")
			say("yes and no", merge.into, "rejected", "jon")
			say("both", merge.from, "confirmed", "maria")
			say("both", merge.into, "confirmed", "jon")
			say("neither", merge.into, "rejected", "jon")
			say("neither", merge.from, "rejected", "maria")
			say("kept", merge.into, "confirmed", "jon")
			s.API("POST", "/incidents/"+merge.from+"/merge", map[string]any{"into": merge.into}, 200, nil)
			for _, when := range []string{"merged", "scored again"} {
				s.FastForward(3 * time.Minute)
				for name, spokenOf := range map[string]string{"yes": merge.from, "no": merge.from, "no and yes": merge.into,
					"yes and no": merge.from, "both": merge.into, "neither": merge.into, "kept": merge.into} {
					s.ExpectWord(when+": "+name, merge.into, tickets[name], said[name+" "+spokenOf])
				}
				if left := s.Links(merge.from); len(left) != 0 {
					t.Errorf("%s, %s still has %d tickets", when, merge.from, len(left))
				}
				s.helpdesk.SetTags(tickets["yes"], "payments", strings.ReplaceAll(when, " ", "_"))
			}
			// What is over takes no word; those whom it would be lost on are told.
			s.API("PUT", "/incidents/"+merge.from+"/tickets/support/"+tickets["no"], map[string]any{"state": "confirmed"}, 409, nil)
		})
	}
}

// What agents say by the problem field goes on with the incident as well.
func TestProblemLinkOutlivesAMerge(t *testing.T) {
	s := newStory(t, withProblems)
	s.Declare(map[string]any{"title": "Payments fail"})
	ticket, later := s.Ticket("Help", "It is broken."), s.Ticket("Hilfe", "Es geht nicht.")
	problem := s.Problem("Payments fail at checkout", "outage")
	s.helpdesk.SetProblem(ticket, problem)
	s.FastForward(2 * time.Minute)
	said := s.Words("INC-2")[ticket]
	s.API("POST", "/incidents/INC-2/merge", map[string]any{"into": "INC-1"}, 200, nil)
	s.FastForward(2 * time.Minute)
	s.ExpectWord("merged", "INC-1", ticket, said)
	s.helpdesk.SetTags(ticket, "vip")
	s.helpdesk.SetProblem(later, problem)
	s.helpdesk.SetTags(problem, "outage", "payments")
	s.FastForward(2 * time.Minute)
	s.ExpectWord("changed since", "INC-1", ticket, said)
	s.ExpectState("INC-1", later, "confirmed")
	if left := s.Links("INC-2"); len(left) != 0 {
		t.Errorf("INC-2 has %v", left)
	}
	s.helpdesk.Delete(later)
	s.FastForward(2 * time.Minute)
	s.ExpectState("INC-1", later, "")
	s.helpdesk.Undelete(later)
	s.FastForward(2 * time.Minute)
	s.ExpectState("INC-1", later, "confirmed")
	s.helpdesk.SetProblem(ticket, "")
	s.FastForward(2 * time.Minute)
	if got := s.Links("INC-1")[ticket]; got.State == "confirmed" {
		t.Error("the agent took the problem back, and the link stayed confirmed")
	}
}

// Somebody decides between the scoring and the writing of a re-score: their word
// stands, in the helpdesk too.
func TestAWordWhileTheMachineScores(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	tickets := s.PaymentTickets(8)
	s.API("POST", "/incidents", map[string]any{"title": "Payments fail at checkout", "tags": []string{"payments"}}, 201, nil)
	person, err := s.worker.Database.Begin(t.Context())
	s.must(err)
	_, err = person.Exec(t.Context(), "select from tickets where ticket_id = $1 for no key update", tickets[0])
	s.must(err)
	scored := make(chan error)
	go func() { scored <- s.worker.RunDue(t.Context()) }()
	s.untilWaits(person.Conn().PgConn().PID())
	_, err = person.Exec(t.Context(), `insert into links (incident, ticket, state, confidence, log_odds, linked_at, changed_at, decided_by, decided_at)
		select i.id, t.id, 'rejected', 0, 0, $2, $2, 'maria', $2 from incidents i, tickets t where t.ticket_id = $1`, tickets[0], s.clock())
	s.must(err)
	s.must(person.Commit(t.Context()))
	s.must(<-scored)
	s.FastForward(5 * time.Minute)
	s.ExpectLinked("INC-1", tickets[1:]...)
	s.ExpectState("INC-1", tickets[0], "rejected")
	if tags := s.helpdesk.Tags(tickets[0]); slices.Contains(tags, "incident_INC-1") {
		t.Errorf("the rejected ticket is tagged %v", tags)
	}
}
