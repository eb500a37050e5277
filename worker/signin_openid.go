package worker

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// CallbackPath is where an identity provider sends people back to.
const CallbackPath = "/sign-in/oidc/callback"

const (
	signInCookie = "ticketlink_sign_in" // ties the attempt to this browser
	signInLong   = 10 * time.Minute
)

// A SignIn lets people sign in with an identity provider.
type SignIn struct {
	Provider identityProvider // nil: none
	Name     string           // what people call it
	Issuer   string           // a session ends when another is configured
	Roles    map[string]string
	Default  string        // the role of people without one of Roles; "": they are turned away
	Session  time.Duration // how long a sign-in lasts
}

// identityProvider says where people sign in, and who comes back.
type identityProvider interface {
	Address(ctx context.Context, state, nonce, verifier string) (string, error)
	Identify(ctx context.Context, code, nonce, verifier string) (integrations.Identity, error)
}

// role is the highest of those that the groups give.
func (s SignIn) role(groups []string) string {
	has := func(role string) bool {
		return slices.ContainsFunc(groups, func(g string) bool { return s.Roles[g] == role })
	}
	for _, role := range []string{"admin", "agent", "viewer"} {
		if has(role) {
			return role
		}
	}
	return s.Default
}

// beginSignIn sends somebody to the provider.
func (w *Worker) beginSignIn(rw http.ResponseWriter, r *http.Request) {
	state, nonce, verifier := rand.Text(), rand.Text(), rand.Text()+rand.Text()
	address, err := w.SignIn.Provider.Address(r.Context(), state, nonce, verifier)
	if err != nil {
		w.signInFailed(rw, r, err)
		return
	}
	err = errors.Join(w.queries.DropSignIns(r.Context(), w.now()),
		w.queries.PutSignIn(r.Context(), schema.PutSignInParams{State: sessionHash(state), Nonce: nonce, Verifier: verifier,
			Next: localPath(r.FormValue("next")), ExpiresAt: w.now().Add(signInLong)}))
	if err != nil {
		w.pageFailed(rw, r, fmt.Errorf("begin sign-in: %w", err))
		return
	}
	http.SetCookie(rw, w.cookie(r, signInCookie, state, signInLong))
	http.Redirect(rw, r, address, http.StatusSeeOther)
}

// finishSignIn takes whoever the provider sends back. The attempt must be one
// of this browser's, under way, and not used before.
func (w *Worker) finishSignIn(rw http.ResponseWriter, r *http.Request) {
	state := r.FormValue("state")
	http.SetCookie(rw, w.cookie(r, signInCookie, "", -time.Second))
	if cookie, err := r.Cookie(signInCookie); err != nil || state == "" || cookie.Value != state {
		w.signInPage(rw, r, http.StatusBadRequest, "That sign-in was not begun in this browser. Begin again.")
		return
	}
	attempt, err := w.queries.TakeSignIn(r.Context(), schema.TakeSignInParams{State: sessionHash(state), Now: w.now()})
	if errors.Is(err, pgx.ErrNoRows) {
		w.signInPage(rw, r, http.StatusBadRequest, "That sign-in took too long, or was used before. Begin again.")
		return
	}
	if err != nil {
		w.pageFailed(rw, r, fmt.Errorf("finish sign-in: %w", err))
		return
	}
	if r.FormValue("error") != "" {
		w.signInPage(rw, r, http.StatusForbidden, w.SignIn.Name+" let nobody in.")
		return
	}
	who, err := w.SignIn.Provider.Identify(r.Context(), r.FormValue("code"), attempt.Nonce, attempt.Verifier)
	if err != nil {
		w.signInFailed(rw, r, err)
		return
	}
	w.welcome(rw, r, who, attempt.Next)
}

// welcome begins the session of whoever has a role.
func (w *Worker) welcome(rw http.ResponseWriter, r *http.Request, who integrations.Identity, next string) {
	role := w.SignIn.role(who.Groups)
	if role == "" {
		w.Log.Warn("sign-in without a role", "name", who.Name, "groups", len(who.Groups))
		w.signInPage(rw, r, http.StatusForbidden, who.Name+", you have no role here: none of your groups is named in sign_in.oidc.roles.")
		return
	}
	err := w.beginSession(rw, r, w.SignIn.Session, schema.PutSessionParams{Name: who.Name, Email: who.Email, Role: role,
		Issuer: w.SignIn.Issuer, Subject: who.Subject})
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.Log.Info("signed in", "name", who.Name, "role", role)
	http.Redirect(rw, r, localPath(next), http.StatusSeeOther)
}

// signInFailed says whose fault it is; the log says more.
func (w *Worker) signInFailed(rw http.ResponseWriter, r *http.Request, err error) {
	w.Log.Warn("sign-in failed", "error", err)
	if integrations.KindOf(err) == integrations.Unauthorized {
		w.signInPage(rw, r, http.StatusForbidden, "What "+w.SignIn.Name+" says of you cannot be trusted; the log says why. Begin again.")
		return
	}
	w.signInPage(rw, r, http.StatusBadGateway, w.SignIn.Name+" does not answer. Try again in a moment.")
}

// notAllowed tells a person what their role does not allow.
func (w *Worker) notAllowed(rw http.ResponseWriter, r *http.Request, p person) {
	needs := map[string]string{"write": "an agent", "admin": "an admin"}[scopeOf(r)]
	r = r.WithContext(context.WithValue(r.Context(), personKey{}, p))
	w.render(rw, http.StatusForbidden, "failed", failedPage{Page: w.page(r, "That is not for your role", "", ""),
		Text: "You are here as " + roleOf(p.Scopes) + ". This takes " + cmp.Or(needs, "another role") + ".", Back: backOf(r)})
}

// backOf is the page that a form was on, home where that is unknown.
func backOf(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return localPath(from.RequestURI())
}
