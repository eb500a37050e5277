package openid

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/openid/openidfake"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const verifier = "a-verifier-of-at-least-forty-three-characters-long"

func clock() time.Time { return now }

func grace() map[string]any {
	return map[string]any{"name": "Grace Hopper", "email": "Grace@example.com", "groups": []string{"support", "leads"}}
}

// signIn plays a browser that goes to the provider and comes back.
func signIn(t *testing.T, s *openidfake.Server, change func(*Config)) (integrations.Identity, error) {
	t.Helper()
	config := Config{Issuer: s.URL, ClientID: openidfake.ClientID, ClientSecret: openidfake.ClientSecret,
		RedirectURL: "https://ticketlink.example.com/back", GroupsClaim: "groups", Clock: clock}
	if change != nil {
		change(&config)
	}
	c := New(config)
	address, err := c.Address(t.Context(), "state", "nonce", verifier)
	if err != nil {
		return integrations.Identity{}, err
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || back.Query().Get("state") != "state" {
		t.Fatalf("the provider sends people back to %s, %v", back, err)
	}
	return c.Identify(t.Context(), back.Query().Get("code"), "nonce", verifier)
}

func TestWhoSomebodyIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		claims map[string]any
		claim  string
		want   integrations.Identity
	}{
		{"as the provider says", grace(), "groups", integrations.Identity{Subject: "f1", Name: "Grace Hopper", Email: "grace@example.com", Groups: []string{"support", "leads"}}},
		{"names apart", map[string]any{"given_name": "Grace", "family_name": "Hopper"}, "groups", integrations.Identity{Subject: "f1", Name: "Grace Hopper"}},
		{"no name but an address", map[string]any{"preferred_username": "grace@example.com"}, "groups", integrations.Identity{Subject: "f1", Name: "grace"}},
		{"an address that nobody verified", map[string]any{"name": "G", "email": "g@example.com", "email_verified": false}, "groups", integrations.Identity{Subject: "f1", Name: "G"}},
		{"verified, as a text", map[string]any{"name": "G", "email": "g@example.com", "email_verified": "true"}, "groups", integrations.Identity{Subject: "f1", Name: "G", Email: "g@example.com"}},
		{"roles inside an object", map[string]any{"name": "G", "realm_access": map[string]any{"roles": []any{"a", 7, "a", "b"}}}, "realm_access.roles",
			integrations.Identity{Subject: "f1", Name: "G", Groups: []string{"a", "b"}}},
		{"a claim with dots in its name", map[string]any{"name": "G", "https://example.com/role": "lead"}, "https://example.com/role",
			integrations.Identity{Subject: "f1", Name: "G", Groups: []string{"lead"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openidfake.New(clock)
			defer s.Close()
			s.Claims = c.claims
			got, err := signIn(t, s, func(config *Config) { config.GroupsClaim = c.claim })
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

func TestTokensThatProveNothing(t *testing.T) {
	put := func(claim string, v any) func(map[string]any) { return func(c map[string]any) { c[claim] = v } }
	for _, c := range []struct {
		name, want string
		spoil      func(map[string]any)
	}{
		{"for another sign-in", "the nonce is of another sign-in", put("nonce", "other")},
		{"without a nonce", "the nonce is of another sign-in", put("nonce", "")},
		{"for another client", "expected audience", put("aud", "wiki")},
		{"for another client too", "issued to another client", func(c map[string]any) { c["aud"], c["azp"] = []string{"wiki", openidfake.ClientID}, "wiki" }},
		{"of another issuer", "different provider", put("iss", "https://evil.example.com")},
		{"expired a second ago", "token is expired", put("exp", now.Add(-time.Second).Unix())},
		{"of nobody", "it names nobody", put("name", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openidfake.New(clock)
			defer s.Close()
			s.Claims, s.Spoil = grace(), c.spoil
			_, err := signIn(t, s, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || integrations.KindOf(err) != integrations.Unauthorized {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestATokenIsGoodUntilItExpires(t *testing.T) {
	s := openidfake.New(clock)
	defer s.Close()
	s.Claims, s.Spoil = grace(), func(c map[string]any) { c["exp"] = now.Unix() }
	if _, err := signIn(t, s, nil); err != nil {
		t.Error(err)
	}
}

func TestWhatTheProviderRefuses(t *testing.T) {
	s := openidfake.New(clock)
	defer s.Close()
	s.Claims = grace()
	if _, err := signIn(t, s, func(c *Config) { c.ClientSecret = "wrong" }); err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("a wrong secret: %v", err)
	}
	s.Down = true
	_, err := signIn(t, s, nil)
	if integrations.KindOf(err) != integrations.Temporary || !strings.Contains(err.Error(), "check the issuer") {
		t.Errorf("a provider that is away: %v", err)
	}
}
