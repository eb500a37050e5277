package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// withProblems has agents' problem tickets open incidents.
func withProblems(text string) string {
	return strings.Replace(text, "incident_sources:", "incident_sources:\n  - {name: problems, kind: zendesk_problem, helpdesk: support, tag: outage}", 1)
}

// Problem plays an agent who declares a problem ticket.
func (s *story) Problem(subject string, tags ...string) string {
	s.t.Helper()
	id := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: subject, Description: "Known since this morning.", RequesterID: s.helpdesk.Me(), Type: "problem", Tags: tags})
	s.Settle()
	return id
}

// An agent's problem is an incident, its incidents are confirmed links, and the
// agent who solves it ends it.
func TestProblemTicketIsAnIncident(t *testing.T) {
	s := newStory(t, withProblems)
	s.Problem("Somebody's printer", "printer") // not with the tag: nothing to us
	first, second := s.Ticket("Rechnung falsch", "Betrag stimmt nicht."), s.Ticket("Help", "It is broken.")
	third := s.Ticket("Else", "Something else.")
	problem := s.Problem("Payments fail at checkout", "outage", "payments")
	i := s.ExpectOne("open")
	if i.Title != "Payments fail at checkout" || i.Source != "problems" || !slices.Equal(i.Tags, []string{"payments"}) {
		t.Errorf("declared %+v", i)
	}
	s.ExpectState(i.Key, problem, "") // the agent's own ticket is no customer's

	s.helpdesk.SetProblem(first, problem)
	s.helpdesk.SetProblem(second, problem)
	s.Settle()
	link := s.Links(i.Key)[first]
	if link.State != "confirmed" || link.DecidedBy != "zendesk" || len(link.Evidence) != 1 || !strings.Contains(link.Evidence[0].Detail, "problem ticket "+problem) {
		t.Errorf("link by problem: %+v", link)
	}
	s.ExpectState(i.Key, third, "")

	s.helpdesk.SetProblem(second, "") // taken back
	s.Settle()
	if got := s.Links(i.Key)[second]; got.State == "confirmed" || got.DecidedBy != "" {
		t.Errorf("after the problem was taken back: %+v", got)
	}
	s.FastForward(20 * time.Minute)
	s.helpdesk.SetStatus(problem, "solved") // and Zendesk solves its incidents
	s.FastForward(2 * time.Minute)
	if i := s.ExpectOne("resolved"); i.ResolvedAt.Before(aMonday.Add(20 * time.Minute)) {
		t.Errorf("resolved at %v", i.ResolvedAt)
	}
	if s.helpdesk.Status(first) != "solved" {
		t.Error("the fake did not solve the problem's incidents")
	}
	s.ExpectFollowUp(i.Key, "closing", first, "pending") // solved is not told
}

// A person's word here outlives the agent's there, and links of a problem that
// came before it was known are read too.
func TestProblemLinkAndAPersonsWord(t *testing.T) {
	s := newStory(t, withProblems)
	problem := s.Problem("Payments fail at checkout")
	ticket := s.Ticket("Help", "It is broken.")
	s.helpdesk.SetProblem(ticket, problem)
	s.Settle()
	if all := s.Incidents(); len(all) != 0 {
		t.Fatalf("without the tag: %+v", all)
	}
	s.helpdesk.SetTags(problem, "outage")
	s.FastForward(2 * time.Minute)
	i := s.ExpectOne("open")
	s.ExpectState(i.Key, ticket, "confirmed")
	s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+ticket, map[string]any{"state": "rejected", "by": "maria"}, 200, nil)
	s.helpdesk.PublicReply(ticket, s.helpdesk.AddAgent("Bea"), time.Time{})
	s.FastForward(2 * time.Minute)
	s.ExpectState(i.Key, ticket, "rejected")
}

