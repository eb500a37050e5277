package zendeskfake

import (
	"encoding/json"
	"net/http"
	"slices"
)

// SetType plays an agent who sets the type: problem, incident, question or task.
func (s *Server) SetType(ticketID, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setKind(s.ticket(ticketID), s.me, kind)
}

// SetProblem plays an agent who makes a ticket an incident of a problem, "" of
// none.
func (s *Server) SetProblem(ticketID, problemID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ticket(ticketID)
	if problemID != "" {
		s.setKind(t, s.me, "incident")
	}
	s.setProblem(t, s.me, problemID)
}

// Problem returns the ticket's problem, "" for none.
func (s *Server) Problem(ticketID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ticket(ticketID).problem
}

// Problems returns how many problem tickets there are.
func (s *Server) Problems() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tickets {
		if t.kind == "problem" {
			n++
		}
	}
	return n
}

func (s *Server) setKind(t *ticket, actor, kind string) {
	if before := t.kind; before != kind {
		t.kind = kind
		s.changed(t, change{actor: actor, at: s.now(), kind: "type_changed",
			event: previousCurrent(upper(before), upper(kind)), audit: fieldChange("type", before, kind)})
	}
}

func (s *Server) setProblem(t *ticket, actor, problem string) {
	if before := t.problem; before != problem {
		t.problem = problem
		s.changed(t, change{actor: actor, at: s.now(), kind: "problem_link_changed",
			event: previousCurrent(before, problem), audit: fieldChange("problem_id", before, problem)})
	}
}

// solveIncidents does what solving a problem does: its incidents are solved too.
func (s *Server) solveIncidents(problem *ticket, actor string) {
	var ids []string
	for id, t := range s.tickets {
		if t.problem == problem.id && !slices.Contains([]string{"solved", "closed", "deleted"}, t.status) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		s.setStatus(s.tickets[id], actor, "solved", s.now())
	}
}

// listTickets answers the tickets with an external id.
func (s *Server) listTickets(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	for _, t := range s.tickets {
		if external := r.URL.Query().Get("external_id"); external != "" && t.external == external && t.status != "deleted" {
			found = append(found, ticketView(t))
		}
	}
	answer(w, http.StatusOK, map[string]any{"tickets": found, "count": len(found), "next_page": nil, "previous_page": nil})
}

// problemOf reads a problem_id that may be absent (keep), null or a number.
func problemOf(raw json.RawMessage, keep string) string {
	switch string(raw) {
	case "":
		return keep
	case "null":
		return ""
	}
	return string(raw)
}
