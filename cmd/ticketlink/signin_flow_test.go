package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/openid/openidfake"
)

// withProvider configures sign-in at a fake provider, whose groups leads and
// support are admins and agents.
func withProvider(t *testing.T, p **openidfake.Server, more string) func(string) string {
	return func(text string) string {
		*p = openidfake.New(func() time.Time { return aMonday })
		t.Cleanup((*p).Close)
		return text + `
public_url: SERVICE
sign_in: {oidc: {name: Acme, issuer: "` + (*p).URL + `", client_id: ticketlink, client_secret: planted-client-secret, roles: {leads: admin, support: agent, staff: viewer}, session: 8h` + more + `}}
`
	}
}

func claims(name string, groups ...string) map[string]any {
	return map[string]any{"name": name, "email": strings.ToLower(name) + "@example.com", "groups": groups}
}

// stay keeps a visitor from following redirections.
func (v *visitor) stay() {
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

func TestSigningInWithAProvider(t *testing.T) {
	var p *openidfake.Server
	s := newStory(t, withProvider(t, &p, ""))
	v := s.Visitor()
	text, resp := v.Get("/follow-ups?view=all")
	if resp.Request.URL.Path != "/sign-in" || !strings.Contains(text, "Sign in with Acme") || strings.Contains(text, `name="token"`) {
		t.Fatalf("a stranger lands on %s: %s", resp.Request.URL, text)
	}
	p.Claims = claims("Grace", "support")
	if _, resp = v.Get("/sign-in/oidc?next=/follow-ups%3Fview%3Dall"); resp.StatusCode != 200 || resp.Request.URL.RequestURI() != "/follow-ups?view=all" {
		t.Fatalf("after signing in: %s %d", resp.Request.URL, resp.StatusCode)
	}
	v.Submit("/declare", url.Values{"title": {"Search is down"}})
	if text, _ = v.Get("/incidents/INC-1/timeline"); !strings.Contains(text, "by Grace") || strings.Contains(text, "grace@example.com") {
		t.Errorf("the timeline has to name Grace, and no address: %s", text)
	}
	v.Submit("/sign-out", nil)
	if _, resp = v.Get("/"); resp.Request.URL.Path != "/sign-in" {
		t.Errorf("after signing out %s still opens", resp.Request.URL)
	}
}

// Every way of getting a session that is not one's own ends at the sign-in page.
func TestSignInsThatProveNothing(t *testing.T) {
	var p *openidfake.Server
	s := newStory(t, withProvider(t, &p, ""))
	for _, c := range []struct {
		name, want string
		claims     map[string]any
		spoil      func(map[string]any)
	}{
		{"the provider refuses", "Acme let nobody in", nil, nil},
		{"a nonce of another sign-in", "cannot be trusted", claims("Grace", "support"), func(c map[string]any) { c["nonce"] = "x" }},
		{"a token for another client", "cannot be trusted", claims("Grace", "support"), func(c map[string]any) { c["aud"] = "wiki" }},
		{"an expired token", "cannot be trusted", claims("Grace", "support"), func(c map[string]any) { c["exp"] = aMonday.Add(-time.Second).Unix() }},
		{"no groups at all", "you have no role here", map[string]any{"name": "Grace"}, nil},
		{"groups without a role", "you have no role here", claims("Grace", "sales"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.Claims, p.Spoil = c.claims, c.spoil
			v := s.Visitor()
			if text, resp := v.Get("/sign-in/oidc"); resp.StatusCode != 403 || !strings.Contains(text, c.want) {
				t.Errorf("got %d %s, want 403 with %q", resp.StatusCode, text, c.want)
			}
			if _, resp := v.Get("/"); resp.Request.URL.Path != "/sign-in" {
				t.Errorf("and yet %s opens", resp.Request.URL)
			}
		})
	}
}

func TestASignInIsGoodOnceAndInItsBrowser(t *testing.T) {
	var p *openidfake.Server
	s := newStory(t, withProvider(t, &p, ""))
	p.Claims = claims("Grace", "support")
	v := s.Visitor()
	v.stay()
	_, resp := v.Get("/sign-in/oidc")
	cookies := resp.Cookies()
	resp, err := v.client.Get(resp.Header.Get("Location"))
	s.must(err)
	resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	s.must(err)

	other := s.Visitor()
	if _, resp := other.Get(back.RequestURI()); resp.StatusCode != 400 {
		t.Errorf("in another browser: got %d, want 400", resp.StatusCode)
	}
	if _, resp := v.Get(back.RequestURI()); resp.StatusCode != 303 {
		t.Errorf("the first time: got %d, want 303", resp.StatusCode)
	}
	home, err := url.Parse(s.service.URL)
	s.must(err)
	v.client.Jar.SetCookies(home, cookies)
	if text, resp := v.Get(back.RequestURI()); resp.StatusCode != 400 || !strings.Contains(text, "used before") {
		t.Errorf("the second time: got %d, want 400", resp.StatusCode)
	}
}

func TestASignInMayTakeTenMinutes(t *testing.T) {
	for wait, want := range map[time.Duration]int{10*time.Minute - time.Second: 303, 10 * time.Minute: 400} {
		var p *openidfake.Server
		s := newStory(t, withProvider(t, &p, ""))
		p.Claims = claims("Grace", "support")
		v := s.Visitor()
		v.stay()
		_, resp := v.Get("/sign-in/oidc")
		resp, err := v.client.Get(resp.Header.Get("Location"))
		s.must(err)
		resp.Body.Close()
		s.Skip(wait)
		if _, resp := v.Get(strings.TrimPrefix(resp.Header.Get("Location"), s.service.URL)); resp.StatusCode != want {
			t.Errorf("after %s: got %d, want %d", wait, resp.StatusCode, want)
		}
	}
}

// Who may do what, on the page and by the API, as shown and as enforced.
func TestRoles(t *testing.T) {
	var p *openidfake.Server
	s := newStory(t, withProvider(t, &p, ", default_role: viewer"))
	s.rough = true // there is no token for the story's own calls
	people := map[string]*visitor{}
	for name, groups := range map[string][]string{"Vera": nil, "Agnes": {"sales", "support"}, "Ada": {"support", "leads"}} {
		people[name] = s.Visitor()
		p.Claims = claims(name, groups...)
		people[name].Get("/sign-in/oidc")
	}
	for _, c := range []struct {
		does, path string
		form       url.Values
		may        []string
	}{
		{"declare", "/declare", url.Values{"title": {"Search is down"}}, []string{"Agnes", "Ada"}},
		{"resolve", "/incidents/INC-1/resolve", url.Values{}, []string{"Agnes", "Ada"}},
		{"merge", "/incidents/INC-1/merge", url.Values{"into": {"INC-1"}}, []string{"Agnes", "Ada"}},
		{"decide about tickets", "/incidents/INC-1/decide", url.Values{"ticket": {"support/1"}, "state": {"confirmed"}}, []string{"Agnes", "Ada"}},
		{"decide about follow-ups", "/follow-ups/1", url.Values{"action": {"done"}}, []string{"Agnes", "Ada"}},
		{"replay dead letters", "/dead-letters/0", url.Values{}, []string{"Ada"}},
		{"reset what was learned", "/api/v1/model/reset", url.Values{}, []string{"Ada"}},
		{"use the API", "/api/v1/incidents", url.Values{}, []string{"Agnes", "Ada"}},
	} {
		for name, v := range people {
			_, resp := v.Submit(c.path, c.form)
			if may := strings.Contains(strings.Join(c.may, " "), name); may == (resp.StatusCode == 403) {
				t.Errorf("%s: %s gets %d; may: %v", c.does, name, resp.StatusCode, may)
			}
		}
	}
	for name, offered := range map[string]bool{"Vera": false, "Agnes": true, "Ada": true} {
		for path, what := range map[string]string{"/": `href="/declare"`, "/incidents/INC-1": `href="/incidents/INC-1/start"`} {
			if text, _ := people[name].Get(path); strings.Contains(text, what) != offered {
				t.Errorf("%s is offered %s on %s: %v", name, what, path, !offered)
			}
		}
	}
}

func TestAProvidersSessionsEnd(t *testing.T) {
	var p *openidfake.Server
	s := newStory(t, withProvider(t, &p, ""))
	p.Claims = claims("Grace", "support")
	v := s.Visitor()
	v.Get("/sign-in/oidc")
	s.Skip(8*time.Hour - time.Second)
	if _, resp := v.Get("/"); resp.Request.URL.Path != "/" {
		t.Error("the session ended before its time")
	}
	s.worker.SignIn.Issuer = "https://login.other.example"
	if _, resp := v.Get("/"); resp.Request.URL.Path != "/sign-in" {
		t.Error("the session outlives its provider")
	}
	s.worker.SignIn.Issuer = p.URL
	s.Skip(time.Second)
	if _, resp := v.Get("/"); resp.Request.URL.Path != "/sign-in" {
		t.Error("the session outlives its time")
	}
}

// Whoever is signed in cannot act in another's name.
func TestASessionSignsWithItsOwnName(t *testing.T) {
	var p *openidfake.Server
	s := newStory(t, withProvider(t, &p, ""))
	p.Claims = claims("Grace", "support")
	v := s.Visitor()
	v.Get("/sign-in/oidc")
	ticket := s.Ticket("Search is slow", "It finds nothing.")
	s.Settle()
	v.Submit("/declare", url.Values{"title": {"Search is down"}})
	req, err := http.NewRequest("PUT", s.service.URL+"/api/v1/incidents/INC-1/tickets/support/"+ticket, strings.NewReader(`{"state":"confirmed","by":"Mallory"}`))
	s.must(err)
	req.Header.Set("Content-Type", "application/json")
	if text, resp := v.do(req); resp.StatusCode != 200 || !strings.Contains(text, `"decided_by":"Grace"`) {
		t.Errorf("got %d %s", resp.StatusCode, text)
	}
}
