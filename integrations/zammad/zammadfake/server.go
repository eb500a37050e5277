// Package zammadfake speaks Zammad's protocol over a simulated helpdesk. It
// shares no code with the client, so that a misunderstanding does not cancel out.
package zammadfake

import (
	"cmp"
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

const stampForm = "2006-01-02T15:04:05.000Z"

var states = map[string]string{"pending": "pending reminder", "solved": "closed"}

// A Server is one Zammad. It is an http.Handler.
type Server struct {
	*helpdeskfake.Desk
	token string
	mux   *http.ServeMux

	mu       sync.Mutex
	hooks    []map[string]any
	triggers []map[string]any
	// NoSearch plays an installation without Elasticsearch.
	NoSearch bool
}

// New is a Zammad whose API takes this token.
func New(clock func() time.Time, token string) *Server {
	s := &Server{Desk: helpdeskfake.New(clock), token: token, mux: http.NewServeMux()}
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /api/v1/tickets":                        s.list,
		"GET /api/v1/tickets/search":                 s.search,
		"GET /api/v1/tickets/{id}":                   s.ticket,
		"PUT /api/v1/tickets/{id}":                   s.putTicket,
		"GET /api/v1/ticket_articles/by_ticket/{id}": s.articles,
		"POST /api/v1/ticket_articles":               s.postArticle,
		"POST /api/v1/tags/add":                      s.addTag,
		"DELETE /api/v1/tags/remove":                 s.removeTag,
		"GET /api/v1/users/{id}":                     s.user,
		"GET /api/v1/webhooks":                       func(w http.ResponseWriter, _ *http.Request) { answer(w, s.listed(&s.hooks)) },
		"POST /api/v1/webhooks":                      func(w http.ResponseWriter, r *http.Request) { s.create(w, r, &s.hooks) },
		"PUT /api/v1/webhooks/{id}":                  func(w http.ResponseWriter, r *http.Request) { s.update(w, r, &s.hooks) },
		"GET /api/v1/triggers":                       func(w http.ResponseWriter, _ *http.Request) { answer(w, s.listed(&s.triggers)) },
		"POST /api/v1/triggers":                      func(w http.ResponseWriter, r *http.Request) { s.create(w, r, &s.triggers) },
		"PUT /api/v1/triggers/{id}":                  func(w http.ResponseWriter, r *http.Request) { s.update(w, r, &s.triggers) },
	} {
		s.mux.HandleFunc(pattern, handle)
	}
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Token token="+s.token {
		refuse(w, http.StatusUnauthorized, "Invalid BasicAuth credentials")
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Delivery is what a trigger sends about a ticket's latest article.
func (s *Server) Delivery(id string) []byte {
	t, _ := s.Find(id)
	articles := s.articlesOf(t)
	ticket := s.view(t)
	ticket["customer"], _ = s.userView(t.RequesterID)
	body, _ := json.Marshal(map[string]any{"ticket": ticket, "article": articles[len(articles)-1]}) // of plain values
	return body
}

// alive are the tickets that were not destroyed, by update time.
func (s *Server) alive() []helpdeskfake.Ticket {
	return slices.DeleteFunc(s.All(), func(t helpdeskfake.Ticket) bool { return t.Status == "deleted" })
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) { s.page(w, r, s.alive()) }

// search knows one query: updated_at:["…" TO *].
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	_, since, _ := strings.Cut(query.Get("query"), `["`)
	since, _, _ = strings.Cut(since, `"`)
	at, err := time.Parse(time.RFC3339, since)
	if err != nil || query.Get("sort_by") != "updated_at" || query.Get("order_by") != "asc" || query.Get("expand") != "true" {
		refuse(w, http.StatusUnprocessableEntity, "Invalid query")
		return
	}
	s.page(w, r, slices.DeleteFunc(s.alive(), func(t helpdeskfake.Ticket) bool { return s.NoSearch || t.UpdatedAt.Before(at) }))
}

func (s *Server) page(w http.ResponseWriter, r *http.Request, all []helpdeskfake.Ticket) {
	number, _ := strconv.Atoi(cmp.Or(r.URL.Query().Get("page"), "1"))
	size, _ := strconv.Atoi(cmp.Or(r.URL.Query().Get("per_page"), "25"))
	size = min(size, 100)
	views := []any{}
	for _, t := range all[min(max(number-1, 0)*size, len(all)):min(max(number, 0)*size, len(all))] {
		views = append(views, s.view(t))
	}
	answer(w, views)
}

