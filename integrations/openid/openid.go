// Package openid signs people in with an OpenID Connect provider: Keycloak,
// Okta, Entra ID, Google, Auth0 and others. It uses the authorization code flow
// with PKCE (RFC 7636) and a nonce, and believes nothing but a signed ID token
// (OpenID Connect Core 1.0, section 3.1.3.7).
//
// At the provider, register a web application whose redirect address is
// {public_url}/sign-in/oidc/callback, and have the claim that roles_claim names
// put into the ID token: in Keycloak a mapper "Group Membership", in Okta a
// groups claim, in Entra ID "groups" or app roles (roles_claim: roles).
package openid

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/ticketlink/ticketlink/integrations"
	"golang.org/x/oauth2"
)

const (
	timeout   = 10 * time.Second // of one call to the provider
	maxAnswer = 1 << 20          // bytes; keys and tokens are far smaller
)

// Config describes one provider and us as its client.
type Config struct {
	Issuer       string
	ClientID     string
	ClientSecret string   // "" for a public client, which PKCE protects
	RedirectURL  string   // where the provider sends people back to
	Scopes       []string // besides openid
	GroupsClaim  string   // a list or a text in the ID token; dots lead into objects
	Transport    http.RoundTripper
	Clock        func() time.Time
}

// A Client signs people in with one provider. The provider is asked for its
// addresses and keys when somebody first signs in, so that it may be away when
// we start.
type Client struct {
	config Config
	http   *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
}

// New makes a client; it calls nobody.
func New(c Config) *Client {
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	return &Client{config: c, http: &http.Client{Transport: bounded{c.Transport}, Timeout: timeout}}
}

// Check asks the provider for its addresses.
func (c *Client) Check(ctx context.Context) error {
	_, err := c.discovered(ctx)
	return err
}

// Address is where somebody goes to sign in. State, nonce and verifier are
// secrets of this one attempt.
func (c *Client) Address(ctx context.Context, state, nonce, verifier string) (string, error) {
	p, err := c.discovered(ctx)
	if err != nil {
		return "", err
	}
	return c.oauth(p).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Identify exchanges the code that the provider sent back for who it is.
func (c *Client) Identify(ctx context.Context, code, nonce, verifier string) (integrations.Identity, error) {
	p, err := c.discovered(ctx)
	if err != nil {
		return integrations.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := c.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return integrations.Identity{}, exchangeError(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: c.config.ClientID, Now: c.config.Clock}).Verify(ctx, raw)
	if err != nil {
		return integrations.Identity{}, refused("verify the ID token", err)
	}
	if id.Nonce != nonce {
		return integrations.Identity{}, refused("verify the ID token", errors.New("the nonce is of another sign-in"))
	}
	return c.identity(id)
}

func (c *Client) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: c.config.ClientID, ClientSecret: c.config.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: c.config.RedirectURL, Scopes: append([]string{oidc.ScopeOpenID}, c.config.Scopes...)}
}

// discovered is the provider as it describes itself. Its keys are read later,
// in requests of their own: the context must outlive this one.
func (c *Client) discovered(ctx context.Context) (*oidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.provider != nil {
		return c.provider, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), c.http), c.config.Issuer)
	if err != nil {
		return nil, &integrations.Error{Op: "openid: ask the provider for its addresses", Kind: integrations.Temporary,
			Detail: "check the issuer, and that it is reached from here", Err: errors.New(integrations.CleanText(err.Error(), 200))}
	}
	c.provider = p
	return p, nil
}

func refused(op string, err error) error {
	return &integrations.Error{Op: "openid: " + op, Kind: integrations.Unauthorized, Err: err}
}

// exchangeError keeps the provider's code, such as invalid_grant, and drops the
// rest of its answer.
func exchangeError(err error) error {
	const op = "exchange the code"
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok || answer.Response != nil && answer.Response.StatusCode >= 500:
		return &integrations.Error{Op: "openid: " + op, Kind: integrations.Temporary, Detail: "the provider does not answer as expected"}
	case answer.ErrorCode == "":
		return refused(op, errors.New("the provider refused it"))
	}
	return refused(op, fmt.Errorf("the provider says %s", integrations.CleanText(answer.ErrorCode, 100)))
}

// bounded cuts answers: nobody fills our memory. It empties those that refuse to
// be read: the library would repeat them in its errors.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	most := int64(maxAnswer)
	if r.Method == http.MethodGet && res.StatusCode >= 300 {
		most = 0
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, most), res.Body}
	return res, err
}
