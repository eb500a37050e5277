// Package freshdeskfake speaks Freshdesk's protocol over a simulated helpdesk.
// It shares no code with the client, so that a misunderstanding does not cancel out.
package freshdeskfake

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

var (
	statuses   = map[string]int{"new": 2, "open": 2, "pending": 3, "solved": 4, "closed": 5}
	priorities = map[string]int{"": 1, "low": 1, "normal": 2, "high": 3, "urgent": 4}
)

// A Server is one account. It is an http.Handler.
type Server struct {
	*helpdeskfake.Desk
	apiKey string
	mux    *http.ServeMux
}

// New is an account whose API takes this key.
func New(clock func() time.Time, apiKey string) *Server {
	s := &Server{Desk: helpdeskfake.New(clock), apiKey: apiKey, mux: http.NewServeMux()}
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /api/v2/tickets":                    s.listTickets,
		"GET /api/v2/tickets/{id}":               s.showTicket,
		"PUT /api/v2/tickets/{id}":               s.putTicket,
		"GET /api/v2/tickets/{id}/conversations": s.listConversations,
		"POST /api/v2/tickets/{id}/notes":        s.postNote,
		"POST /api/v2/tickets/{id}/reply":        s.postReply,
		"GET /api/v2/agents/me":                  s.showMe,
		"GET /api/v2/agents/{id}":                s.showAgent,
		"GET /api/v2/companies/{id}":             s.showCompany,
	} {
		s.mux.HandleFunc(pattern, handle)
	}
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if user, _, _ := r.BasicAuth(); user != s.apiKey {
		answer(w, http.StatusUnauthorized, map[string]any{"code": "invalid_credentials", "message": "You have to be logged in to perform this action."})
		return
	}
	w.Header().Set("X-RateLimit-Total", "700")
	w.Header().Set("X-RateLimit-Remaining", "699")
	s.mux.ServeHTTP(w, r)
}

// Delivery is what the automation rule sends about a ticket.
func (s *Server) Delivery(id string) []byte {
	t, _ := s.Find(id)
	return fmt.Appendf(nil, `{"ticket_id": "%s", "status": "%s", "priority": "%s", "tags": "%s"}`, id, t.Status, t.Priority, strings.Join(t.Tags, ", "))
}

// listTickets: live or deleted ones, by update time, in numbered pages.
func (s *Server) listTickets(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	since, err := time.Parse(time.RFC3339, query.Get("updated_since"))
	number, size := atoi(query.Get("page"), 1), atoi(query.Get("per_page"), 30)
	if err != nil || query.Get("order_by") != "updated_at" || query.Get("order_type") != "asc" || size > 100 || number > 300 {
		answer(w, http.StatusBadRequest, map[string]any{"description": "Validation failed",
			"errors": []any{map[string]any{"field": "page", "code": "invalid_value"}}})
		return
	}
	all := slices.DeleteFunc(s.All(), func(t helpdeskfake.Ticket) bool {
		return !t.UpdatedAt.After(since) || (t.Status == "deleted") != (query.Get("filter") == "deleted")
	})
	views := []any{}
	for _, t := range all[min((number-1)*size, len(all)):min(number*size, len(all))] {
		views = append(views, s.view(t, query.Get("include")))
	}
	if number*size < len(all) {
		w.Header().Set("Link", fmt.Sprintf(`<https://%s%s?page=%d>; rel="next"`, r.Host, r.URL.Path, number+1))
	}
	answer(w, http.StatusOK, views)
}

func (s *Server) view(t helpdeskfake.Ticket, include string) map[string]any {
	view := map[string]any{"id": number(t.ID), "subject": t.Subject, "status": statuses[t.Status], "priority": priorities[t.Priority],
		"source": 2, "type": nil, "tags": slices.Concat([]string{}, t.Tags), "requester_id": number(t.RequesterID), "company_id": number(t.OrganizationID),
		"responder_id": number(t.AssigneeID), "group_id": nil, "product_id": nil, "spam": false, "custom_fields": map[string]any{"cf_plan": "gold"},
		"created_at": t.CreatedAt.UTC().Format(time.RFC3339), "updated_at": t.UpdatedAt.UTC().Format(time.RFC3339)}
	if t.Status == "deleted" {
		view["deleted"], view["status"] = true, 2
	}
	if strings.Contains(include, "description") || include == "requester" { // a single ticket always has one
		view["description"], view["description_text"] = "<div>"+html.EscapeString(t.Description)+"</div>", t.Description
	}
	if p, ok := s.Person(t.RequesterID); ok && strings.Contains(include, "requester") {
		view["requester"] = map[string]any{"id": number(p.ID), "name": p.Name, "email": p.Email, "mobile": nil, "phone": nil}
	}
	return view
}

