// Package helpscoutfake speaks Help Scout's protocol over a simulated helpdesk.
// It shares no code with the client, so that a misunderstanding does not cancel out.
package helpscoutfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

const (
	conversationsPerPage = 25
	threadsPerPage       = 25
	accessToken          = "fake-access-token"
)

// A Server is one account. It is an http.Handler.
type Server struct {
	*helpdeskfake.Desk
	appSecret string
	mux       *http.ServeMux

	mu     sync.Mutex
	hooks  []map[string]any
	lastID int
}

// New is an account with an app of this secret; its id is "app".
func New(clock func() time.Time, appSecret string) *Server {
	s := &Server{Desk: helpdeskfake.New(clock), appSecret: appSecret, mux: http.NewServeMux()}
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request, helpdeskfake.Ticket){
		"GET /v2/conversations/{id}": func(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
			answer(w, http.StatusOK, s.view(t, r.URL.Query().Get("embed") == "threads"))
		},
		"GET /v2/conversations/{id}/threads": s.listThreads,
		"PUT /v2/conversations/{id}/tags":    s.putTags,
		"POST /v2/conversations/{id}/notes":  s.postNote,
		"POST /v2/conversations/{id}/reply":  s.postReply,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			t, ok := s.Find(r.PathValue("id"))
			if !ok || t.Status == "deleted" {
				refuse(w, http.StatusNotFound, "not_found")
				return
			}
			handle(w, r, t)
		})
	}
	s.mux.HandleFunc("GET /v2/conversations", s.listConversations)
	s.mux.HandleFunc("GET /v2/customers/{id}", s.showCustomer)
	s.mux.HandleFunc("GET /v2/users/me", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"id": number(s.Me())})
	})
	s.mux.HandleFunc("GET /v2/webhooks", s.listHooks)
	s.mux.HandleFunc("POST /v2/webhooks", s.postHook)
	s.mux.HandleFunc("DELETE /v2/webhooks/{id}", s.deleteHook)
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/v2/oauth2/token" {
		s.grant(w, r)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+accessToken {
		refuse(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	w.Header().Set("X-RateLimit-Limit-Minute", "400")
	w.Header().Set("X-RateLimit-Remaining-Minute", "399")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) grant(w http.ResponseWriter, r *http.Request) {
	var in map[string]string
	if !decode(w, r, &in) {
		return
	}
	if in["grant_type"] != "client_credentials" || in["client_id"] != "app" || in["client_secret"] != s.appSecret {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	answer(w, http.StatusOK, map[string]any{"token_type": "bearer", "access_token": accessToken, "expires_in": 172800})
}

// Delivery is what the webhook sends about a conversation.
func (s *Server) Delivery(id string) []byte {
	t, _ := s.Find(id)
	body, _ := json.Marshal(s.view(t, true)) // of plain values
	return body
}

// listConversations: published ones by the time of their change, in numbered pages.
func (s *Server) listConversations(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	since, err := time.Parse(time.RFC3339, query.Get("modifiedSince"))
	if err != nil || query.Get("sortField") != "modifiedAt" || query.Get("sortOrder") != "asc" || query.Get("status") != "all" {
		refuse(w, http.StatusBadRequest, "validation")
		return
	}
	all := slices.DeleteFunc(s.All(), func(t helpdeskfake.Ticket) bool { return t.Status == "deleted" || t.UpdatedAt.Before(since) })
	slices.SortStableFunc(all, func(a, b helpdeskfake.Ticket) int { return a.UpdatedAt.Compare(b.UpdatedAt) })
	var views []any
	for _, t := range all {
		views = append(views, s.view(t, query.Get("embed") == "threads"))
	}
	paged(w, r, "conversations", views, conversationsPerPage)
}

func (s *Server) listThreads(w http.ResponseWriter, r *http.Request, t helpdeskfake.Ticket) {
	paged(w, r, "threads", s.threads(t), threadsPerPage)
}

// paged answers one page. What is empty has no _embedded.
func paged(w http.ResponseWriter, r *http.Request, name string, all []any, size int) {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 {
		n = 1
	}
	total := (len(all) + size - 1) / size
	view := map[string]any{"page": map[string]any{"size": size, "totalElements": len(all), "totalPages": total, "number": n},
		"_links": map[string]any{"next": map[string]any{"href": "https://" + r.Host + r.URL.Path + "?page=" + strconv.Itoa(n+1)}}}
	if items := all[min((n-1)*size, len(all)):min(n*size, len(all))]; len(items) > 0 {
		view["_embedded"] = map[string]any{name: items}
	}
	answer(w, http.StatusOK, view)
}

func (s *Server) showCustomer(w http.ResponseWriter, r *http.Request) {
	p, ok := s.Person(r.PathValue("id"))
	if !ok || p.Agent {
		refuse(w, http.StatusNotFound, "not_found")
		return
	}
	o, _ := s.Company(p.OrganizationID)
	answer(w, http.StatusOK, map[string]any{"id": number(p.ID), "firstName": p.Name, "lastName": "", "organization": o.Name,
		"updatedAt": stamp(p.UpdatedAt), "_embedded": map[string]any{"emails": []any{map[string]any{"id": 1, "value": p.Email, "type": "work"}}}})
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "bad_request")
		return false
	}
	return true
}

func refuse(w http.ResponseWriter, status int, code string) {
	answer(w, status, map[string]any{"error": code, "message": strings.ReplaceAll(code, "_", " ")})
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/hal+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// number is an id as the API writes it, null for none.
func number(id string) any {
	if n, err := strconv.Atoi(id); err == nil {
		return n
	}
	return nil
}
