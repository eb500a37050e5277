package worker

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
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

type actorKey struct{}

// actor is who makes a request, for the audit log.
func actor(ctx context.Context) string {
	name, _ := ctx.Value(actorKey{}).(string)
	return name
}

// actorOr is the name that a request gives of the person behind it, else the token's.
func actorOr(ctx context.Context, by string) string {
	if by = strings.TrimSpace(by); by != "" {
		return by
	}
	return actor(ctx)
}

// authorize lets in whoever has a token with the scope, by bearer or, for
// browsers, as the password of basic authentication. Where no token is
// configured it lets in requests from this machine only, and only those made
// to it by a name of its own, so that no page elsewhere can reach it through a
// visitor's browser.
func (w *Worker) authorize(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	return guard.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		name, code := w.identify(r)
		switch code {
		case http.StatusUnauthorized:
			rw.Header().Set("WWW-Authenticate", `Basic realm="ticketlink", charset="UTF-8"`)
			problem(rw, code, "give a token: Authorization: Bearer …, or as the password of a login")
		case http.StatusForbidden:
			problem(rw, code, "this needs a token with the scope "+scopeOf(r)+", or, where no token is configured, a request from this machine")
		default:
			next.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), actorKey{}, name)))
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
func (w *Worker) identify(r *http.Request) (name string, code int) {
	if len(w.Tokens) == 0 {
		if fromHere(r) {
			return "local", 0
		}
		return "", http.StatusForbidden
	}
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, secret, ok = r.BasicAuth()
	}
	if !ok {
		return "", http.StatusUnauthorized
	}
	hash := sha256.Sum256([]byte(secret))
	for _, t := range w.Tokens {
		if subtle.ConstantTimeCompare(hash[:], t.Hash[:]) != 1 {
			continue
		}
		if !slices.Contains(t.Scopes, scopeOf(r)) {
			return "", http.StatusForbidden
		}
		return t.Name, 0
	}
	return "", http.StatusUnauthorized
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
