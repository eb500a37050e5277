package helpdesktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// onTicket are the calls about one ticket.
func (h Helpdesk) onTicket(s *stage, id string) map[string]func() error {
	ctx := s.Context()
	calls := map[string]func() error{
		"AddTags":    func() error { return s.AddTags(ctx, id, []string{"incident_inc-42"}) },
		"RemoveTags": func() error { return s.RemoveTags(ctx, id, []string{"incident_inc-42"}) },
		"AddNote":    func() error { return s.AddNote(ctx, id, "planted words") },
		"Reply":      func() error { return s.Client.Reply(ctx, id, "planted words", "") },
		"HasNote":    func() error { _, err := s.HasNote(ctx, id, "[planted words]"); return err },
		"Replies":    func() error { _, err := s.Client.Replies(ctx, id); return err },
	}
	for name, off := range map[string]bool{"AddTags": h.NoTags, "RemoveTags": h.NoTags, "AddNote": h.NoComments, "Reply": h.NoReplyTo,
		"HasNote": h.NoComments, "Replies": h.NoComments} {
		if off {
			delete(calls, name)
		}
	}
	return calls
}

// all are all calls that go to the helpdesk.
func (h Helpdesk) all(s *stage, id string) map[string]func() error {
	ctx, calls := s.Context(), h.onTicket(s, id)
	calls["Export"] = func() error { _, err := s.Export(ctx, "", begin); return err }
	calls["Fetch"] = func() error { _, err := s.Fetch(ctx, []string{id}); return err }
	calls["Check"] = func() error { _, err := s.Check(ctx); return err }
	if !h.NoReplyTo {
		calls["HasReply"] = func() error { _, err := s.HasReply(ctx, id, "planted words", begin); return err }
	}
	if !h.Pastes {
		calls["Setup"] = func() error { _, _, err := s.Setup(ctx, h.hook(s)); return err }
	}
	return calls
}

