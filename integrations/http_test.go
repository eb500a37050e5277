package integrations

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// connect returns a client for a handler.
func connect(t *testing.T, c HTTPConfig, handle http.HandlerFunc) *HTTPClient {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	c.Name, c.URL, c.Clock = "acme", server.URL+"/base", func() time.Time { return noon }
	client, err := NewHTTPClient(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got %v, want an *Error", err)
	}
	return e
}

func TestCallSendsAndReceives(t *testing.T) {
	var observed []string
	var header http.Header
	client := connect(t, HTTPConfig{
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") },
		Line:      Line{Observe: func(endpoint string, code int) { observed = append(observed, fmt.Sprint(endpoint, " ", code)) }},
		Headers:   func(h http.Header) { header = h },
	}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Rate-Limit", "7")
		fmt.Fprintf(w, `{"asked":%q}`, strings.Join([]string{
			r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.UserAgent(),
		}, " "))
	})
	var out struct{ Asked string }
	err := client.Do(t.Context(), Call{
		Op: "ask", Endpoint: "things", Method: http.MethodPut, Path: "/things/1", Query: url.Values{"a": {"b c"}}, In: map[string]int{"n": 1}, Out: &out,
	})
	if err != nil || out.Asked != "PUT /base/things/1 a=b+c Bearer x application/json "+userAgent {
		t.Errorf("got %q (%v)", out.Asked, err)
	}
	if !slices.Equal(observed, []string{"things 200"}) || header.Get("X-Rate-Limit") != "7" {
		t.Errorf("observed %q, header %v", observed, header)
	}
}

// Every status has one kind, for every system.
func TestStatusKinds(t *testing.T) {
	for status, want := range map[int]Kind{
		302: Refused, 304: Refused, 400: Refused, 405: Refused, 413: Refused, 422: Refused, 451: Refused,
		401: Unauthorized, 402: Unauthorized, 403: Unauthorized, 404: NotFound, 410: NotFound,
		408: Temporary, 409: Temporary, 425: Temporary, 429: RateLimited,
		500: Temporary, 501: Refused, 502: Temporary, 503: Temporary, 520: Temporary, 524: Temporary, 599: Temporary,
	} {
		client := connect(t, HTTPConfig{}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		e := asError(t, client.Do(t.Context(), Call{Op: "ask", Path: "/"}))
		if e.Kind != want || e.Status != status {
			t.Errorf("%d is %s, want %s", status, e.Kind, want)
		}
	}
}

func TestRetryAfterHeader(t *testing.T) {
	for _, test := range []struct {
		status int
		value  string
		want   time.Duration
	}{
		{429, "", time.Minute}, {429, "soon", time.Minute}, {429, "-1", time.Minute}, {429, "NaN", time.Minute},
		{429, "0", 0}, {429, "7", 7 * time.Second}, {429, "1.5", 1500 * time.Millisecond},
		{429, "900", 15 * time.Minute}, {429, "901", 15 * time.Minute}, {429, "1e300", 15 * time.Minute},
		{429, noon.Add(30 * time.Second).Format(http.TimeFormat), 30 * time.Second},
		{429, noon.Add(-time.Hour).Format(http.TimeFormat), 0},
		{429, noon.Add(time.Hour).Format(http.TimeFormat), 15 * time.Minute},
		{503, "", 0}, {503, "12", 12 * time.Second}, {500, "", 0},
	} {
		h := http.Header{"Retry-After": {test.value}}
		if got := retryAfter(test.status, h, noon); got != test.want {
			t.Errorf("%d %q: got %v, want %v", test.status, test.value, got, test.want)
		}
	}
}

// Credentials stay on the configured host, and writes are never sent twice.
func TestRedirects(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the stranger was called")
	}))
	defer stranger.Close()
	var writes atomic.Int32
	client := connect(t, HTTPConfig{}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/base/away":
			http.Redirect(w, r, stranger.URL+"/secret", http.StatusFound)
		case "/base/here":
			http.Redirect(w, r, "/base/there", http.StatusTemporaryRedirect)
		case "/base/round":
			http.Redirect(w, r, "/base/round", http.StatusFound)
		default:
			writes.Add(1)
			fmt.Fprint(w, `{}`)
		}
	})
	e := asError(t, client.Do(t.Context(), Call{Op: "ask", Path: "/away"}))
	if host := strings.TrimPrefix(stranger.URL, "http://"); e.Kind != Refused || !strings.Contains(e.Detail, "redirects to "+host) {
		t.Errorf("got %v", e)
	}
	if err := client.Do(t.Context(), Call{Op: "ask", Path: "/here"}); err != nil || writes.Load() != 1 {
		t.Errorf("a read on the same host: %v", err)
	}
	if e := asError(t, client.Do(t.Context(), Call{Op: "ask", Method: "PUT", Path: "/here"})); e.Kind != Refused || writes.Load() != 1 {
		t.Errorf("a write was sent on: %v", e)
	}
	if e := asError(t, client.Do(t.Context(), Call{Op: "ask", Path: "/round"})); e.Kind != Refused {
		t.Errorf("got %v", e)
	}
}

