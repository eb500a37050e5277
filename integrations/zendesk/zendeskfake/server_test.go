package zendeskfake

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// api asks the handler without a network and returns status and body.
func api(s *Server, method, path, body string) (int, map[string]any) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	var out map[string]any
	_ = json.Unmarshal(w.Body.Bytes(), &out) // no body: nil
	return w.Code, out
}

func fixed() time.Time { return noon }

func TestCredentials(t *testing.T) {
	s := New(Options{Email: "bot@example.com", APIToken: "t", OAuthToken: "o"})
	for name, test := range map[string]struct {
		set  func(*http.Request)
		want int
	}{
		"token":          {func(r *http.Request) { r.SetBasicAuth("bot@example.com/token", "t") }, 200},
		"OAuth":          {func(r *http.Request) { r.Header.Set("Authorization", "Bearer o") }, 200},
		"a password":     {func(r *http.Request) { r.SetBasicAuth("bot@example.com", "t") }, 401},
		"another token":  {func(r *http.Request) { r.SetBasicAuth("bot@example.com/token", "x") }, 401},
		"another bearer": {func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, 401},
		"nothing":        {func(*http.Request) {}, 401},
	} {
		r := httptest.NewRequest("GET", "/api/v2/users/me.json", nil)
		test.set(r)
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != test.want {
			t.Errorf("%s: %d, want %d", name, w.Code, test.want)
		}
	}
}

func TestTicketsOverTheAPI(t *testing.T) {
	s := New(Options{Clock: fixed})
	customer := s.AddCustomer(Customer{Name: "Ada"})
	for _, step := range []struct {
		method, path, body string
		want               int
		tags               string // of ticket 1 afterwards
	}{
		{"POST", "/api/v2/tickets.json", `{"ticket":{"subject":"s","comment":{"body":"b"},"tags":["a"],"requester_id":` + customer + `}}`, 201, "[a]"},
		{"GET", "/api/v2/tickets/1", ``, 200, "[a]"},
		{"GET", "/api/v2/tickets/2.json", ``, 404, "[a]"},
		{"PUT", "/api/v2/tickets/1/tags.json", `{"tags":["b","a"]}`, 200, "[a b]"},
		{"POST", "/api/v2/tickets/1/tags", `{"tags":["c","d"]}`, 201, "[c d]"},
		{"DELETE", "/api/v2/tickets/1/tags", `{"tags":["d","x"]}`, 200, "[c]"},
		{"PUT", "/api/v2/tickets/1", `{"ticket":{"tags":["e"],"status":"open"}}`, 200, "[e]"},
		{"PUT", "/api/v2/tickets/1", `{"ticket":{"additional_tags":["f"],"remove_tags":["e"]}}`, 200, "[f]"},
		{"PUT", "/api/v2/tickets/1", `{"ticket":{"tags":["g"],"safe_update":true,"updated_stamp":"2020-01-01T00:00:00Z"}}`, 409, "[f]"},
		{"PUT", "/api/v2/tickets/1", `{"ticket":{"tags":["g"],"safe_update":true,"updated_stamp":"2026-03-04T12:00:00Z"}}`, 200, "[g]"},
		{"PUT", "/api/v2/tickets/1", `{"ticket":`, 400, "[g]"},
		{"PUT", "/api/v2/tickets/update_many.json?ids=1,2", `{"ticket":{"additional_tags":["h"]}}`, 200, "[g h]"},
		{"PUT", "/api/v2/tickets/1", `{"ticket":{"status":"closed"}}`, 200, "[g h]"},
		{"PUT", "/api/v2/tickets/1", `{"ticket":{"tags":["i"]}}`, 422, "[g h]"},
		{"PUT", "/api/v2/tickets/1/tags", `{"tags":["i"]}`, 422, "[g h]"},
		{"GET", "/api/v2/tickets/1/tags", ``, 200, "[g h]"},
		{"GET", "/api/v2/tickets/1/audits", ``, 200, "[g h]"},
		{"GET", "/api/v2/nothing", ``, 404, "[g h]"},
	} {
		status, body := api(s, step.method, step.path, step.body)
		if status != step.want || fmt.Sprint(s.Tags("1")) != step.tags {
			t.Errorf("%s %s %s: %d %v, tags %v", step.method, step.path, step.body, status, body, s.Tags("1"))
		}
	}
	if log := s.Requests(); len(log) != 18 || log[0].Path != "/api/v2/tickets" || log[0].Status != 201 || log[0].Body == "" {
		t.Errorf("%d requests, first %+v", len(log), log[0])
	}
}

