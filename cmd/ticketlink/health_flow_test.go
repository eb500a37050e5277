package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// Live is the process; ready is that it can store a webhook.
func TestHealthTellsTheTruth(t *testing.T) {
	s := newStory(t)
	s.health("all is well", 200, "ready")
	setReadOnly := func(value string) {
		if _, err := s.worker.Database.Exec(t.Context(), "do $$ begin execute format('alter database %I set default_transaction_read_only = "+value+"', current_database()); end $$"); err != nil {
			t.Fatal(err)
		}
		s.worker.Database.Reset() // as a failover to a standby does
	}
	setReadOnly("on")
	s.health("the database is a standby", 503, "read-only")
	s.worker.Database.Close()
	s.health("the database is away", 503, "does not answer")
}

func (s *story) health(when string, ready int, says string) {
	s.t.Helper()
	s.healthAt(s.service.URL, when, ready, says)
}

func (s *story) healthAt(url, when string, ready int, says string) {
	s.t.Helper()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": ready} {
		resp, err := http.Get(url + path)
		if err != nil {
			s.t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want || path == "/readyz" && !strings.Contains(string(b), says) {
			s.t.Errorf("%s: %s answers %d %q, %v; want %d %q", when, path, resp.StatusCode, b, err, want, says)
		}
	}
}
