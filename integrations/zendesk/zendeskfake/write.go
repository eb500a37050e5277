package zendeskfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// An update is what PUT takes. Keys that are absent change nothing.
type update struct {
	ID             json.Number     `json:"id"`
	Subject        string          `json:"subject"`
	Status         string          `json:"status"`
	Priority       string          `json:"priority"`
	Type           string          `json:"type"`
	ProblemID      json.RawMessage `json:"problem_id"` // null: none
	ExternalID     string          `json:"external_id"`
	RequesterID    json.Number     `json:"requester_id"`
	Tags           []string        `json:"tags"` // replaces
	AdditionalTags []string        `json:"additional_tags"`
	RemoveTags     []string        `json:"remove_tags"`
	SafeUpdate     bool            `json:"safe_update"`
	UpdatedStamp   string          `json:"updated_stamp"`
	Comment        *struct {
		Body     string      `json:"body"`
		Public   *bool       `json:"public"` // absent: true
		AuthorID json.Number `json:"author_id"`
	} `json:"comment"`
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "Unprocessable JSON", "the body is not the expected JSON")
		return false
	}
	return true
}

// writable returns the ticket of the path, and answers 404 or 422 where it
// cannot be changed.
func (s *Server) writable(w http.ResponseWriter, r *http.Request) *ticket {
	t := s.named(w, r)
	if t != nil && t.status == "closed" {
		answer(w, http.StatusUnprocessableEntity, map[string]any{
			"error": "RecordInvalid", "description": "Record validation errors",
			"details": map[string]any{"status": []any{map[string]any{"description": "Status: closed prevents ticket update"}}},
		})
		return nil
	}
	return t
}

func (s *Server) putTicket(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Ticket update `json:"ticket"`
	}
	if !decode(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.writable(w, r)
	if t == nil {
		return
	}
	if in.Ticket.SafeUpdate && in.Ticket.UpdatedStamp != stamp(t.updated) {
		refuse(w, http.StatusConflict, "UpdateConflict", "the ticket was updated by somebody else")
		return
	}
	s.apply(t, in.Ticket)
	answer(w, http.StatusOK, map[string]any{"ticket": ticketView(t), "audit": auditView(t, t.audits[len(t.audits)-1])})
}

func (s *Server) apply(t *ticket, u update) {
	now := s.now()
	t.subject, t.priority = orElse(u.Subject, t.subject), orElse(u.Priority, t.priority)
	s.setKind(t, s.me, orElse(u.Type, t.kind))
	s.setProblem(t, s.me, problemOf(u.ProblemID, t.problem))
	tags := t.tags
	if u.Tags != nil {
		tags = addTags(nil, u.Tags)
	}
	s.setTags(t, s.me, removeTags(addTags(tags, u.AdditionalTags), u.RemoveTags), now)
	if c := u.Comment; c != nil {
		public := c.Public == nil || *c.Public
		s.addComment(t, orElse(c.AuthorID.String(), s.me), c.Body, public, now)
	}
	if u.Status != "" {
		s.setStatus(t, s.me, u.Status, now)
	}
}

func (s *Server) postTicket(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Ticket update `json:"ticket"`
	}
	if !decode(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	description := ""
	if in.Ticket.Comment != nil {
		description = in.Ticket.Comment.Body
	}
	t := s.create(Ticket{
		Subject: in.Ticket.Subject, Description: description, Tags: in.Ticket.Tags, Status: in.Ticket.Status,
		Priority: in.Ticket.Priority, Type: in.Ticket.Type, ProblemID: problemOf(in.Ticket.ProblemID, ""), ExternalID: in.Ticket.ExternalID,
		RequesterID: orElse(in.Ticket.RequesterID.String(), s.me), Channel: "api",
	})
	answer(w, http.StatusCreated, map[string]any{"ticket": ticketView(t), "audit": auditView(t, t.audits[0])})
}

// tagsEndpoint: GET lists, POST replaces, PUT adds, DELETE removes.
func (s *Server) tagsEndpoint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Tags []string `json:"tags"`
	}
	if r.Method != http.MethodGet && !decode(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	find := s.writable
	if r.Method == http.MethodGet {
		find = s.named
	}
	t := find(w, r)
	if t == nil {
		return
	}
	status := http.StatusOK
	switch r.Method {
	case http.MethodPost:
		s.setTags(t, s.me, addTags(nil, in.Tags), s.now())
		status = http.StatusCreated
	case http.MethodPut:
		s.setTags(t, s.me, addTags(t.tags, in.Tags), s.now())
	case http.MethodDelete:
		s.setTags(t, s.me, removeTags(t.tags, in.Tags), s.now())
	}
	answer(w, status, map[string]any{"tags": orEmpty(t.tags)})
}

// updateMany does the work at once and answers with a job that is queued.
func (s *Server) updateMany(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Ticket  update   `json:"ticket"`
		Tickets []update `json:"tickets"`
	}
	if !decode(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
		if id != "" {
			one := in.Ticket
			one.ID = json.Number(id)
			in.Tickets = append(in.Tickets, one)
		}
	}
	if len(in.Tickets) > maxList {
		refuse(w, http.StatusBadRequest, "TooManyValues", "more than 100 tickets")
		return
	}
	job := "V3-" + s.nextID()
	for _, u := range in.Tickets {
		if t := s.tickets[u.ID.String()]; t != nil && !slices.Contains([]string{"closed", "deleted"}, t.status) {
			s.apply(t, u)
			s.jobs[job] = append(s.jobs[job], t.id)
		}
	}
	answer(w, http.StatusOK, map[string]any{"job_status": jobView(job, "queued", nil)})
}

func (s *Server) showJob(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids, ok := s.jobs[r.PathValue("id")]
	if !ok {
		refuse(w, http.StatusNotFound, "RecordNotFound", "Not found")
		return
	}
	results := []map[string]any{}
	for i, id := range ids {
		results = append(results, map[string]any{
			"index": i, "id": number(id), "action": "update", "status": "Updated", "success": true,
		})
	}
	answer(w, http.StatusOK, map[string]any{"job_status": jobView(r.PathValue("id"), "completed", results)})
}

func jobView(id, status string, results []map[string]any) map[string]any {
	return map[string]any{
		"id": id, "url": "https://account.example.com/api/v2/job_statuses/" + id + ".json", "status": status,
		"total": len(results), "progress": len(results), "message": nil, "results": results,
	}
}
