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

// The scopes of roles.
var roleScopes = map[string][]string{"viewer": {"read"}, "agent": {"read", "write"}, "admin": {"read", "write"}}

func roleOf(scopes []string) string {
	if slices.Contains(scopes, "write") {
		return "agent"
	}
	return "viewer"
}

// tokenOf finds the token with a secret.
func (w *Worker) tokenOf(secret string) (Token, bool) {
	hash := sha256.Sum256([]byte(secret))
	for _, t := range w.Tokens {
		if subtle.ConstantTimeCompare(hash[:], t.Hash[:]) == 1 {
			return t, true
		}
	}
	return Token{}, false
}

// session returns who is signed in by the request's cookie. A session ends
// with the token that began it.
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
	p := person{Name: row.Name, Email: row.Email, Scopes: roleScopes[row.Role], Session: true}
	if row.Token == "" {
		return p, true
	}
	i := slices.IndexFunc(w.Tokens, func(t Token) bool { return t.Name == row.Token })
	if i < 0 {
		return person{}, false
	}
	p.Scopes = w.Tokens[i].Scopes
	return p, true
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
}

type signInPage struct {
	web.Page
	Next, Problem string
	NeedsToken    bool
}

func (w *Worker) signInPage(rw http.ResponseWriter, r *http.Request, status int, trouble string) {
	w.render(rw, status, "signin", signInPage{Page: web.Page{Title: "Sign in", Now: w.now()},
		Next: localPath(r.FormValue("next")), Problem: trouble, NeedsToken: len(w.Tokens) > 0})
}

// signIn begins a session for whoever has a token; where none is configured,
// for whoever is at this machine. The name is what the audit log will say.
func (w *Worker) signIn(rw http.ResponseWriter, r *http.Request) {
	name := strings.TrimSpace(integrations.CleanText(r.FormValue("name"), 100))
	if name == "" {
		w.signInPage(rw, r, http.StatusUnprocessableEntity, "Say who you are: decisions carry your name.")
		return
	}
	token, ok := w.tokenOf(r.FormValue("token"))
	role := roleOf(token.Scopes)
	if len(w.Tokens) == 0 {
		ok, role = fromHere(r), "agent"
	}
	if !ok {
		w.signInPage(rw, r, http.StatusUnauthorized, "That token is not known here. The configuration lists the tokens under api_tokens.")
		return
	}
	err := w.beginSession(rw, r, schema.PutSessionParams{Name: name, Role: role, Token: token.Name})
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	http.Redirect(rw, r, localPath(r.FormValue("next")), http.StatusSeeOther)
}

// beginSession stores a session and gives the browser its cookie.
func (w *Worker) beginSession(rw http.ResponseWriter, r *http.Request, s schema.PutSessionParams) error {
	value := rand.Text()
	s.Hash, s.Now, s.ExpiresAt = sessionHash(value), w.now(), w.now().Add(sessionLong)
	if err := w.queries.PutSession(r.Context(), s); err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	http.SetCookie(rw, w.cookie(r, sessionCookie, value, sessionLong))
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
