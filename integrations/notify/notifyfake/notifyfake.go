// Package notifyfake is the other end of a generic notification target: a tool
// that takes reminders, for tests and the demo.
package notifyfake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
)

// A Message is one delivery that the fake accepted.
type Message struct {
	Key    string // header Idempotency-Key
	Header http.Header
	Body   map[string]any
}

// Text returns a field of the body, "" where it is no string.
func (m Message) Text(name string) string {
	s, _ := m.Body[name].(string)
	return s
}

// A Server takes reminders. It is safe for concurrent use.
type Server struct {
	*httptest.Server

	mu       sync.Mutex
	messages []Message
	attempts int
	status   int
	failures int
	wait     int // seconds
	arrived  chan Message
}

// New starts a server on a local port. Close it after use.
func New() *Server {
	s := &Server{arrived: make(chan Message, 1024)}
	s.Server = httptest.NewServer(http.HandlerFunc(s.receive))
	return s
}

// Target returns the URL to configure as a notification target.
func (s *Server) Target() string { return "generic+" + s.URL + "/hook" }

// Fail answers the next n deliveries with status, and with Retry-After where
// seconds is positive.
func (s *Server) Fail(n, status, seconds int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures, s.status, s.wait = n, status, seconds
}

// Messages returns what was accepted so far, in order of arrival.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Attempts counts deliveries, refused ones too.
func (s *Server) Attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts
}

// Arrived gets each accepted message, for tests that wait; the first 1,024
// that nobody takes.
func (s *Server) Arrived() <-chan Message { return s.arrived }

func (s *Server) receive(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	m := Message{Key: r.Header.Get("Idempotency-Key"), Header: r.Header.Clone()}
	if err != nil || json.Unmarshal(data, &m.Body) != nil {
		http.Error(w, "want one JSON object", http.StatusBadRequest)
		return
	}
	if status, wait := s.accept(m); status != http.StatusOK {
		if wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(wait))
		}
		w.WriteHeader(status)
	}
}

func (s *Server) accept(m Message) (status, wait int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts++
	if s.failures > 0 {
		s.failures--
		return s.status, s.wait
	}
	s.messages = append(s.messages, m)
	select {
	case s.arrived <- m:
	default:
	}
	return http.StatusOK, 0
}
