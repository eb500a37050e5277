package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A visitor uses the page as a browser without script does.
type visitor struct {
	*story
	client *http.Client
}

func (s *story) Visitor() *visitor {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	s.must(err)
	// A person's browser has its own transport: http.DefaultTransport may be the service's guarded one.
	return &visitor{s, &http.Client{Jar: jar, Transport: &http.Transport{}}}
}

// Get reads a page, following redirections, and returns where it ended.
func (v *visitor) Get(path string) (text string, resp *http.Response) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), "GET", v.service.URL+path, nil)
	v.must(err)
	return v.do(req)
}

// Submit posts a form.
func (v *visitor) Submit(path string, form url.Values, header ...string) (text string, resp *http.Response) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), "POST", v.service.URL+path, strings.NewReader(form.Encode()))
	v.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return v.do(req)
}

func (v *visitor) do(req *http.Request) (string, *http.Response) {
	v.t.Helper()
	req.Header.Set("Accept", "text/html")
	resp, err := v.client.Do(req)
	v.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	v.must(err)
	return string(raw), resp
}

// withTokens configures one token that may write and one that may read.
func withTokens(text string) string {
	return text + `
api_tokens:
  - {name: operations, token: planted-admin-token, scopes: [read, write, admin]}
  - {name: support, token: planted-write-token, scopes: [read, write]}
  - {name: wallboard, token: planted-read-token, scopes: [read]}
`
}

func TestSigningIn(t *testing.T) {
	s := newStory(t, withTokens)
	v := s.Visitor()
	_, resp := v.Get("/follow-ups?view=all")
	if resp.Request.URL.Path != "/sign-in" {
		t.Fatalf("a stranger lands on %s, want /sign-in", resp.Request.URL.Path)
	}
	text, resp := v.Submit("/sign-in", url.Values{"name": {"Mallory"}, "token": {"a guess"}})
	if resp.StatusCode != 401 || !strings.Contains(text, "not known here") {
		t.Errorf("a wrong token: got %d", resp.StatusCode)
	}
	_, resp = v.Submit("/sign-in", url.Values{"name": {"Grace"}, "token": {"planted-write-token"}, "next": {"/follow-ups?view=all"}})
	if resp.Request.URL.Path != "/follow-ups" || resp.StatusCode != 200 {
		t.Errorf("after signing in: %s %d, want /follow-ups 200", resp.Request.URL, resp.StatusCode)
	}
	_, resp = v.Submit("/declare", url.Values{"title": {"Search is down"}})
	if resp.Request.URL.Path != "/incidents/INC-1" {
		t.Errorf("declaring leads to %s, want the incident", resp.Request.URL)
	}
	if text, _ = v.Get("/incidents/INC-1/timeline"); !strings.Contains(text, "by Grace") {
		t.Error("the timeline does not name Grace")
	}
	v.Submit("/sign-out", nil)
	if _, resp = v.Get("/"); resp.Request.URL.Path != "/sign-in" {
		t.Errorf("after signing out %s still opens", resp.Request.URL.Path)
	}
}

func TestAViewerMayLookOnly(t *testing.T) {
	s := newStory(t, withTokens)
	v := s.Visitor()
	text, resp := v.Submit("/sign-in", url.Values{"name": {"Wallboard"}, "token": {"planted-read-token"}})
	if resp.StatusCode != 200 || strings.Contains(text, "/declare") {
		t.Errorf("a viewer is offered to declare (status %d)", resp.StatusCode)
	}
	if _, resp = v.Submit("/declare", url.Values{"title": {"Search is down"}}); resp.StatusCode != 403 {
		t.Errorf("a viewer declares: got %d, want 403", resp.StatusCode)
	}
}