func (s *Server) showTicket(w http.ResponseWriter, r *http.Request) {
	if t, ok := s.Find(r.PathValue("id")); ok {
		answer(w, http.StatusOK, s.view(t, "requester"))
		return
	}
	missing(w)
}

// alive returns the ticket of the path, and answers 404 where there is none to
// work on.
func (s *Server) alive(w http.ResponseWriter, r *http.Request) (helpdeskfake.Ticket, bool) {
	t, ok := s.Find(r.PathValue("id"))
	if !ok || t.Status == "deleted" {
		missing(w)
		return t, false
	}
	return t, true
}

func (s *Server) putTicket(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Tags   *[]string `json:"tags"`
		Status int       `json:"status"`
	}
	t, ok := s.alive(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	if in.Tags != nil {
		s.SetTags(t.ID, *in.Tags...)
	}
	for word, n := range statuses {
		if n == in.Status && word != "new" {
			s.SetStatus(t.ID, word)
		}
	}
	t, _ = s.Find(t.ID)
	answer(w, http.StatusOK, s.view(t, ""))
}

func (s *Server) postNote(w http.ResponseWriter, r *http.Request)  { s.write(w, r, false) }
func (s *Server) postReply(w http.ResponseWriter, r *http.Request) { s.write(w, r, true) }

func (s *Server) write(w http.ResponseWriter, r *http.Request, reply bool) {
	var in struct {
		Body    string `json:"body"`
		Private bool   `json:"private"`
	}
	t, ok := s.alive(w, r)
	if !ok || !decode(w, r, &in) {
		return
	}
	text := html.UnescapeString(strings.ReplaceAll(in.Body, "<br>", "\n"))
	c := s.Comment(t.ID, s.Me(), text, reply || !in.Private)
	answer(w, http.StatusCreated, s.conversation(t, c))
}

func (s *Server) listConversations(w http.ResponseWriter, r *http.Request) {
	t, ok := s.alive(w, r)
	if !ok {
		return
	}
	number, size := atoi(r.URL.Query().Get("page"), 1), min(atoi(r.URL.Query().Get("per_page"), 30), 100)
	views := []any{}
	for _, c := range t.Comments[min((number-1)*size, len(t.Comments)):min(number*size, len(t.Comments))] {
		views = append(views, s.conversation(t, c))
	}
	answer(w, http.StatusOK, views)
}

func (s *Server) conversation(t helpdeskfake.Ticket, c helpdeskfake.Comment) map[string]any {
	author, _ := s.Person(c.AuthorID)
	return map[string]any{"id": number(c.ID), "ticket_id": number(t.ID), "user_id": number(c.AuthorID), "incoming": !author.Agent, "private": !c.Public,
		"body": "<div>" + html.EscapeString(c.Body) + "</div>", "body_text": c.Body, "created_at": c.At.UTC().Format(time.RFC3339)}
}

func (s *Server) showMe(w http.ResponseWriter, r *http.Request) {
	r.SetPathValue("id", s.Me())
	s.showAgent(w, r)
}

func (s *Server) showAgent(w http.ResponseWriter, r *http.Request) {
	if p, ok := s.Person(r.PathValue("id")); ok && p.Agent {
		answer(w, http.StatusOK, map[string]any{"id": number(p.ID), "type": "support_agent", "updated_at": p.UpdatedAt.UTC().Format(time.RFC3339),
			"contact": map[string]any{"name": p.Name, "email": p.Email, "language": "en"}})
		return
	}
	missing(w)
}

func (s *Server) showCompany(w http.ResponseWriter, r *http.Request) {
	if o, ok := s.Company(r.PathValue("id")); ok {
		answer(w, http.StatusOK, map[string]any{"id": number(o.ID), "name": o.Name, "domains": []string{},
			"custom_fields": map[string]any{"mrr": 1200}, "updated_at": o.UpdatedAt.UTC().Format(time.RFC3339)})
		return
	}
	missing(w)
}

func missing(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) } // Freshdesk's 404 has no body

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		answer(w, http.StatusBadRequest, map[string]any{"code": "invalid_json", "message": "Request body has invalid json format"})
		return false
	}
	return true
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}

func atoi(s string, fallback int) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return n
	}
	return fallback
}

// number is an id as the API writes it, null for none.
func number(id string) any {
	if n, err := strconv.Atoi(id); err == nil {
		return n
	}
	return nil
}
