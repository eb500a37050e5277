package alertmanager

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// webhook is the part of a delivery's body that says something about the incident.
type webhook struct {
	Version           string  `json:"version"`
	GroupKey          string  `json:"groupKey"`
	Status            string  `json:"status"`
	TruncatedAlerts   int     `json:"truncatedAlerts"`
	ExternalURL       string  `json:"externalURL"`
	CommonLabels      labels  `json:"commonLabels"`
	CommonAnnotations labels  `json:"commonAnnotations"`
	Alerts            []alert `json:"alerts"`
}

type alert struct {
	Status       string    `json:"status"`
	Labels       labels    `json:"labels"`
	Annotations  labels    `json:"annotations"`
	StartsAt     time.Time `json:"startsAt"`
	EndsAt       time.Time `json:"endsAt"`
	GeneratorURL string    `json:"generatorURL"`
	Fingerprint  string    `json:"fingerprint"`
}

// resolved: any other status is taken for firing, so that an unknown one never
// closes an incident.
func (a alert) resolved() bool { return a.Status == "resolved" }

// Authorize checks the Authorization header against the bearer token or the
// user and password, where they are configured ("" for not). It takes the same
// time for every wrong secret. The error is integrations.ErrBadSignature.
func Authorize(header http.Header, bearer, user, password string) error {
	if scheme, token, _ := strings.Cut(header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") && bearer != "" {
		if same(strings.TrimSpace(token), bearer) {
			return nil
		}
	}
	gotUser, gotPassword, _ := (&http.Request{Header: header}).BasicAuth()
	if user != "" && password != "" && same(gotUser+"\x00"+gotPassword, user+"\x00"+password) {
		return nil
	}
	return fmt.Errorf("alertmanager: the configured bearer_token, or username and password, must be in http_config: %w", integrations.ErrBadSignature)
}

// same compares hashes, which have one length whatever the secrets have.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// DedupKey checks that Decode reads the body, and returns the key by which a
// repeat of it is known: Alertmanager gives a delivery no id, and repeats a
// group's news word for word.
func DedupKey(body []byte) (string, error) {
	if _, err := parse(body); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(body)), nil
}

func parse(body []byte) (webhook, error) {
	var w webhook
	if err := json.Unmarshal(body, &w); err != nil {
		return w, badFormat("%s", shape(err))
	}
	switch {
	case w.Version != "4" && w.Version != "1":
		return w, badFormat("version is not 4")
	case w.GroupKey == "":
		return w, badFormat("groupKey is missing")
	case w.Status == "":
		return w, badFormat("status is missing")
	case len(w.Alerts) == 0:
		return w, badFormat("alerts is empty")
	}
	for i, a := range w.Alerts {
		if a.StartsAt.Year() < 1970 {
			return w, badFormat("alerts[%d].startsAt is missing", i)
		}
	}
	return w, nil
}

// shape says what json found wrong without repeating the value.
func shape(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return cmp.Or(wrong.Field, "the body") + " is of another type"
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return err.Error()
	}
	return "a time is not in RFC 3339"
}

func badFormat(text string, args ...any) error {
	return fmt.Errorf("alertmanager: webhook: "+text+": %w", append(args, integrations.ErrBadFormat)...)
}