// A customer's ticket that an agent makes the problem is of its own incident.
func TestCustomersTicketBecomesTheProblem(t *testing.T) {
	s := newStory(t, withProblems)
	ticket := s.Ticket("Payments fail at checkout", "Since this morning.", "outage")
	s.Settle()
	s.helpdesk.SetType(ticket, "problem")
	s.FastForward(2 * time.Minute)
	s.ExpectState(s.ExpectOne("open").Key, ticket, "confirmed")
}

// writesProblems has confirmed links told to Zendesk as problem and incidents.
func writesProblems(text string) string {
	return strings.Replace(withProblems(text), "start_time: 2026-10-20T00:00:00Z", "start_time: 2026-10-20T00:00:00Z, write_back: {problem: true}", 1)
}

// An incident that was declared elsewhere gets one problem ticket; a problem
// that a person chose stays.
func TestProblemTicketIsMadeForAnIncident(t *testing.T) {
	s := newStory(t, writesProblems)
	own := s.Problem("Printers of the office")
	taken, first, second := s.Ticket("A", "a"), s.Ticket("B", "b"), s.Ticket("C", "c")
	s.helpdesk.SetProblem(taken, own)
	i := s.Declare(map[string]any{"title": "Payments fail at checkout"})
	for _, id := range []string{taken, first, second} {
		s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+id, map[string]any{"state": "confirmed", "by": "maria"}, 200, nil)
	}
	s.FastForward(3 * time.Minute)
	problem := s.helpdesk.Problem(first)
	if problem == "" || s.helpdesk.Problem(second) != problem || s.helpdesk.Problem(taken) != own {
		t.Fatalf("problems of the tickets: %q, %q, and %q where %q was chosen", problem, s.helpdesk.Problem(second), s.helpdesk.Problem(taken), own)
	}
	if !slices.Contains(s.helpdesk.Tags(problem), "incident_inc-1") && !slices.Contains(s.helpdesk.Tags(problem), "incident_INC-1") {
		t.Errorf("tags of the problem: %v", s.helpdesk.Tags(problem))
	}
	s.ExpectOne("open") // our own problem ticket opened no second incident
	s.ExpectState(i.Key, problem, "")
	if by := s.Links(i.Key)[first].DecidedBy; by != "maria" {
		t.Errorf("decided by %q after our own word came back, want maria", by)
	}
	s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+second, map[string]any{"state": "rejected", "by": "maria"}, 200, nil)
	s.FastForward(3 * time.Minute)
	if got := s.helpdesk.Problem(second); got != "" {
		t.Errorf("the rejected ticket is still of problem %s", got)
	}
	created := 0
	for _, r := range s.helpdesk.Requests() {
		if r.Method == "POST" && r.Path == "/api/v2/tickets" {
			created++
		}
	}
	if created != 1 {
		t.Errorf("%d problem tickets were made, want 1", created)
	}
	s.helpdesk.SetStatus(problem, "solved")
	s.FastForward(3 * time.Minute)
	s.ExpectOne("open") // ours ends nothing
}

// The answer to the making of the problem ticket is lost: it is found again.
func TestProblemTicketIsMadeOnce(t *testing.T) {
	s := newStory(t, writesProblems)
	ticket := s.Ticket("A", "a")
	i := s.Declare(map[string]any{"title": "Payments fail at checkout"})
	s.helpdesk.Inject(zendeskfake.Fault{Method: "POST", Path: "/api/v2/tickets", Times: 1, Drop: true, Applied: true})
	s.Rough(func() {
		s.API("PUT", "/incidents/"+i.Key+"/tickets/support/"+ticket, map[string]any{"state": "confirmed", "by": "maria"}, 200, nil)
		s.FastForward(5 * time.Minute)
	})
	problem := s.helpdesk.Problem(ticket)
	if problem == "" || s.helpdesk.Problems() != 1 {
		t.Errorf("problem %q, %d problem tickets, want one", problem, s.helpdesk.Problems())
	}
}
