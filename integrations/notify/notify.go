// Package notify sends reminders to people: to chat rooms, mailboxes, phones and
// other tools, each named by one URL in shoutrrr's form
// (https://shoutrrr.nickfedor.com/services/overview/).
//
// Most URLs are handled by shoutrrr itself. Some are not, because a reminder
// must come exactly once and a failure must say what to do about it:
//
//   - generic:// and generic+https:// post one JSON object with an idempotency
//     key, see webhook;
//   - smtp:// sends a mail whose Message-ID stays the same when it
//     is sent again, see mail;
//   - slack:// sends buttons where Options.Buttons is set, see slackButtons;
//   - logger:// writes to our own log.
//
// No error holds any part of a target's URL but its scheme.
package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// What a message may hold: enough for a reminder, and within what every chat
// service takes.
const (
	maxSubject  = 250      // bytes
	maxText     = 8 * 1024 // bytes
	sendTimeout = 30 * time.Second
)

// Options are what targets share.
type Options struct {
	Log       *slog.Logger          // for logger:// targets; default: slog.Default
	Transport http.RoundTripper     // for generic targets and Slack's buttons; default: Outbound's
	Outbound  integrations.Outbound // where targets may be
	Buttons   bool                  // slack:// reminders get buttons: somebody reads what they send
	Clock     func() time.Time      // for a mail's date; default: time.Now
}

// A Target is somewhere to send reminders to.
type Target struct {
	name   string
	sender sender
}

type sender interface {
	send(context.Context, integrations.Message) error
	// check tries what can be tried without sending, and says what that was.
	check(context.Context) (string, error)
}

// New reads a target's URL. Its errors say what the scheme expects and hold
// nothing else of the URL.
func New(name, rawURL string, o Options) (*Target, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Transport == nil {
		o.Transport = o.Outbound.Transport()
	}
	s, err := newSender(name, rawURL, o)
	if err != nil {
		return nil, fmt.Errorf("notification target %q: %w", name, err)
	}
	return &Target{name: name, sender: s}, nil
}

func newSender(name, rawURL string, o Options) (sender, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme == "" {
		return nil, errors.New("the url cannot be read: want one such as slack://hook:TOKEN@webhook, with special characters percent-encoded")
	}
	scheme, _, _ := strings.Cut(u.Scheme, "+")
	switch scheme {
	case "generic":
		return newWebhook(u, o)
	case "smtp":
		return newMail(u, o)
	case "slack":
		if o.Buttons {
			return newSlackButtons(u, o)
		}
	case "logger":
		return logger{name, o.Log}, nil
	}
	return newChat(scheme, rawURL, o.Outbound)
}

// Name returns the target's configured name.
func (t *Target) Name() string { return t.name }

// Send delivers one message within the context's deadline, at most 30 seconds.
// Every error is an *integrations.Error whose kind says whether to try again.
// The message's key is sent along wherever the target takes one.
func (t *Target) Send(ctx context.Context, m integrations.Message) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	m.Subject = integrations.CleanText(strings.Join(strings.Fields(m.Subject), " "), maxSubject)
	m.Text = integrations.CleanText(m.Text, maxText)
	return t.named(t.sender.send(ctx, m))
}

// Check tries the target without sending anything, and says what was tried.
func (t *Target) Check(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	tried, err := t.sender.check(ctx)
	return tried, t.named(err)
}

// named puts the target's name into an error, whatever its sort.
func (t *Target) named(err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*integrations.Error](err)
	if !ok {
		e = &integrations.Error{Kind: integrations.Temporary, Err: err}
	}
	named := *e
	named.Op = "notify " + t.name + ": " + cmp.Or(e.Op, "send")
	return &named
}

// logger writes reminders to our own log, for trying things out.
type logger struct {
	name string
	log  *slog.Logger
}

func (l logger) send(ctx context.Context, m integrations.Message) error {
	l.log.InfoContext(ctx, "notification", "target", l.name, "key", m.Key, "subject", m.Subject, "text", m.Text)
	return nil
}

func (l logger) check(context.Context) (string, error) { return "writes to the log", nil }
