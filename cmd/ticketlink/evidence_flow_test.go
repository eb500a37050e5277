package main

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// expectAddsUp requires of every stored link with evidence that its weights, in
// thousandths, are its log-odds and these its confidence; that there are as many
// at least; and that the API says the same.
func (s *story) expectAddsUp(atLeast int) {
	s.t.Helper()
	rows, err := s.worker.Database.Query(s.t.Context(), `select i.key, t.ticket_id, l.state, l.confidence, l.log_odds, l.evidence from links l
		join incidents i on i.id = l.incident join tickets t on t.id = l.ticket where l.state <> 'dropped' and l.evidence <> '[]'`)
	s.must(err)
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var key, ticket, state string
		var confidence, logOdds float64
		var evidence []struct {
			Detail string
			Weight json.Number
		}
		s.must(rows.Scan(&key, &ticket, &state, &confidence, &logOdds, &evidence))
		sum := 0.0
		for _, e := range evidence {
			w, err := e.Weight.Float64()
			s.must(err)
			sum += thousandths(s.t, w)
			if w != 0 && math.Abs(w) < 0.005 {
				s.t.Errorf("%s: ticket %s has a reason of no weight: %s %s", key, ticket, e.Detail, e.Weight)
			}
		}
		if sum != thousandths(s.t, logOdds) || confidence != 1/(1+math.Exp(-logOdds)) {
			s.t.Errorf("%s: ticket %s (%s): evidence adds up to %v thousandths, log-odds %v, confidence %v", key, ticket, state, sum, logOdds, confidence)
		}
	}
	s.must(rows.Err())
	if n < atLeast {
		s.t.Errorf("%d links have evidence, want %d at least", n, atLeast)
	}
}

// thousandths requires that a number is a whole one of them.
func thousandths(t *testing.T, v float64) float64 {
	t.Helper()
	if whole := math.Round(1000 * v); whole/1000 == v {
		return whole
	}
	t.Errorf("%v is no whole number of thousandths", v)
	return math.NaN()
}

// What is stored of a link adds up, whatever it came from: rivals, comments,
// people's words and what they taught, a merge, text that is not stored.
func TestStoredEvidenceAddsUp(t *testing.T) {
	for name, change := range map[string]func(string) string{"text": func(c string) string { return c }, "no text": withoutText} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, change)
			s.Ordinary(600)
			asked := s.Ticket("Where are saved searches", "I cannot find them.")
			s.Settle()
			s.Skip(24 * time.Hour)
			tickets := s.PaymentTickets(15)
			logins := s.LoginTickets(8)
			s.Declare(paymentsFail)
			s.Declare(map[string]any{"title": "Checkout shows errors", "services": []string{"checkout"}, "tags": []string{"checkout"}})
			s.Declare(map[string]any{"title": "The authenticator loops", "keywords": []string{"authenticator"}})
			s.helpdesk.CustomerWrites(asked, "Every payment fails with an error at checkout.", time.Time{})
			s.FastForward(5 * time.Minute)
			s.expectAddsUp(23)
			for n, ticket := range append(tickets[:10], logins[:4]...) {
				key, state := []string{"INC-1", "INC-3"}[n/10], []string{"confirmed", "rejected"}[n%5/4]
				s.API("PUT", "/incidents/"+key+"/tickets/support/"+ticket, map[string]any{"state": state, "by": "grace"}, 200, nil)
			}
			s.FastForward(5 * time.Minute)
			s.PaymentTickets(5)
			s.FastForward(5 * time.Minute)
			s.expectAddsUp(28)
			s.API("POST", "/incidents/INC-2/merge", map[string]any{"into": "INC-1"}, 200, nil)
			s.FastForward(5 * time.Minute)
			s.expectAddsUp(28)

			var page struct{ Items []weighed }
			s.API("GET", "/incidents/INC-1/tickets?limit=500", nil, 200, &page)
			var ticket struct{ Links []weighed }
			s.API("GET", "/tickets/support/"+tickets[14], nil, 200, &ticket)
			for _, l := range append(page.Items, ticket.Links...) {
				l.expectAddsUp(t)
			}
		})
	}
}

// A weighed link is one as the API shows it.
type weighed struct {
	LogOdds  float64 `json:"log_odds"`
	Evidence []struct{ Weight float64 }
}

func (l weighed) expectAddsUp(t *testing.T) {
	t.Helper()
	sum := 0.0
	for _, e := range l.Evidence {
		sum += thousandths(t, e.Weight)
	}
	if sum != thousandths(t, l.LogOdds) {
		t.Errorf("the API's evidence adds up to %v thousandths, its log-odds are %v", sum, l.LogOdds)
	}
}