func TestSessionsEnd(t *testing.T) {
	s := newStory(t, withTokens)
	v := s.Visitor()
	v.Submit("/sign-in", url.Values{"name": {"Grace"}, "token": {"planted-write-token"}})
	s.Skip(14*24*time.Hour - time.Second)
	if _, resp := v.Get("/"); resp.Request.URL.Path != "/" {
		t.Error("the session ended before its time")
	}
	s.Skip(time.Second)
	if _, resp := v.Get("/"); resp.Request.URL.Path != "/sign-in" {
		t.Error("the session outlives its time")
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := newStory(t)
	v := s.Visitor()
	for _, path := range []string{"/declare", "/sign-in", "/sign-out", "/follow-ups/1", "/incidents/INC-1/decide"} {
		_, resp := v.Submit(path, url.Values{"title": {"x"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if resp.StatusCode != 403 {
			t.Errorf("%s from another site: got %d, want 403", path, resp.StatusCode)
		}
	}
}

func TestPagesLetNothingIn(t *testing.T) {
	s := newStory(t)
	v := s.Visitor()
	v.Submit("/declare", url.Values{"title": {`<script>alert(1)</script>`}, "services": {`"><img src=x onerror=alert(1)>`}})
	for _, path := range []string{"/", "/incidents", "/incidents/INC-1", "/incidents/INC-1/start", "/incidents/INC-1/tickets", "/incidents/INC-1/report",
		"/incidents/INC-1/timeline", "/declare", "/follow-ups", "/dead-letters", "/docs", "/sign-in"} {
		text, resp := v.Get(path)
		if resp.StatusCode != 200 {
			t.Errorf("%s: got %d", path, resp.StatusCode)
		}
		if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: content security policy is %q", path, policy)
		}
		for _, bad := range []string{"<script>", "<img", " style=", "onclick="} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
	}
	if _, resp := v.Get("/api/v1/incidents/INC-1/report?format=html"); !strings.HasPrefix(resp.Header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline'; base-uri") {
		t.Errorf("the report's policy is %q", resp.Header.Get("Content-Security-Policy"))
	}
}

// The whole life of an incident by forms alone.
func TestFormsWithoutScript(t *testing.T) {
	s := newStory(t)
	s.Ordinary(200)
	tickets := s.PaymentTickets(5)
	v := s.Visitor()
	v.Submit("/declare", url.Values{"title": {"Payments fail at checkout"}, "tags": {"payments, checkout"}, "severity": {"sev1"}})
	s.Settle()
	v.Submit("/incidents/INC-1/decide", url.Values{"ticket": {"support/" + tickets[0]}, "state": {"rejected"}})
	s.ExpectState("INC-1", tickets[0], "rejected")
	s.Settle()
	s.ExpectState("INC-1", tickets[0], "rejected")
	v.Submit("/incidents/INC-1/decide", url.Values{"ticket": {"support/" + tickets[0]}, "state": {"undecided"}})
	s.Settle()
	s.ExpectLinked("INC-1", tickets...)

	if _, resp := v.Submit("/incidents/INC-1/edit", url.Values{"version": {"0"}, "title": {"Other"}}); resp.StatusCode != 409 {
		t.Errorf("an edit of an old version: got %d, want 409", resp.StatusCode)
	}
	v.Submit("/incidents/INC-1/resolve", url.Values{"message": {"A bad deploy was rolled back."}})
	text, _ := v.Get("/incidents/INC-1")
	if !strings.Contains(text, "A bad deploy was rolled back.") || !strings.Contains(text, `"badge resolved"`) {
		t.Error("the page does not say that it is resolved")
	}
	v.Submit("/incidents/INC-1/reopen", nil)
	if text, _ = v.Get("/incidents/INC-1"); !strings.Contains(text, `"badge open"`) {
		t.Error("the page does not say that it is open again")
	}
	v.Submit("/declare", url.Values{"title": {"Cards are declined"}})
	if text, _ := v.Submit("/incidents/INC-2/merge", url.Values{"into": {" INC-1 "}}); !strings.Contains(text, "Payments fail at checkout") || !strings.Contains(text, "one incident now") {
		t.Error("merging INC-2 into INC-1 does not lead to INC-1")
	}
	if text, _ := v.Get("/incidents/INC-2"); !strings.Contains(text, `"badge resolved"`) {
		t.Error("the merged incident goes on")
	}
}

// A session that ends while a form is filled in does not take what was written
// along: the browser keeps the form and can send it again.
func TestASessionEndsWithinAForm(t *testing.T) {
	s := newStory(t, withTokens)
	v := s.Visitor()
	text, resp := v.Submit("/declare", url.Values{"title": {"Payments fail"}})
	if resp.StatusCode != 401 || resp.Request.Method != "POST" || resp.Header.Get("WWW-Authenticate") != "" || !strings.Contains(text, "Nothing was saved") {
		t.Errorf("got %d by %s: %s", resp.StatusCode, resp.Request.Method, text)
	}
	v.Submit("/sign-in", url.Values{"name": {"Grace"}, "token": {"planted-write-token"}})
	if _, resp := v.Submit("/declare", url.Values{"title": {"Payments fail"}}); resp.Request.URL.Path != "/incidents/INC-1" {
		t.Errorf("sent again, it leads to %s", resp.Request.URL.Path)
	}
}
