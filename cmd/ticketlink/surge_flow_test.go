package main

import (
	"testing"
	"time"
)

type surgeAnswer struct {
	ID, Kind, Term, Incident string
	Tickets                  []struct {
		ID string `json:"ticket_id"`
	}
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