// rateLimits: a 429 says when to try again; without a time it is a minute.
func (h Helpdesk) rateLimits(s *stage) {
	id := s.ticket("Cannot pay")
	for wait, header := range map[time.Duration]string{7 * time.Second: "7", time.Minute: ""} {
		s.wire.instead = func(w http.ResponseWriter, _ *http.Request) bool {
			if header != "" {
				w.Header().Set("Retry-After", header)
			}
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		for name, call := range h.all(s, id) {
			err := call()
			if integrations.KindOf(err) != integrations.RateLimited || integrations.RetryAfter(err) != wait {
				s.Errorf("%s with Retry-After %q: %v, to wait %v", name, header, err, integrations.RetryAfter(err))
			}
		}
	}
}

// kinds are what a caller is told of each status.
var kinds = map[int]integrations.Kind{
	400: integrations.Refused, 401: integrations.Unauthorized, 403: integrations.Unauthorized, 404: integrations.NotFound,
	409: integrations.Temporary, 422: integrations.Refused, 500: integrations.Temporary, 502: integrations.Temporary, 503: integrations.Temporary,
}

// failures: each has its kind, whatever came with it, and shows neither a
// secret nor what a customer wrote.
func (h Helpdesk) failures(s *stage) {
	id := s.ticket("planted subject")
	for status, kind := range kinds {
		for _, form := range []string{`{"error":%q}`, `{"errors":[{"code":%[1]q,"message":%[1]q}]}`, "<html>%s</html>", "", `"`, `[%q]`} {
			s.wire.instead = func(w http.ResponseWriter, r *http.Request) bool {
				w.WriteHeader(status)
				fmt.Fprintf(w, form, "planted subject of planted@example.com, "+token+" "+r.Header.Get("Authorization"))
				return true
			}
			for name, call := range h.all(s, id) {
				err := call()
				if missing := status == http.StatusNotFound && name == "Fetch"; err == nil && missing {
					continue // a ticket that is not there
				}
				if integrations.KindOf(err) != kind || err == nil {
					s.Errorf("%s, answered %d: %v", name, status, err)
				}
				h.tellsNothing(s, name, err)
			}
		}
	}
	s.wire.instead = func(w http.ResponseWriter, r *http.Request) bool { panic(http.ErrAbortHandler) }
	for name, call := range h.all(s, id) {
		if err := call(); err == nil || integrations.KindOf(err) != integrations.Temporary {
			s.Errorf("%s, cut off: %v", name, err)
		} else {
			h.tellsNothing(s, name, err)
		}
	}
}

func (h Helpdesk) tellsNothing(s *stage, name string, err error) {
	s.Helper()
	if err != nil && (strings.Contains(err.Error(), "planted") || strings.Contains(err.Error(), token) || len(err.Error()) > 300) {
		s.Errorf("%s: the error tells too much: %v", name, err)
	}
}

// oddAnswers: each value of an answer in turn is null, of another type or gone
// wild. The export fails or goes on; it never breaks anything.
func (h Helpdesk) oddAnswers(s *stage) {
	s.ticket("Cannot pay")
	s.later(time.Hour)
	s.wire.taken()
	s.export(s.Client, "")
	for n := range s.wire.taken() {
		h.oddAnswer(s, n)
	}
}

// oddAnswer changes the nth answer of an export.
func (h Helpdesk) oddAnswer(s *stage, nth int) {
	var answer string
	n := 0
	s.wire.rewrite = func(text string) string {
		if json.Valid([]byte(text)) && len(text) > 2 {
			if n == nth {
				answer = text
			}
			n++
		}
		return text
	}
	s.export(s.Client, "")
	if answer == "" {
		return
	}
	for _, path := range sourcetest.Paths(s.T, answer) {
		for _, value := range sourcetest.Odd() {
			other := sourcetest.Change(s.T, answer, func(p string, _ any) (any, bool) { return value, p == path })
			s.wire.rewrite = func(text string) string {
				if text == answer {
					return other
				}
				return text
			}
			page, err := s.Export(s.Context(), "", begin.Add(-time.Hour))
			for _, t := range page.Tickets {
				s.clean(t)
			}
			h.tellsNothing(s, path, err)
		}
	}
	s.wire.rewrite = nil
}

// foreignHosts: an answer that names another host, as a next page or by a
// redirect, sends nobody there.
func (h Helpdesk) foreignHosts(s *stage) {
	all := h.fill(s)
	visits := 0
	foreign := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits++ }))
	s.Cleanup(foreign.Close)
	s.wire.rewrite = func(text string) string {
		host := strings.TrimPrefix(s.url, "http://")
		return strings.NewReplacer("https://"+host, foreign.URL, s.url, foreign.URL, host, strings.TrimPrefix(foreign.URL, "http://")).Replace(text)
	}
	cursor, err := "", error(nil)
	for range 10 {
		var page integrations.Page
		if page, err = s.Export(s.Context(), cursor, begin.Add(-time.Hour)); err != nil || page.End {
			break
		}
		cursor = page.Cursor
	}
	for _, call := range h.all(s, all[0]) {
		_ = call() // may fail; where it went is the question
	}
	s.wire.instead = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, foreign.URL+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	}
	for name, call := range h.all(s, all[0]) {
		if err := call(); err == nil {
			s.Errorf("%s was redirected to another host and is content", name)
		}
	}
	if visits > 0 {
		s.Errorf("%d requests went to a foreign host (%v)", visits, err)
	}
}

// lostAnswers: what was done, but whose answer was lost, is found.
func (h Helpdesk) lostAnswers(s *stage) {
	if h.NoComments || h.NoReplyTo {
		return
	}
	id := s.ticket("Cannot pay")
	ctx := s.Context()
	_, err := s.Check(ctx) // signs in, where that is a request of its own
	s.must(err)
	s.wire.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			return false
		}
		s.Account.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html>bad gateway</html>")
		return true
	}
	if err := s.AddNote(ctx, id, "[ticketlink INC-42] belongs to it"); err == nil {
		s.Error("a note whose answer was lost is no error")
	}
	if err := s.Client.Reply(ctx, id, "It is fixed.", ""); err == nil {
		s.Error("a reply whose answer was lost is no error")
	}
	s.wire.instead = nil
	if there, err := s.HasNote(ctx, id, "[ticketlink INC-42]"); err != nil || !there {
		s.Errorf("the note is there: %v, %v", there, err)
	}
	if there, err := s.HasReply(ctx, id, "It is fixed.", s.now); err != nil || !there {
		s.Errorf("the reply is there: %v, %v", there, err)
	}
}
