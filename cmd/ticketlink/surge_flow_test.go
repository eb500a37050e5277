package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

type surgeAnswer struct {
	ID, Kind, Term, Incident string
	Tickets                  []struct {
		ID string `json:"ticket_id"`
	}
}

func (a surgeAnswer) ticketIDs() (ids []string) {
	for _, t := range a.Tickets {
		ids = append(ids, t.ID)
	}
	return ids
}

// A rise of tickets that no incident explains is told once, and one call makes
// an incident of it.
func TestSurgeWithoutIncident(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	s.FastForward(5 * time.Minute)
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	tickets := s.PaymentTickets(15)
	s.FastForward(20 * time.Minute)
	s.ExpectMetric("ticketlink_surges_without_incident", "1")
	if n := len(s.targets.Messages()); n != 1 {
		t.Errorf("%d messages tell of the surge, want one", n)
	}
	var page struct{ Items []surgeAnswer }
	s.API("GET", "/surges", nil, 200, &page)
	if len(page.Items) != 1 || len(page.Items[0].Tickets) < 10 {
		t.Fatalf("surges are %+v, want one with the payment tickets", page.Items)
	}
	var i incidentAnswer
	s.API("POST", "/surges/"+page.Items[0].ID+"/declare", nil, 201, &i)
	s.FastForward(2 * time.Minute)
	s.ExpectLinked(i.Key, tickets...)
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	s.API("POST", "/surges/999/declare", nil, 404, nil)
}

// A rise that a person dismissed is not told again while it goes on growing.
func TestSurgeDismissed(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	s.PaymentTickets(15)
	s.FastForward(20 * time.Minute)
	var page struct{ Items []surgeAnswer }
	s.API("GET", "/surges", nil, 200, &page)
	if len(page.Items) != 1 {
		t.Fatalf("%d surges, want one", len(page.Items))
	}
	s.API("POST", "/surges/"+page.Items[0].ID+"/dismiss", nil, 204, nil)
	s.API("POST", "/surges/"+page.Items[0].ID+"/dismiss", nil, 204, nil)
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	s.PaymentTickets(10)
	s.FastForward(10 * time.Minute)
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	if n := len(s.targets.Messages()); n != 1 {
		t.Errorf("%d messages tell of the surge, want one", n)
	}
	s.API("POST", "/surges/999/dismiss", nil, 404, nil)
}

// LoginTickets plays customers of whom nobody is tagged.
func (s *story) LoginTickets(n int) []string {
	s.t.Helper()
	words := []string{"Authenticator asks again and again", "Sign-in loops with my authenticator", "Authenticator: back at the start page"}
	var ids []string
	for i := range n {
		ids = append(ids, s.Ticket(words[i%len(words)], "After the authenticator we are back at the sign-in page, all of us."))
	}
	s.Settle()
	return ids
}

// Surges lists the rises of the last hours, newest first.
func (s *story) Surges() []surgeAnswer {
	s.t.Helper()
	var page struct{ Items []surgeAnswer }
	s.API("GET", "/surges", nil, 200, &page)
	return page.Items
}

// Two rises at the same time are two, told apart, and each is told once while
// it goes on growing. One click makes an incident of one, with its tickets, from
// their onset on; the other stays open.
func TestTwoSurgesAtOnce(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	onset := s.clock()
	payments, logins := s.PaymentTickets(12), s.LoginTickets(12)
	s.FastForward(5 * time.Minute)
	s.PaymentTickets(6)
	s.LoginTickets(6)
	s.FastForward(10 * time.Minute)
	s.ExpectMetric("ticketlink_surges_without_incident", "2")
	if told := s.targets.Messages(); len(told) != 2 {
		t.Errorf("%d messages tell of two surges: %+v", len(told), told)
	}
	v := s.Visitor()
	for _, surge := range s.Surges() {
		if len(surge.Tickets) != 18 {
			t.Errorf("%s %q has %d tickets, want 18", surge.Kind, surge.Term, len(surge.Tickets))
		}
		text, _ := v.Get("/")
		if !strings.Contains(text, surge.Term) {
			t.Errorf("the page does not show %q", surge.Term)
		}
	}
	login := s.Surges()[1]
	if !slices.Contains(login.ticketIDs(), logins[0]) {
		login = s.Surges()[0]
	}
	_, resp := v.Submit("/declare", url.Values{"surge": {login.ID}})
	if resp.Request.URL.Path != "/incidents/INC-1" {
		t.Fatalf("one click leads to %s, want the incident", resp.Request.URL)
	}
	s.FastForward(2 * time.Minute)
	if i := s.Incidents()[0]; !i.StartedAt.Equal(onset) || !strings.Contains(i.Title, login.Term) {
		t.Errorf("%q began at %v, want the first ticket's time %v", i.Title, i.StartedAt, onset)
	}
	links := s.Links("INC-1")
	for _, id := range logins {
		if state := links[id].State; state != "auto" && state != "suggested" {
			t.Errorf("ticket %s of the surge is %q", id, state)
		}
	}
	if state := links[payments[0]].State; state == "auto" {
		t.Error("a ticket of the other surge is linked")
	}
	s.ExpectMetric("ticketlink_surges_without_incident", "1")
}

// An incident that was declared by other means explains a rise: it is closed,
// and what comes on top of it is not told again.
func TestSurgeExplainedByAnIncident(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	s.PaymentTickets(12)
	s.FastForward(3 * time.Minute)
	s.ExpectMetric("ticketlink_surges_without_incident", "1")
	s.Alert("firing", "PaymentsDown", "payments", "f1", s.clock())
	s.FastForward(3 * time.Minute)
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	if got := s.Surges(); len(got) != 1 || got[0].Incident != "INC-1" {
		t.Errorf("surges are %+v, want the one explained by INC-1", got)
	}
	s.PaymentTickets(10)
	s.FastForward(10 * time.Minute)
	s.ExpectMetric("ticketlink_surges_without_incident", "0")
	if got := s.Surges(); len(got) != 1 {
		t.Errorf("%d surges, want the one", len(got))
	}
}

// An open incident takes up the tickets of a rise before it is one.
func TestNoSurgeBesideItsIncident(t *testing.T) {
	s := newStory(t)
	s.Ordinary(900)
	s.Declare(paymentsFail)
	s.PaymentTickets(15)
	s.FastForward(10 * time.Minute)
	if got := s.Surges(); len(got) != 0 {
		t.Errorf("a surge beside the incident that explains it: %+v", got)
	}
}
