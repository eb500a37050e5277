package worker

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/web"
)

const (
	sessionCookie = "ticketlink_session"
	sessionLong   = 14 * 24 * time.Hour
)

// A person is who makes a request: somebody signed in, or a program's token.
type person struct {
	Name    string
	Email   string
	Scopes  []string
	Session bool
}

type personKey struct{}

func personOf(ctx context.Context) person {
	p, _ := ctx.Value(personKey{}).(person)
	return p
}

// actor is the name of who makes a request, for the audit log.
func actor(ctx context.Context) string { return personOf(ctx).Name }

// The scopes of roles: to look; to decide about tickets, incidents and
// follow-ups; to operate the service.
var roleScopes = map[string][]string{"viewer": {"read"}, "agent": {"read", "write"}, "admin": {"read", "write", "admin"}}

func roleOf(scopes []string) string {
	switch {
	case slices.Contains(scopes, "admin"):
		return "admin"
	case slices.Contains(scopes, "write"):
		return "agent"
	}
	return "viewer"
}

func (t Token) matches(secret string) bool {
	hash := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(hash[:], t.Hash[:]) == 1
}

// tokenOf finds the token with a secret.
func (w *Worker) tokenOf(secret string) (Token, bool) {
	for _, t := range w.Tokens {
		if t.matches(secret) {
			return t, true
		}
	}
	return Token{}, false
}

// session returns who is signed in by the request's cookie.
func (w *Worker) session(r *http.Request) (person, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return person{}, false
	}
	row, err := w.queries.GetSession(r.Context(), schema.GetSessionParams{Hash: sessionHash(cookie.Value), Now: w.now()})
	if err != nil {
		if !errors.Is(err, pgx.ErrNoRows) && r.Context().Err() == nil {
			w.Log.Error("read session failed", "error", err)
		}
		return person{}, false
	}
	scopes := w.sessionScopes(row)
	return person{Name: row.Name, Email: row.Email, Scopes: scopes, Session: true}, scopes != nil
}

// sessionScopes are what a session allows, nil for nothing: it ends with what
// it was begun with, the token, the provider, or that neither is configured.
func (w *Worker) sessionScopes(s schema.GetSessionRow) []string {
	switch {
	case s.Token != "":
		if i := slices.IndexFunc(w.Tokens, func(t Token) bool { return t.Name == s.Token }); i >= 0 {
			return w.Tokens[i].Scopes
		}
	case s.Issuer != "":
		if w.SignIn.Provider != nil && w.SignIn.Issuer == s.Issuer {
			return roleScopes[s.Role]
		}
	case w.open():
		return roleScopes[s.Role]
	}
	return nil
}

func sessionHash(value string) []byte {
	sum := sha256.Sum256([]byte(value))
	return sum[:]
}

// signInPages registers what people reach without being signed in.
func (w *Worker) signInPages(mux *http.ServeMux) {
	guard := http.NewCrossOriginProtection()
	mux.Handle("GET /static/", web.Static())
	mux.HandleFunc("GET /sign-in", func(rw http.ResponseWriter, r *http.Request) { w.signInPage(rw, r, http.StatusOK, "") })
	mux.Handle("POST /sign-in", guard.Handler(http.HandlerFunc(w.signIn)))
	mux.Handle("POST /sign-out", guard.Handler(http.HandlerFunc(w.signOut)))
	if w.SignIn.Provider != nil {
		mux.HandleFunc("GET /sign-in/oidc", w.beginSignIn)
		mux.HandleFunc("GET "+CallbackPath, w.finishSignIn)
	}
}

type signInPage struct {
	web.Page
	Next, Problem string
	Provider      string // its name; "" for none
	Secret        string // what else to give: token, password; "" for nothing
	ByName        bool   // people say who they are
}

func (w *Worker) signInPage(rw http.ResponseWriter, r *http.Request, status int, trouble string) {
	page := signInPage{Page: web.Page{Title: "Sign in", Now: w.now()}, Next: localPath(r.FormValue("next")), Problem: trouble,
		ByName: len(w.Tokens) > 0 || w.open()}
	if w.SignIn.Provider != nil {
		page.Provider = w.SignIn.Name
	}
	switch {
	case len(w.Tokens) > 0:
		page.Secret = "token"
	case w.open() && !fromHere(r):
		page.Secret = "password"
	}
	w.render(rw, status, "signin", page)
}

// signIn begins a session for whoever has a token or the local password; where
// neither is configured, for whoever is at this machine. The name is what the
// audit log will say.
func (w *Worker) signIn(rw http.ResponseWriter, r *http.Request) {
	name := strings.TrimSpace(integrations.CleanText(r.FormValue("name"), 100))
	if name == "" {
		w.signInPage(rw, r, http.StatusUnprocessableEntity, "Say who you are: decisions carry your name.")
		return
	}
	token, ok := w.tokenOf(r.FormValue("token"))
	role := roleOf(token.Scopes)
	if w.open() {
		ok, role = fromHere(r) || w.Password != nil && w.Password.matches(r.FormValue("token")), "admin"
	}
	if !ok {
		w.signInPage(rw, r, http.StatusUnauthorized, "That is not known here. Tokens are listed in the configuration under api_tokens; the local password is in the file password below data_dir.")
		return
	}
	err := w.beginSession(rw, r, sessionLong, schema.PutSessionParams{Name: name, Role: role, Token: token.Name})
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	http.Redirect(rw, r, localPath(r.FormValue("next")), http.StatusSeeOther)
}

// beginSession stores a session and gives the browser its cookie.
func (w *Worker) beginSession(rw http.ResponseWriter, r *http.Request, long time.Duration, s schema.PutSessionParams) error {
	value := rand.Text()
	s.Hash, s.Now, s.ExpiresAt = sessionHash(value), w.now(), w.now().Add(long)
	if err := w.queries.PutSession(r.Context(), s); err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	http.SetCookie(rw, w.cookie(r, sessionCookie, value, long))
	return nil
}

func (w *Worker) signOut(rw http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if err := w.queries.DropSession(r.Context(), schema.DropSessionParams{Hash: sessionHash(cookie.Value), Now: w.now()}); err != nil {
			w.pageFailed(rw, r, fmt.Errorf("end session: %w", err))
			return
		}
	}
	http.SetCookie(rw, w.cookie(r, sessionCookie, "", -time.Second))
	http.Redirect(rw, r, "/sign-in", http.StatusSeeOther)
}

// cookie is one of ours: not for scripts, not for other sites.
func (w *Worker) cookie(r *http.Request, name, value string, long time.Duration) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(long.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || strings.HasPrefix(w.PublicURL, "https://")}
}

// localPath is a path of ours to go to; anything else leads home.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/"
	}
	return next
}