func (s *Server) view(t helpdeskfake.Ticket) map[string]any {
	return map[string]any{"id": number(t.ID), "number": "20" + t.ID, "title": t.Subject, "state": cmp.Or(states[t.Status], t.Status),
		"priority": "2 normal", "group": "Users", "group_id": 1, "customer_id": number(t.RequesterID), "organization_id": number(t.OrganizationID),
		"owner_id": cmp.Or(number(t.AssigneeID), any(1)), "create_article_type": "web",
		"created_at": t.CreatedAt.UTC().Format(stampForm), "updated_at": t.UpdatedAt.UTC().Format(stampForm)}
}

// ticket shows one; with all=true with everything that hangs on it.
func (s *Server) ticket(w http.ResponseWriter, r *http.Request) {
	t, ok := s.found(w, r.PathValue("id"))
	if !ok {
		return
	}
	if r.URL.Query().Get("all") != "true" {
		answer(w, s.view(t))
		return
	}
	articles, byID, ids := s.articlesOf(t), map[string]any{}, []any{}
	for _, a := range articles {
		delete(a, "sender") // names come with expand only
		byID[fmt.Sprint(a["id"])] = a
		ids = append(ids, a["id"])
	}
	users, organizations := map[string]any{}, map[string]any{}
	if u, ok := s.userView(t.RequesterID); ok {
		users[t.RequesterID] = u
	}
	if o, ok := s.Company(t.OrganizationID); ok {
		organizations[o.ID] = map[string]any{"id": number(o.ID), "name": o.Name, "plan": "gold", "updated_at": o.UpdatedAt.UTC().Format(stampForm)}
	}
	answer(w, map[string]any{"ticket_id": number(t.ID), "ticket_article_ids": ids, "tags": slices.Concat([]string{}, t.Tags),
		"assets": map[string]any{"Ticket": map[string]any{t.ID: map[string]any{"id": number(t.ID), "title": t.Subject}},
			"TicketArticle": byID, "User": users, "Organization": organizations}})
}

// articlesOf are a ticket's articles, the description first.
func (s *Server) articlesOf(t helpdeskfake.Ticket) (views []map[string]any) {
	first := helpdeskfake.Comment{ID: "9" + t.ID, AuthorID: t.RequesterID, Body: t.Description, Public: true, At: t.CreatedAt}
	for _, c := range slices.Concat([]helpdeskfake.Comment{first}, t.Comments) {
		sender, senderID := "Customer", 2
		if p, _ := s.Person(c.AuthorID); p.Agent {
			sender, senderID = "Agent", 1
		}
		views = append(views, map[string]any{"id": number(c.ID), "ticket_id": number(t.ID), "body": c.Body, "content_type": "text/plain", "type": "note",
			"sender": sender, "sender_id": senderID, "internal": !c.Public, "created_by_id": number(c.AuthorID), "created_at": c.At.UTC().Format(stampForm)})
	}
	return views
}

func (s *Server) articles(w http.ResponseWriter, r *http.Request) {
	if t, ok := s.found(w, r.PathValue("id")); ok {
		answer(w, s.articlesOf(t))
	}
}

func (s *Server) user(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if id == "me" {
		id = s.Me()
	}
	if u, ok := s.userView(id); ok {
		answer(w, u)
		return
	}
	refuse(w, http.StatusNotFound, "No such object")
}

func (s *Server) userView(id string) (map[string]any, bool) {
	p, ok := s.Person(id)
	first, last, _ := strings.Cut(p.Name, " ")
	return map[string]any{"id": number(p.ID), "firstname": first, "lastname": last, "email": p.Email, "login": p.Email,
		"organization_id": number(p.OrganizationID), "updated_at": p.UpdatedAt.UTC().Format(stampForm)}, ok
}

// found answers 404 for a ticket that is not there.
func (s *Server) found(w http.ResponseWriter, id string) (helpdeskfake.Ticket, bool) {
	t, ok := s.Find(id)
	if !ok || t.Status == "deleted" {
		refuse(w, http.StatusNotFound, "Couldn't find Ticket with 'id'="+id)
		return t, false
	}
	return t, true
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}

func refuse(w http.ResponseWriter, status int, text string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": text, "error_human": text}) // likewise
}

// number is an id as the API writes it, nil for none.
func number(id string) any {
	if n, err := strconv.Atoi(id); err == nil {
		return n
	}
	return nil
}