func TestJobs(t *testing.T) {
	s := New(Options{Clock: fixed})
	id := s.CreateTicket(Ticket{RequesterID: s.AddCustomer(Customer{})})
	_, queued := api(s, "PUT", "/api/v2/tickets/update_many?ids="+id, `{"ticket":{"additional_tags":["a"]}}`)
	job := queued["job_status"].(map[string]any)
	_, done := api(s, "GET", "/api/v2/job_statuses/"+job["id"].(string)+".json", "")
	if got := done["job_status"].(map[string]any); job["status"] != "queued" || got["status"] != "completed" || got["total"] != 1.0 {
		t.Errorf("queued %v, done %v", job, got)
	}
}

func TestWebhooksOverTheAPI(t *testing.T) {
	s := New(Options{Clock: fixed})
	const events = `"http_method":"POST","request_format":"json","endpoint":"https://a.example.com","name":"n","subscriptions":`
	for name, test := range map[string]struct {
		body string
		want int
	}{
		"events":      {`{"webhook":{` + events + `["zen:event-type:ticket.created"]}}`, 201},
		"triggers":    {`{"webhook":{` + events + `["conditional_ticket_events"]}}`, 201},
		"both kinds":  {`{"webhook":{` + events + `["zen:event-type:ticket.created","conditional_ticket_events"]}}`, 400},
		"by GET":      {`{"webhook":{"http_method":"GET","request_format":"json","endpoint":"https://a.example.com","name":"n","subscriptions":["zen:event-type:ticket.created"]}}`, 400},
		"no endpoint": {`{"webhook":{"name":"n"}}`, 400},
	} {
		if status, _ := api(s, "POST", "/api/v2/webhooks", test.body); status != test.want {
			t.Errorf("%s: %d, want %d", name, status, test.want)
		}
	}
	status, created := api(s, "POST", "/api/v2/webhooks", `{"webhook":{`+events+`["zen:event-type:ticket.created"]}}`)
	hook := created["webhook"].(map[string]any)
	path := "/api/v2/webhooks/" + hook["id"].(string)
	if status != 201 || hook["status"] != "active" {
		t.Errorf("%d %v", status, hook)
	}
	for _, step := range []struct {
		method, path, body string
		want               int
	}{
		{"PATCH", path, `{"webhook":{"status":"inactive"}}`, 204},
		{"PATCH", path, `{"webhook":{"subscriptions":["conditional_ticket_events"]}}`, 400},
		{"GET", path, ``, 200}, {"GET", path + "/signing_secret", ``, 200}, {"POST", path + "/signing_secret", ``, 201},
		{"DELETE", path, ``, 204}, {"GET", path, ``, 404},
	} {
		if status, body := api(s, step.method, step.path, step.body); status != step.want {
			t.Errorf("%s %s: %d %v", step.method, step.path, status, body)
		}
	}
}

// endpoint subscribes a handler to new tickets and counts what arrives.
func endpoint(t *testing.T, s *Server, handle http.HandlerFunc) *atomic.Int32 {
	t.Helper()
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	body := fmt.Sprintf(`{"webhook":{"name":"n","endpoint":%q,"http_method":"POST","request_format":"json",
		"subscriptions":["zen:event-type:ticket.created"]}}`, server.URL)
	if status, out := api(s, "POST", "/api/v2/webhooks", body); status != 201 {
		t.Fatal(out)
	}
	return &count
}

