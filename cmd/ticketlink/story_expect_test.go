package main

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

type ticketAnswer struct {
	Subject, Status string
	Tags            []string
	Links           []struct{ Incident, State string }
}

// TicketAnswer reads a ticket as stored.
func (s *story) TicketAnswer(id string) ticketAnswer {
	s.t.Helper()
	var t ticketAnswer
	s.API("GET", "/tickets/support/"+id, nil, 200, &t)
	return t
}

// ExpectRows requires a number of rows in a table.
func (s *story) ExpectRows(table string, want int) {
	s.t.Helper()
	var got int
	s.must(s.worker.Database.QueryRow(s.t.Context(), "select count(*) from "+table).Scan(&got))
	if got != want {
		s.t.Errorf("%s has %d rows, want %d", table, got, want)
	}
}

type linkAnswer struct {
	TicketID   string `json:"ticket_id"`
	Subject    string
	State      string
	Confidence float64
	DecidedBy  string `json:"decided_by"`
	Model      int
	Evidence   []struct {
		Kind, Detail string
		Weight       float64
	}
}

// Links returns an incident's links by ticket.
func (s *story) Links(key string) map[string]linkAnswer {
	s.t.Helper()
	links := map[string]linkAnswer{}
	cursor := ""
	for {
		var page struct {
			Items []linkAnswer
			Next  string `json:"next_cursor"`
		}
		s.API("GET", "/incidents/"+key+"/tickets?limit=500&cursor="+cursor, nil, 200, &page)
		for _, l := range page.Items {
			links[l.TicketID] = l
		}
		if cursor = page.Next; cursor == "" {
			return links
		}
	}
}

// ExpectLinked requires that each of the tickets is linked, and returns the links.
func (s *story) ExpectLinked(key string, tickets ...string) map[string]linkAnswer {
	s.t.Helper()
	links := s.Links(key)
	for _, id := range tickets {
		if state := links[id].State; state != "auto" && state != "confirmed" {
			s.t.Errorf("%s: ticket %s is %q (confidence %.2f), want it linked", key, id, state, links[id].Confidence)
		}
	}
	return links
}

// ExpectState requires the state of one link; "" for none.
func (s *story) ExpectState(key, ticket, state string) {
	s.t.Helper()
	if got := s.Links(key)[ticket].State; got != state {
		s.t.Errorf("%s: ticket %s is %q, want %q", key, ticket, got, state)
	}
}

type followUpAnswer struct {
	ID, Kind, Status, Reason string
	TicketIDs                []string  `json:"ticket_ids"`
	DueAt                    time.Time `json:"due_at"`
}

// FollowUps returns those of an incident, of one kind.
func (s *story) FollowUps(key, kind string) []followUpAnswer {
	s.t.Helper()
	var page struct{ Items []followUpAnswer }
	s.API("GET", "/follow-ups?limit=500&incident="+key, nil, 200, &page)
	return slices.DeleteFunc(page.Items, func(f followUpAnswer) bool { return f.Kind != kind })
}

// ExpectFollowUp requires that a ticket is covered by a follow-up of that kind and status.
func (s *story) ExpectFollowUp(key, kind, ticket, status string) followUpAnswer {
	s.t.Helper()
	all := s.FollowUps(key, kind)
	for _, f := range all {
		if slices.Contains(f.TicketIDs, ticket) && f.Status == status {
			return f
		}
	}
	s.t.Errorf("%s: no %s follow-up of ticket %s is %s; there are %+v", key, kind, ticket, status, all)
	return followUpAnswer{}
}

// Reminders returns how many reminders named the ticket.
func (s *story) Reminders(ticket, kind string) int {
	n := 0
	for _, m := range s.targets.Messages() {
		tickets, _ := m.Body["ticket_ids"].([]any)
		if slices.Contains(tickets, any(ticket)) && m.Text("kind") == kind {
			n++
		}
	}
	return n
}

// ExpectReminders requires a number of reminders about a ticket so far.
func (s *story) ExpectReminders(ticket, kind string, want int) {
	s.t.Helper()
	if got := s.Reminders(ticket, kind); got != want {
		s.t.Errorf("%d %s reminders named ticket %s, want %d", got, kind, ticket, want)
	}
}

// Metric returns the value of a sample in /metrics, and whether it is there.
func (s *story) Metric(sample string) (string, bool) {
	s.t.Helper()
	resp, err := http.Get(s.service.URL + "/metrics")
	s.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	s.must(err)
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, sample+" "); ok {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// ExpectMetric requires the value of a sample.
func (s *story) ExpectMetric(sample, want string) {
	s.t.Helper()
	if got, ok := s.Metric(sample); !ok || got != want {
		s.t.Errorf("%s is %q (there: %v), want %s", sample, got, ok, want)
	}
}
