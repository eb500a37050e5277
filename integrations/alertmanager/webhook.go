package alertmanager

import (
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

// SignatureHeader is Grafana's default; its contact point can name another.
const (
	SignatureHeader = "X-Grafana-Alerting-Signature"
	TimestampHeader = "X-Grafana-Alerting-Timestamp"
)

// Credentials are what a delivery may prove itself with, "" for not. Secret is
// that of Grafana's HMAC signature, which covers the timestamp too where the
// contact point names TimestampHeader.
type Credentials struct {
	Bearer, Username, Password, Secret string
}

// Authorize checks the Authorization header against the bearer token or the
// user and password, and the signature against the secret, where they are
// configured. It takes the same time for every wrong secret. The error is
// integrations.ErrBadSignature or ErrStaleTimestamp.
func Authorize(header http.Header, body []byte, c Credentials, check integrations.Check) error {
	if scheme, token, _ := strings.Cut(header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		if integrations.SameSecret(strings.TrimSpace(token), c.Bearer) {
			return nil
		}
	}
	user, password, _ := (&http.Request{Header: header}).BasicAuth()
	if c.Username != "" && c.Password != "" && integrations.SameSecret(user+"\x00"+password, c.Username+"\x00"+c.Password) {
		return nil
	}
	if c.Secret != "" && header.Get(SignatureHeader) != "" {
		return verify(header, body, c.Secret, check)
	}
	return fmt.Errorf("alertmanager: the configured bearer_token, or username and password, must be in http_config, "+
		"or webhook_secret in Grafana's HMAC settings: %w", integrations.ErrBadSignature)
}

func verify(header http.Header, body []byte, secret string, check integrations.Check) error {
	signed := [][]byte{body}
	stamp := header.Get(TimestampHeader)
	if stamp != "" {
		signed = [][]byte{[]byte(stamp + ":"), body}
	}
	if err := integrations.CheckHex("alertmanager", header.Values(SignatureHeader), secret, signed...); err != nil || stamp == "" {
		return err
	}
	return integrations.CheckAge("alertmanager", stamp, check)
}

// DedupKey checks that Decode reads the body, and returns the key by which a
// repeat of it is known: Alertmanager gives a delivery no id, and repeats a
// group's news word for word.
func DedupKey(body []byte, now time.Time) (string, error) {
	if _, err := parse(body); err != nil {
		return "", err
	}
	return integrations.RepeatKey(body, now), nil
}

func parse(body []byte) (webhook, error) {
	var w webhook
	if err := integrations.DecodeWebhook("alertmanager", body, &w); err != nil {
		return w, err
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

func badFormat(text string, args ...any) error {
	return integrations.BadFormat("alertmanager", text, args...)
}
