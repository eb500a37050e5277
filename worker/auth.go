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
	Scopes []string // read, write, admin
}

// NewToken returns a token with the hash of its secret.
func NewToken(name, secret string, scopes []string) Token {
	return Token{Name: name, Hash: sha256.Sum256([]byte(secret)), Scopes: scopes}
}

// actorOr is the name that a program gives of the person behind it, else the
// token's. Whoever is signed in acts in no other name.
func actorOr(ctx context.Context, by string) string {
	if by = strings.TrimSpace(by); by != "" && !personOf(ctx).Session {
		return by
	}
	return actor(ctx)
}

// authorize lets in whoever has a token with the scope, by bearer or as the
// password of basic authentication, and people who are signed in. Where neither
// tokens nor a provider are configured it lets in requests from this machine,
// and only those made to it by a name of its own, so that no page elsewhere can
// reach it through a visitor's browser.
func (w *Worker) authorize(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	return guard.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		p, code := w.identify(r)
		page := strings.Contains(r.Header.Get("Accept"), "text/html")
		switch {
		case code == http.StatusUnauthorized && page && r.Method == http.MethodGet:
			http.Redirect(rw, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		case code == http.StatusUnauthorized && page && r.Header.Get("Authorization") == "":
			// A redirection would lose what was written, and so would the browser's own dialogue.
			w.render(rw, code, "failed", failedPage{Page: w.page(r, "Your session has ended", "", ""), Back: "/sign-in",
				Text: "Nothing was saved. Sign in in another tab, then come back to this one and send it again: by its button, or by reloading where there is none."})
		case code == http.StatusUnauthorized:
			rw.Header().Set("WWW-Authenticate", `Basic realm="ticketlink", charset="UTF-8"`)
			problem(rw, code, "give a token: Authorization: Bearer …, or as the password of a login")
		case code == http.StatusForbidden && page && p.Name != "":
			w.notAllowed(rw, r, p)
		case code == http.StatusForbidden:
			problem(rw, code, "this needs a token with the scope "+scopeOf(r)+", or, where no token is configured, a request from this machine")
		default:
			next.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), personKey{}, p)))
		}
	}))
}

// operations are what changes how the service itself works, for admins.
// Everything else that changes something is an agent's work.
var operations = []string{"/api/v1/dead-letters/", "/api/v1/model/", "/api/v1/privacy/", "/dead-letters/"}

// scopeOf is what a request needs.
func scopeOf(r *http.Request) string {
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return "read"
	case slices.ContainsFunc(operations, func(prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) }):
		return "admin"
	}
	return "write"
}

// open says whether whoever is at this machine may do everything: nobody has
// configured who else may.
func (w *Worker) open() bool { return len(w.Tokens) == 0 && w.SignIn.Provider == nil }

// identify returns who asks, and the status to refuse with, 0 for none.
func (w *Worker) identify(r *http.Request) (p person, code int) {
	p, ok := w.credentials(r)
	switch {
	case !ok && w.open() && w.Password == nil:
		return person{}, http.StatusForbidden // there is nothing to sign in with
	case !ok:
		return person{}, http.StatusUnauthorized
	case !slices.Contains(p.Scopes, scopeOf(r)):
		return p, http.StatusForbidden
	}
	return p, 0
}

// credentials returns who has the request's token or session.
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
	return person{Name: "local", Scopes: roleScopes["admin"]}, w.open() && fromHere(r)
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
