package worker

import (
	"context"
	"crypto/sha256"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// A Token lets a program or a person use the API. Only its hash is kept.
type Token struct {
	Name   string
	Hash   [sha256.Size]byte
	Scopes []string // read, write
}

// NewToken returns a token with the hash of its secret.
func NewToken(name, secret string, scopes []string) Token {
	return Token{Name: name, Hash: sha256.Sum256([]byte(secret)), Scopes: scopes}
}

// actorOr is the name that a request gives of the person behind it, else the token's.
func actorOr(ctx context.Context, by string) string {
	if by = strings.TrimSpace(by); by != "" {
		return by
	}
	return actor(ctx)
}

// authorize lets in whoever has a token with the scope, by bearer or as the
// password of basic authentication, and people who are signed in. Where no
// token is configured it lets in requests from this machine only, and only those
// made to it by a name of its own, so that no page elsewhere can reach it
// through a visitor's browser.
func (w *Worker) authorize(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	return guard.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		p, code := w.identify(r)
		switch {
		case code == http.StatusUnauthorized && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html"):
			http.Redirect(rw, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		case code == http.StatusUnauthorized:
			rw.Header().Set("WWW-Authenticate", `Basic realm="ticketlink", charset="UTF-8"`)
			problem(rw, code, "give a token: Authorization: Bearer …, or as the password of a login")
		case code == http.StatusForbidden:
			problem(rw, code, "this needs a token with the scope "+scopeOf(r)+", or, where no token is configured, a request from this machine")
		default:
			next.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), personKey{}, p)))
		}
	}))
}

func scopeOf(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return "read"
	}
	return "write"
}

// identify returns who asks, or the status to refuse with.
func (w *Worker) identify(r *http.Request) (p person, code int) {
	if len(w.Tokens) == 0 && !fromHere(r) {
		return person{}, http.StatusForbidden
	}
	p, ok := w.credentials(r)
	if !ok {
		return person{}, http.StatusUnauthorized
	}
	if !slices.Contains(p.Scopes, scopeOf(r)) {
		return person{}, http.StatusForbidden
	}
	return p, 0
}

// credentials returns who has the request's token or session. Where no token
// is configured, whoever is at this machine is somebody.
func (w *Worker) credentials(r *http.Request) (person, bool) {
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, secret, ok = r.BasicAuth()
	}
	if ok && len(w.Tokens) > 0 {
		t, known := w.tokenOf(secret)
		return person{Name: t.Name, Scopes: t.Scopes}, known
	}
	if p, ok := w.session(r); ok {
		return p, true
	}
	return person{Name: "local", Scopes: []string{"read", "write"}}, len(w.Tokens) == 0
}

// fromHere says whether a request comes from this machine itself, not through
// a proxy on it, and to a name that means this machine.
func fromHere(r *http.Request) bool {
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && loopbackName(r.Host)
}

func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && addr.IsLoopback()
}
