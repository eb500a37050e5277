package zendeskfake

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// maxBody is how much of a request is read.
const maxBody = 8 << 20 // bytes

// A Fault is a failure that the next Times matching requests meet.
type Fault struct {
	Method     string // "" for any
	Path       string // a prefix such as "/api/v2/tickets/"; "" for any
	Times      int
	Status     int    // what to answer
	RetryAfter string // the header's value, "" for none
	Body       string // default: a JSON error
	Drop       bool   // cut the connection instead of answering
	Applied    bool   // do what was asked first: the caller cannot know
}

// Inject adds a fault. Faults are met in the order they were added.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// LoseCursors makes the export refuse every cursor given out so far.
func (s *Server) LoseCursors() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursorEpoch++
}

// ForeignHost makes answers name another host in after_url, as renamed accounts do.
func (s *Server) ForeignHost(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.foreignHost = host
}

func (s *Server) takeFault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times > 0 && (f.Method == "" || f.Method == r.Method) && strings.HasPrefix(r.URL.Path, f.Path) {
			f.Times--
			return f
		}
	}
	return nil
}

func (f *Fault) play(w http.ResponseWriter, serve func(http.ResponseWriter)) {
	if f.Applied {
		serve(httptest.NewRecorder())
	}
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	if f.Body == "" {
		refuse(w, f.Status, "InjectedFault", http.StatusText(f.Status))
		return
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body) // the client may be gone
}

// A window counts the requests of one minute.
type window struct {
	start time.Time
	used  int
}

// take counts one request and returns how many are left, and the seconds until
// the window ends. It returns -1 where the limit is exceeded.
func (w *window) take(now time.Time, limit int) (left, reset int) {
	if now.Sub(w.start) >= time.Minute || now.Before(w.start) {
		*w = window{start: now}
	}
	w.used++
	return max(-1, limit-w.used), int(w.start.Add(time.Minute).Sub(now) / time.Second)
}

// withinLimits sets the rate headers and answers 429 where a limit is exceeded.
func (s *Server) withinLimits(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if limit := s.options.RequestsPerMinute; limit > 0 {
		left, reset := s.requestWindow.take(now, limit)
		for name, n := range map[string]int{
			"X-Rate-Limit": limit, "X-Rate-Limit-Remaining": max(0, left),
			"Ratelimit-Limit": limit, "Ratelimit-Remaining": max(0, left), "Ratelimit-Reset": reset,
		} {
			w.Header().Set(name, fmt.Sprint(n))
		}
		if left < 0 {
			tooMany(w, reset, "Number of allowed API requests per minute exceeded")
			return false
		}
	}
	if limit := s.options.ExportsPerMinute; limit > 0 && strings.HasPrefix(r.URL.Path, "/api/v2/incremental/") {
		left, reset := s.exportWindow.take(now, limit)
		w.Header().Set("Zendesk-Ratelimit-Incremental-Exports",
			fmt.Sprintf("total=%d; remaining=%d; resets=%d", limit, max(0, left), reset))
		if left < 0 {
			tooMany(w, reset, "Number of allowed incremental export API requests per minute exceeded")
			return false
		}
	}
	return true
}

func tooMany(w http.ResponseWriter, reset int, description string) {
	w.Header().Set("Retry-After", fmt.Sprint(max(1, reset)))
	refuse(w, http.StatusTooManyRequests, "APIRateLimitExceeded", description)
}

// readBody reads the request's body and puts it back.
func readBody(w http.ResponseWriter, r *http.Request) string {
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)) // a cut body fails to decode
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}
