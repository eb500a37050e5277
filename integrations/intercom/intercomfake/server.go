// Package intercomfake speaks Intercom's protocol over a simulated helpdesk. It
// shares no code with the client, so that a misunderstanding does not cancel out.
package intercomfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

// A Server is one workspace. It is an http.Handler.
type Server struct {
	*helpdeskfake.Desk
	token string
	mux   *http.ServeMux

	mu         sync.Mutex
	tags       []string // by id, from 1
	deliveries int
}

// New is a workspace whose API takes this access token.
func New(clock func() time.Time, token string) *Server {
	s := &Server{Desk: helpdeskfake.New(clock), token: token, mux: http.NewServeMux()}
	for pattern, handle := range map[string]http.HandlerFunc{
		"POST /conversations/search":             s.search,
		"GET /conversations/{id}":                s.show,
		"POST /conversations/{id}/reply":         s.reply,
		"POST /conversations/{id}/parts":         s.setState,
		"POST /conversations/{id}/tags":          s.attach,
		"DELETE /conversations/{id}/tags/{name}": s.detach,
		"POST /tags":                             s.makeTag,
		"GET /me":                                func(w http.ResponseWriter, _ *http.Request) { s.admin(w, s.Me()) },
		"GET /admins/{id}":                       func(w http.ResponseWriter, r *http.Request) { s.admin(w, r.PathValue("id")) },
		"GET /contacts/{id}":                     s.contact,
		"GET /companies/{id}":                    s.company,
	} {
		s.mux.HandleFunc(pattern, handle)
	}
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.token:
		fail(w, http.StatusUnauthorized, "unauthorized")
		return
	case r.Header.Get("Intercom-Version") == "":
		fail(w, http.StatusBadRequest, "intercom_version_invalid")
		return
	}
	w.Header().Set("X-RateLimit-Limit", "1667")
	w.Header().Set("X-RateLimit-Remaining", "1666")
	s.mux.ServeHTTP(w, r)
}

// Delivery is what a webhook sends about a conversation.
func (s *Server) Delivery(id string) []byte {
	t, _ := s.Find(id)
	s.mu.Lock()
	s.deliveries++
	event := map[string]any{"type": "notification_event", "app_id": "abc123", "id": fmt.Sprint("notif_", s.deliveries), "topic": "conversation.user.replied",
		"delivery_attempts": 1, "created_at": t.UpdatedAt.Unix(), "first_sent_at": t.UpdatedAt.Unix()}
	s.mu.Unlock()
	item := s.view(t)
	if t.Status == "deleted" {
		event["topic"], item = "conversation.deleted", map[string]any{"type": "conversation", "id": id}
	}
	event["data"] = map[string]any{"type": "notification_event_data", "item": item}
	body, _ := json.Marshal(event) // made above
	return body
}

// search: by update time and id; the cursor is the last conversation's.
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Query struct {
			Value []struct{ Field, Operator, Value string }
		}
		Sort       struct{ Field, Order string }
		Pagination struct {
			PerPage       int    `json:"per_page"`
			StartingAfter string `json:"starting_after"`
		}
	}
	if !decode(w, r, &in) {
		return
	}
	size := in.Pagination.PerPage
	if len(in.Query.Value) != 1 || in.Query.Value[0].Field != "updated_at" || in.Query.Value[0].Operator != ">" ||
		in.Sort.Field != "updated_at" || in.Sort.Order != "ascending" || size < 1 || size > 150 {
		fail(w, http.StatusBadRequest, "parameter_invalid")
		return
	}
	since, err := strconv.ParseInt(in.Query.Value[0].Value, 10, 64)
	key := func(t helpdeskfake.Ticket) string { return fmt.Sprintf("%012d|%s", t.UpdatedAt.Unix(), t.ID) }
	if err != nil || in.Pagination.StartingAfter != "" && !strings.Contains(in.Pagination.StartingAfter, "|") {
		fail(w, http.StatusBadRequest, "parameter_invalid")
		return
	}
	all := slices.DeleteFunc(s.All(), func(t helpdeskfake.Ticket) bool {
		return t.Status == "deleted" || t.UpdatedAt.Unix() <= since || key(t) <= in.Pagination.StartingAfter
	})
	page := all[:min(size, len(all))]
	pages := map[string]any{"type": "pages", "page": 1, "per_page": size}
	if len(page) < len(all) {
		pages["next"] = map[string]any{"page": 2, "starting_after": key(page[len(page)-1])}
	}
	views := []any{}
	for _, t := range page {
		view := s.view(t)
		delete(view, "conversation_parts")
		views = append(views, view)
	}
	answer(w, map[string]any{"type": "conversation.list", "conversations": views, "total_count": len(all), "pages": pages})
}

// found returns the conversation of the path, and answers 404 where there is none.
func (s *Server) found(w http.ResponseWriter, r *http.Request) (helpdeskfake.Ticket, bool) {
	t, ok := s.Find(r.PathValue("id"))
	if !ok || t.Status == "deleted" {
		fail(w, http.StatusNotFound, "not_found")
		return t, false
	}
	return t, true
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	if t, ok := s.found(w, r); ok {
		answer(w, s.view(t))
	}
}

// admin, contact and company answer with somebody.
func (s *Server) admin(w http.ResponseWriter, id string) {
	p, ok := s.Person(id)
	if !ok || !p.Agent {
		fail(w, http.StatusNotFound, "admin_not_found")
		return
	}
	answer(w, map[string]any{"type": "admin", "id": p.ID, "name": p.Name, "email": p.Email, "app": map[string]any{"type": "app", "id_code": "abc123"}})
}

func (s *Server) contact(w http.ResponseWriter, r *http.Request) {
	p, ok := s.Person(r.PathValue("id"))
	if !ok || p.Agent {
		fail(w, http.StatusNotFound, "not_found")
		return
	}
	companies := []any{}
	if p.OrganizationID != "" {
		companies = append(companies, map[string]any{"type": "company", "id": p.OrganizationID, "url": "/companies/" + p.OrganizationID})
	}
	answer(w, map[string]any{"type": "contact", "id": p.ID, "role": "user", "name": p.Name, "email": p.Email, "language_override": nil,
		"custom_attributes": map[string]any{"beta": true}, "updated_at": p.UpdatedAt.Unix(),
		"companies": map[string]any{"type": "list", "data": companies, "total_count": len(companies), "has_more": false}})
}

func (s *Server) company(w http.ResponseWriter, r *http.Request) {
	o, ok := s.Company(r.PathValue("id"))
	if !ok {
		fail(w, http.StatusNotFound, "company_not_found")
		return
	}
	answer(w, map[string]any{"type": "company", "id": o.ID, "company_id": "crm-" + o.ID, "name": o.Name, "monthly_spend": 1200,
		"plan": map[string]any{"type": "plan", "id": "1", "name": "gold"}, "custom_attributes": map[string]any{"region": "eu"}, "updated_at": o.UpdatedAt.Unix()})
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	answer(w, map[string]any{"type": "error.list", "request_id": "b2f1", "errors": []any{map[string]any{"code": code, "message": "Something about it"}}})
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		fail(w, http.StatusBadRequest, "bad_request")
		return false
	}
	return true
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}
