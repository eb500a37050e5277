// Package githubissues reads GitHub's webhooks about issues: an issue with a
// chosen label is an incident while it is open.
//
// In the repository or organization: Settings, Webhooks, Add webhook. The URL is
// {public_url}/webhooks/{name}, the content type application/json, the secret a
// long random one that also goes to the source's webhook_secret. Choose "Let me
// select individual events": Issues, and no other. The source's label option
// names the label; its default is "incident".
//
// Limits, by docs.github.com, Webhooks: an answer is expected within 10 seconds;
// a failed delivery is not repeated by itself (redeliver it from the webhook's
// page); bodies above 25 MB are not sent. Times are whole seconds. The
// signature covers no timestamp: a repeat is known by X-GitHub-Delivery.
//
// An issue that is closed, deleted, moved away or loses its label is over. Labels
// like "service:payments", "region/eu" or "severity: critical" are read as
// fields, and "sev1" or "P2" alone as the severity.
package githubissues

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "githubissues"

type webhook struct {
	Action string `json:"action"`
	Zen    string `json:"zen"` // of a ping, which GitHub sends when the webhook is made
	Issue  *issue `json:"issue"`
	Label  label  `json:"label"`
	Repo   struct {
		FullName string `json:"full_name"`
	} `json:"repository"`
	Comment *struct{} `json:"comment"`
}

type issue struct {
	NodeID      string              `json:"node_id"`
	URL         string              `json:"html_url"`
	Title       string              `json:"title"`
	Body        integrations.Text   `json:"body"`
	State       string              `json:"state"`
	Labels      []label             `json:"labels"`
	CreatedAt   integrations.Moment `json:"created_at"`
	UpdatedAt   integrations.Moment `json:"updated_at"`
	ClosedAt    integrations.Moment `json:"closed_at"`
	PullRequest *struct{}           `json:"pull_request"`
}

type label struct {
	Name integrations.Text `json:"name"`
}

// Verify checks the signature over the body. The error is
// integrations.ErrBadSignature.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	given, _ := strings.CutPrefix(header.Get("X-Hub-Signature-256"), "sha256=")
	return integrations.CheckHex(source, []string{given}, c.Secret, body)
}

// DedupKey checks that the body is GitHub's, and returns the body's own key:
// the delivery's id is not signed, so whoever captured one could choose another.
func DedupKey(_ http.Header, body []byte, _ time.Time) (string, error) {
	_, err := parse(body)
	return integrations.BodyKey(body), err
}

// Decoder returns the decoder of deliveries about issues with that label.
// Other issues, pull requests and other events are about no incident. Its error
// is integrations.ErrBadFormat.
func Decoder(labelled string) func(body []byte) (integrations.IncidentUpdate, error) {
	return func(body []byte) (integrations.IncidentUpdate, error) {
		w, err := parse(body)
		u := integrations.IncidentUpdate{Event: w.Action}
		if err != nil || w.Issue == nil || w.Issue.PullRequest != nil || w.Comment != nil {
			return u.Clean(), err
		}
		has := slices.ContainsFunc(w.Issue.Labels, func(l label) bool { return strings.EqualFold(string(l.Name), labelled) })
		lost := w.Action == "unlabeled" && strings.EqualFold(string(w.Label.Name), labelled)
		if has || lost {
			w.Issue.tell(&u)
			gone := lost || w.Issue.State == "closed" || w.Action == "deleted" || w.Action == "transferred"
			if gone {
				u.Resolved, u.ResolvedAt = true, w.Issue.ended()
			}
		}
		return u.Clean(), nil
	}
}

func (i issue) tell(u *integrations.IncidentUpdate) {
	u.SourceKey, u.Title, u.Summary, u.URL = i.NodeID, i.Title, string(i.Body), i.URL
	u.At, u.StartedAt = i.UpdatedAt.Time, i.CreatedAt.Time
	for _, l := range i.Labels {
		text := strings.ToLower(string(l.Name))
		field, value := text, ""
		if at := strings.IndexAny(text, ":/="); at > 0 {
			field, value = strings.TrimSpace(text[:at]), strings.TrimSpace(text[at+1:])
			u.AddField(field, value)
		}
		if (field == "severity" || field == "priority") && value != "" {
			text = value
		}
		known := integrations.WorseSeverity(text, "unknown")
		if known && integrations.WorseSeverity(text, u.Severity) {
			u.Severity = text
		}
	}
}

func (i issue) ended() time.Time {
	if !i.ClosedAt.IsZero() {
		return i.ClosedAt.Time
	}
	return i.UpdatedAt.Time
}

// parse also reads the body of a webhook whose content type was left at form.
func parse(body []byte) (webhook, error) {
	var w webhook
	if form, ok := bytes.CutPrefix(body, []byte("payload=")); ok {
		text, err := url.QueryUnescape(string(form))
		if err != nil {
			return w, integrations.BadFormat(source, "the form's payload is not encoded as in a URL")
		}
		body = []byte(text)
	}
	if err := integrations.DecodeWebhook(source, body, &w); err != nil {
		return w, err
	}
	switch {
	case w.Action == "" && w.Zen == "" && w.Repo.FullName == "":
		return w, integrations.BadFormat(source, "action is missing")
	case w.Issue != nil && w.Issue.NodeID == "":
		return w, integrations.BadFormat(source, "issue.node_id is missing")
	}
	return w, nil
}