func TestAnswersThatAreNoUse(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want Kind
	}{
		"no JSON":          {"<html>", Temporary},
		"another type":     {`[1]`, Temporary},
		"empty":            {``, Temporary},
		"at the limit":     {`{"a":"` + strings.Repeat("x", 92) + `"}`, ""},
		"a byte too long":  {`{"a":"` + strings.Repeat("x", 93) + `"}`, Refused},
		"a cut connection": {"cut", Temporary},
	} {
		client := connect(t, HTTPConfig{MaxAnswer: 100}, func(w http.ResponseWriter, _ *http.Request) {
			if test.body == "cut" {
				panic(http.ErrAbortHandler)
			}
			fmt.Fprint(w, test.body)
		})
		var out struct{ A string }
		err := client.Do(t.Context(), Call{Op: "ask", Path: "/", Out: &out})
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if e := asError(t, err); e.Kind != test.want || strings.Contains(e.Error(), "html") {
			t.Errorf("%s: %v", name, e)
		}
	}
}

// An error names what failed, never an address, a credential or what was sent.
func TestErrorsTellNoSecrets(t *testing.T) {
	client, err := NewHTTPClient(HTTPConfig{Name: "acme", URL: "http://127.0.0.1:1", Authorize: func(r *http.Request) {
		r.SetBasicAuth("bot@example.com", "s3cret")
	}})
	if err != nil {
		t.Fatal(err)
	}
	err = client.Do(t.Context(), Call{Op: "ask", Path: "/p4th", Query: url.Values{"cursor": {"c0rsor"}}, In: "b0dy", Method: "POST"})
	if e := asError(t, err); e.Kind != Temporary || e.Status != 0 || !strings.HasPrefix(e.Error(), "acme: ask: temporary: ") {
		t.Errorf("got %v", e)
	}
	for _, secret := range []string{"s3cret", "p4th", "c0rsor", "b0dy", "bot@"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in %q", secret, err)
		}
	}
}

// At most MaxConcurrent requests run at a time; who waits can give up.
func TestConcurrencyIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		client, err := NewHTTPClient(HTTPConfig{Name: "acme", URL: "http://acme.example.com", MaxConcurrent: 2,
			Line: through(func(r *http.Request) (*http.Response, error) {
				most.Store(max(most.Load(), running.Add(1)))
				defer running.Add(-1)
				<-time.After(time.Second) // on the bubble's clock
				return httptest.NewRecorder().Result(), nil
			})})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		for range 10 {
			go func() { done <- client.Do(t.Context(), Call{Op: "ask", Path: "/"}) }()
		}
		synctest.Wait()
		hurried, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := client.Do(hurried, Call{Op: "hurry", Path: "/"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		for range 10 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if most.Load() != 2 {
			t.Errorf("%d requests at a time, want 2", most.Load())
		}
	})
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := NewHTTPClient(HTTPConfig{Name: "acme", URL: "http://acme.example.com", Timeout: time.Second,
			Line: through(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})})
		if err != nil {
			t.Fatal(err)
		}
		if e := asError(t, client.Do(t.Context(), Call{Op: "ask", Path: "/"})); e.Kind != Temporary || e.Status != 0 {
			t.Errorf("got %v", e)
		}
	})
}

// through is a line on which f answers.
func through(f transport) Line { return Line{Transport: f} }

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
