package helpdesktest

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// A stage is one account, a client, and the wire between them, on which things
// go wrong.
type stage struct {
	*testing.T
	Account
	Client
	connect func(token string) Client
	wire    *wire
	url     string
	now     time.Time

	customer, agent string
}

// begin is when the suite's accounts begin to exist.
var begin = sourcetest.Now

func open[A Account, C Client](t *testing.T, account func(clock func() time.Time, token string) A,
	connect func(url, token string, l integrations.Line) (C, error)) *stage {
	s := &stage{T: t, now: begin}
	clock := func() time.Time { return s.now }
	s.Account = account(clock, token)
	s.wire = &wire{api: s.Account}
	server := httptest.NewServer(s.wire)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.connect = func(token string) Client {
		client, err := connect(server.URL, token, integrations.Line{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		return client
	}
	s.Client = s.connect(token)
	s.customer = s.Customer("Ada", s.Organization("Acme"))
	s.agent = s.Agent("Grace")
	return s
}

// ticket is one that a customer wrote, a minute ago.
func (s *stage) ticket(subject string) string {
	id := s.Create(helpdeskfake.Ticket{Subject: subject, Description: "Nothing works.", RequesterID: s.customer, Tags: []string{"api"}})
	s.later(time.Minute)
	return id
}

// later lets time pass. Exports leave their newest minutes out.
func (s *stage) later(d time.Duration) { s.now = s.now.Add(d) }

// walk reads the export from a cursor to its end, and returns what it saw last
// of each ticket and the cursor at the end.
func (s *stage) walk(client Client, cursor string) (seen map[string]integrations.Ticket, end string) {
	s.Helper()
	seen = map[string]integrations.Ticket{}
	for range 100 {
		page := s.export(client, cursor)
		take(seen, page)
		if page.End {
			return seen, page.Cursor
		}
		if page.Cursor == cursor {
			s.Fatal("a page that is not the last has the cursor of the one before it")
		}
		cursor = page.Cursor
	}
	s.Fatal("the export does not end")
	return nil, ""
}

func (s *stage) export(client Client, cursor string) integrations.Page {
	s.Helper()
	page, err := client.Export(s.Context(), cursor, begin.Add(-time.Hour))
	if err != nil {
		s.Fatal(err)
	}
	if len(page.Unreadable) > 0 || page.Cursor == "" {
		s.Fatalf("cursor %q, unreadable %q", page.Cursor, page.Unreadable)
	}
	for _, t := range page.Tickets {
		s.clean(t)
	}
	return page
}

// take keeps the newest word about each ticket, as the service does.
func take(seen map[string]integrations.Ticket, page integrations.Page) {
	for _, t := range page.Tickets {
		if !stamp(t).Before(stamp(seen[t.ID])) {
			seen[t.ID] = t
		}
	}
}

// stamp is how new a description of a ticket is.
func stamp(t integrations.Ticket) time.Time {
	if t.GeneratedAt.After(t.UpdatedAt) {
		return t.GeneratedAt
	}
	return t.UpdatedAt
}

// clean requires the form that integrations.Ticket promises.
func (s *stage) clean(t integrations.Ticket) {
	s.Helper()
	if t.ID == "" || t.Subject != integrations.CleanText(t.Subject, integrations.MaxSubject) ||
		t.Description != integrations.CleanText(t.Description, integrations.MaxText) ||
		t.Status != strings.ToLower(t.Status) || !slices.Equal(t.Tags, integrations.FoldTags(t.Tags)) {
		s.Errorf("ticket %q is not clean: %.300q", t.ID, fmt.Sprintf("%+v", t))
	}
	for _, at := range []time.Time{t.CreatedAt, t.UpdatedAt, t.GeneratedAt} {
		if at.Location() != time.UTC || at.Year() > 9999 {
			s.Errorf("ticket %q: %v is no time in UTC", t.ID, at)
		}
	}
}

func ids(seen map[string]integrations.Ticket) []string { return slices.Sorted(maps.Keys(seen)) }

// A wire is between the client and the API.
type wire struct {
	api http.Handler

	mu       sync.Mutex
	requests []*http.Request
	// instead answers in the API's place where it returns true.
	instead func(w http.ResponseWriter, r *http.Request) bool
	// rewrite changes what the API answered: the body and each header.
	rewrite func(text string) string
	// header adds to each answer.
	header http.Header
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // from this process
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	w.requests = append(w.requests, r)
	instead, rewrite := w.instead, w.rewrite
	w.mu.Unlock()
	if instead != nil && instead(out, r) {
		return
	}
	answer := httptest.NewRecorder()
	w.api.ServeHTTP(answer, r)
	text := answer.Body.String()
	if rewrite == nil {
		rewrite = func(text string) string { return text }
	}
	for name, values := range answer.Header() {
		for _, value := range values {
			out.Header().Add(name, rewrite(value))
		}
	}
	for name := range w.header {
		out.Header().Set(name, w.header.Get(name))
	}
	out.Header().Del("Content-Length")
	out.WriteHeader(answer.Code)
	_, _ = io.WriteString(out, rewrite(text)) // the client may be gone
}

// writes counts the requests since the last call that change something.
func (w *wire) writes() (n int) {
	for _, r := range w.taken() {
		if r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "search") && !strings.Contains(r.URL.Path, "oauth") {
			n++
		}
	}
	return n
}

// taken returns the requests since the last call.
func (w *wire) taken() []*http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	requests := w.requests
	w.requests = nil
	return requests
}
