// Package genericfake is a helpdesk that somebody wrote at home, with a JSON API
// like none of the vendors'. It shares no code with the client.
package genericfake

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

const pageSize = 40

// A Server is the helpdesk. It is an http.Handler.
type Server struct {
	*helpdeskfake.Desk
	token string
	mux   *http.ServeMux
}

// New is a helpdesk whose API takes this token.
func New(clock func() time.Time, token string) *Server {
	s := &Server{Desk: helpdeskfake.New(clock), token: token, mux: http.NewServeMux()}
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request, helpdeskfake.Ticket){
		"GET /api/tickets/{id}": func(w http.ResponseWriter, _ *http.Request, t helpdeskfake.Ticket) {
			answer(w, map[string]any{"ticket": s.view(t)})
		},
		"PUT /api/tickets/{id}":               s.putTicket,
		"POST /api/tickets/{id}/tags":         s.postTag,
		"DELETE /api/tickets/{id}/tags/{tag}": s.deleteTag,
		"GET /api/tickets/{id}/comments":      s.comments,
		"POST /api/tickets/{id}/comments":     s.postComment,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			t, ok := s.Find(r.PathValue("id"))
			if !ok || t.Status == "deleted" {
				http.NotFound(w, r)
				return
			}
			handle(w, r, t)
		})
	}
	s.mux.HandleFunc("GET /api/tickets", s.list)
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Delivery is what the helpdesk sends about a ticket.
func (s *Server) Delivery(id string) []byte {
	t, _ := s.Find(id)
	body, _ := json.Marshal(map[string]any{"data": map[string]any{"ticket": s.view(t)}}) // of plain values
	return body
}

// list is by change time and id; its cursor names both, so that nothing is lost
// by what moves to its end.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	since, err := time.Parse(time.RFC3339, query.Get("changed_since"))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	after, _ := base64.StdEncoding.DecodeString(query.Get("after"))
	all := slices.DeleteFunc(s.All(), func(t helpdeskfake.Ticket) bool { return t.UpdatedAt.Before(since) || place(t) <= string(after) })
	views, next := []any{}, any(nil)
	for _, t := range all[:min(pageSize, len(all))] {
		views = append(views, s.view(t))
	}
	if len(all) > pageSize {
		next = base64.StdEncoding.EncodeToString([]byte(place(all[pageSize-1])))
	}
	answer(w, map[string]any{"tickets": views, "page": map[string]any{"next": next, "url": "https://" + r.Host + "/api/tickets"}})
}

func place(t helpdeskfake.Ticket) string {
	n, _ := strconv.Atoi(t.ID) // ids are numbers here
	return fmt.Sprintf("%s+%012d", t.UpdatedAt.UTC().Format(time.RFC3339), n)
}

func (s *Server) view(t helpdeskfake.Ticket) map[string]any {
	p, _ := s.Person(t.RequesterID)
	o, _ := s.Company(t.OrganizationID)
	return map[string]any{"no": t.ID, "title": t.Subject, "text": t.Description, "state": t.Status, "labels": slices.Concat([]string{}, t.Tags),
		"customer": map[string]any{"id": p.ID, "name": p.Name, "company": map[string]any{"id": o.ID, "name": o.Name, "facts": map[string]any{"mrr": 1200}}},
		"created":  t.CreatedAt.UTC().Format(time.RFC3339), "changed": t.UpdatedAt.UTC().Format(time.RFC3339), "gone": t.Status == "deleted"}
}

func (s *Server) putTicket(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	var in struct{ State string }
	if decode(w, r, &in) {
		s.SetStatus(t.ID, in.State)
	}
}

func (s *Server) postTag(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	var in struct{ Tag string }
	if decode(w, r, &in) && !slices.Contains(t.Tags, in.Tag) {
		s.SetTags(t.ID, append(t.Tags, in.Tag)...)
	}
}

func (s *Server) deleteTag(_ http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	s.SetTags(t.ID, slices.DeleteFunc(t.Tags, func(tag string) bool { return tag == r.PathValue("tag") })...)
}

func (s *Server) comments(w http.ResponseWriter, _ *http.Request, t helpdeskfake.Ticket) {
	views := []any{}
	for _, c := range t.Comments {
		p, _ := s.Person(c.AuthorID)
		views = append(views, map[string]any{"id": c.ID, "text": c.Body, "internal": !c.Public, "created": c.At.UTC().Format(time.RFC3339),
			"author": map[string]any{"id": p.ID, "staff": p.Agent, "bot": p.ID == s.Me()}})
	}
	answer(w, map[string]any{"comments": views})
}

func (s *Server) postComment(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	var in struct {
		Text     string
		Internal bool
	}
	if decode(w, r, &in) {
		s.Comment(t.ID, s.Me(), in.Text, !in.Internal)
	}
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return false
	}
	return true
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}