// Zendesk tries again on 409, on short waits and on no answer; the rest is lost.
func TestDeliveriesAreTriedAgainLikeTheVendor(t *testing.T) {
	for name, test := range map[string]struct {
		handle http.HandlerFunc
		want   int
	}{
		"taken":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 1},
		"refused":           {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, 1},
		"broken":            {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 1},
		"conflict":          {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409) }, 4},
		"away, no wait":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, 1},
		"away for a minute": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "60"); w.WriteHeader(503) }, 1},
		"away for a moment": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "59"); w.WriteHeader(503) }, 4},
		"no answer":         {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 5},
	} {
		t.Run(name, func(t *testing.T) {
			now := noon
			s := New(Options{Clock: func() time.Time { return now }, Deliver: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
			count := endpoint(t, s, test.handle)
			s.CreateTicket(Ticket{RequesterID: s.AddCustomer(Customer{})})
			for range 10 {
				s.Flush(t.Context())
				now = now.Add(time.Minute)
			}
			if int(count.Load()) != test.want || len(s.Deliveries()) != test.want {
				t.Errorf("%d tries, %d remembered, want %d", count.Load(), len(s.Deliveries()), test.want)
			}
		})
	}
}

// A delivery that is tried again is the same one, signed anew.
func TestTriesKeepTheirInvocation(t *testing.T) {
	s := New(Options{Clock: fixed})
	endpoint(t, s, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409) })
	s.CreateTicket(Ticket{RequesterID: s.AddCustomer(Customer{})})
	s.Flush(t.Context())
	const invocation = "X-Zendesk-Webhook-Invocation-Id"
	tries := s.Deliveries()
	if len(tries) != 4 || tries[0].Header.Get(invocation) != tries[3].Header.Get(invocation) || tries[0].Status != 409 {
		t.Errorf("got %+v", tries)
	}
}

func TestDeletedAndInactiveWebhooksGetNothing(t *testing.T) {
	s := New(Options{Clock: fixed})
	count := endpoint(t, s, func(http.ResponseWriter, *http.Request) {})
	customer := s.AddCustomer(Customer{})
	s.CreateTicket(Ticket{RequesterID: customer})
	for id := range s.webhooks {
		api(s, "DELETE", "/api/v2/webhooks/"+id, "")
	}
	s.Flush(t.Context())
	if n := count.Load(); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

func TestRunDeliversAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var taken atomic.Int32
		s := New(Options{Deliver: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			if taken.Add(1) == 1 {
				return &http.Response{StatusCode: 503, Header: http.Header{"Retry-After": {"20"}}, Body: io.NopCloser(strings.NewReader(""))}, nil
			}
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(""))}, nil
		})}})
		api(s, "POST", "/api/v2/webhooks", `{"webhook":{"name":"n","endpoint":"http://a.example.com","http_method":"POST",
			"request_format":"json","subscriptions":["zen:event-type:ticket.created"]}}`)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { s.Run(ctx); close(ended) }()
		s.CreateTicket(Ticket{RequesterID: s.AddCustomer(Customer{})})
		synctest.Wait()
		if taken.Load() != 1 {
			t.Errorf("%d deliveries at once, want 1", taken.Load())
		}
		<-time.After(21 * time.Second) // the bubble's clock
		synctest.Wait()
		if taken.Load() != 2 {
			t.Errorf("%d deliveries after the wait, want 2", taken.Load())
		}
		cancel()
		<-ended
	})
}

// Customers write every 15 seconds, and a surge comes every
// quarter of an hour.
func TestSimulation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		s.Simulate(ctx)
		if n := len(s.tickets); n < 90 || n > 110 {
			t.Errorf("%d tickets in 20 minutes", n)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
