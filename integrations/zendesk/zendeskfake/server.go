// Package zendeskfake is a helpdesk in memory that speaks Zendesk's protocol:
// for tests, for the demo, and stand-alone. It knows authentication, the
// cursor export, tickets, comments, tags, jobs, webhooks with signed
// deliveries, rate limits, and the vendor's ways to fail. It shares no code
// with the client, so that a misunderstanding does not cancel out.
//
// The Go methods play what people do in the helpdesk; the HTTP handler serves
// what the API offers. Deliveries wait until Flush or Run sends them: the
// package starts no goroutine.
package zendeskfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// logSize is how many requests and deliveries are remembered at least.
const logSize = 10_000

// Options describe the account. The zero value takes every credential and sets
// no limits.
type Options struct {
	Clock func() time.Time // default: time.Now

	// Credentials that are taken: Email with APIToken, or OAuthToken. All empty:
	// any.
	Email, APIToken, OAuthToken string

	// Limits a minute, 0 for none. Zendesk's: 200 to 2,500 requests, 10 exports.
	RequestsPerMinute, ExportsPerMinute int

	// ExcludeLastMinute leaves the newest minute out of the export, as Zendesk does.
	ExcludeLastMinute bool

	FirstTicketID int64        // default: 1
	Deliver       *http.Client // sends webhooks; default: 10 s timeout, as Zendesk's
}

// A Server is one account. It is an http.Handler.
type Server struct {
	options Options
	mux     *http.ServeMux
	wake    chan struct{} // tells Run that deliveries wait

	mu            sync.Mutex
	lastID        int64
	lastTicketID  int64
	tickets       map[string]*ticket
	log           []entry // every change, oldest first
	people        map[string]*person
	organizations map[string]*organization
	webhooks      map[string]*webhook
	jobs          map[string][]string // job id to ticket ids
	me            string

	faults        []*Fault
	foreignHost   string
	cursorEpoch   int
	requestWindow window
	exportWindow  window

	lastEvent  time.Time
	outbox     []*outgoing
	requests   []Request
	deliveries []Delivery
}

// A Request is one that the API received.
type Request struct {
	Method, Path, Query string
	Body                string
	Status              int // what was answered; 0 for a dropped connection
}

// New returns an account with one admin, who is whom the API's caller acts as.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Deliver == nil {
		o.Deliver = &http.Client{Timeout: 10 * time.Second}
	}
	s := &Server{
		options:       o,
		wake:          make(chan struct{}, 1),
		lastID:        370_000_000_000, // ids are large on purpose
		lastTicketID:  max(1, o.FirstTicketID) - 1,
		tickets:       map[string]*ticket{},
		people:        map[string]*person{},
		organizations: map[string]*organization{},
		webhooks:      map[string]*webhook{},
		jobs:          map[string][]string{},
	}
	s.me = s.addPerson(person{Name: "ticketlink bot", Email: "bot@example.com", Role: "admin"})
	s.mux = s.routes()
	return s
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /api/v2/incremental/tickets/cursor":    s.exportTickets,
		"GET /api/v2/tickets/show_many":             s.showMany,
		"GET /api/v2/tickets/{id}":                  s.showTicket,
		"GET /api/v2/tickets":                       s.listTickets,
		"POST /api/v2/tickets":                      s.postTicket,
		"PUT /api/v2/tickets/{id}":                  s.putTicket,
		"PUT /api/v2/tickets/update_many":           s.updateMany,
		"GET /api/v2/tickets/{id}/comments":         s.listComments,
		"GET /api/v2/tickets/{id}/audits":           s.listAudits,
		"GET /api/v2/tickets/{id}/tags":             s.tagsEndpoint,
		"POST /api/v2/tickets/{id}/tags":            s.tagsEndpoint,
		"PUT /api/v2/tickets/{id}/tags":             s.tagsEndpoint,
		"DELETE /api/v2/tickets/{id}/tags":          s.tagsEndpoint,
		"GET /api/v2/job_statuses/{id}":             s.showJob,
		"GET /api/v2/users/me":                      s.showMe,
		"GET /api/v2/webhooks":                      s.listWebhooks,
		"POST /api/v2/webhooks":                     s.postWebhook,
		"POST /api/v2/webhooks/test":                s.testWebhook,
		"GET /api/v2/webhooks/{id}":                 s.showWebhook,
		"PATCH /api/v2/webhooks/{id}":               s.patchWebhook,
		"PUT /api/v2/webhooks/{id}":                 s.patchWebhook,
		"DELETE /api/v2/webhooks/{id}":              s.deleteWebhook,
		"GET /api/v2/webhooks/{id}/signing_secret":  s.signingSecret,
		"POST /api/v2/webhooks/{id}/signing_secret": s.signingSecret,
		"/": func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusNotFound, "InvalidEndpoint", "Not found")
		},
	} {
		mux.HandleFunc(pattern, handle)
	}
	return mux
}

// ServeHTTP answers one API request: faults first, then credentials, limits
// and the endpoint. Paths may end in .json.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := readBody(w, r)
	out := &recorder{ResponseWriter: w}
	defer s.record(r, body, out)
	r.URL.Path = strings.TrimSuffix(r.URL.Path, ".json")
	if f := s.takeFault(r); f != nil {
		f.play(out, func(w http.ResponseWriter) { s.mux.ServeHTTP(w, r) })
		return
	}
	if !s.authorized(r) {
		refuse(out, http.StatusUnauthorized, "Couldn't authenticate you", "")
		return
	}
	if !s.withinLimits(out, r) {
		return
	}
	s.mux.ServeHTTP(out, r)
}

func (s *Server) authorized(r *http.Request) bool {
	o := s.options
	if o.Email == "" && o.APIToken == "" && o.OAuthToken == "" {
		return true
	}
	if user, password, ok := r.BasicAuth(); ok {
		return o.APIToken != "" && user == o.Email+"/token" && password == o.APIToken
	}
	return o.OAuthToken != "" && r.Header.Get("Authorization") == "Bearer "+o.OAuthToken
}

func (s *Server) record(r *http.Request, body string, out *recorder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = keepLast(append(s.requests, Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: body, Status: out.status,
	}))
}

// keepLast bounds a log, for a fake that runs for weeks.
func keepLast[T any](log []T) []T {
	if len(log) < 2*logSize {
		return log
	}
	return slices.Clone(log[len(log)-logSize:])
}

// Requests returns what the API received lately, oldest first. Paths come
// without .json.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Now is the account's time.
func (s *Server) Now() time.Time { return s.now() }

// now is the account's time, in whole seconds like the API's.
func (s *Server) now() time.Time { return s.options.Clock().UTC().Truncate(time.Second) }

func (s *Server) nextID() string {
	s.lastID++
	return fmt.Sprint(s.lastID)
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}

func refuse(w http.ResponseWriter, status int, code, description string) {
	body := map[string]any{"error": code}
	if description != "" {
		body["description"] = description
	}
	answer(w, status, body)
}
