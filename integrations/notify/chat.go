package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"github.com/ticketlink/ticketlink/integrations"
)

// titled are the services of shoutrrr that show a title; for the others the
// subject is the text's first line.
var titled = []string{
	"bark", "discord", "gotify", "join", "lark", "notifiarr", "ntfy",
	"pushbullet", "pushover", "slack", "teams", "telegram",
}

// A chat is any target that shoutrrr delivers to.
type chat struct {
	scheme   string
	rawURL   string
	outbound integrations.Outbound
}

func newChat(scheme, rawURL string, outbound integrations.Outbound) (chat, error) {
	if !slices.Contains(new(router.ServiceRouter).ListServices(), scheme) {
		return chat{}, errors.New("the url's scheme is not known: want slack, teams, mattermost, smtp, ntfy, generic+https or another of shoutrrr's")
	}
	if _, err := new(router.ServiceRouter).Locate(rawURL); err != nil {
		return chat{}, fmt.Errorf("the url is not what %s expects: see shoutrrr's documentation of that service", scheme)
	}
	return chat{scheme, rawURL, outbound}, nil
}

// send uses a new service each time, because shoutrrr's keep the last message's
// parameters and are not safe for concurrent use. They take no context: when it
// ends first, the service goes on alone until its own timeout or the host's.
func (c chat) send(ctx context.Context, m integrations.Message) error {
	service, err := new(router.ServiceRouter).Locate(c.rawURL)
	if err != nil {
		return &integrations.Error{Kind: integrations.Refused, Detail: "the url is not what " + c.scheme + " expects"}
	}
	c.guard(service)
	text, params := c.words(m)
	done := make(chan error, 1)
	go func() { done <- service.Send(text, &params) }()
	select {
	case err := <-done:
		return c.failure(err)
	case <-ctx.Done():
		return &integrations.Error{Kind: integrations.Temporary, Err: context.Cause(ctx)}
	}
}

// guard puts the outbound rules into those services that bring a transport of
// their own. The others use http.DefaultTransport, which the program guards.
func (c chat) guard(service types.Service) {
	switch s := service.(type) {
	case interface{ GetHTTPClient() *http.Client }: // mattermost, gotify
		if t, ok := s.GetHTTPClient().Transport.(*http.Transport); ok {
			guarded := c.outbound.Transport()
			guarded.TLSClientConfig = t.TLSClientConfig
			s.GetHTTPClient().Transport = guarded
		}
	case *ntfy.Service:
		guarded := c.outbound.Transport()
		guarded.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.Config.DisableTLSVerification} // a setting of the URL
		s.SetHTTPClient(&http.Client{Timeout: sendTimeout, Transport: guarded})
	}
}

func (c chat) words(m integrations.Message) (string, types.Params) {
	subject, text := neutral(c.scheme, m.Subject), neutral(c.scheme, m.Text)
	if slices.Contains(titled, c.scheme) {
		return text, types.Params{types.TitleKey: subject}
	}
	return subject + "\n" + text, types.Params{}
}

func (c chat) check(context.Context) (string, error) {
	return "the url has the form that " + c.scheme + " expects; nothing was sent, so its token is not proven", nil
}

// slackEscape is what Slack asks for in text that may hold anything
// (https://docs.slack.dev/messaging/formatting-message-text#escaping): with it
// <!here>, <@U123> and <url|label> are no more than characters.
var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// breakMentions puts an invisible space behind what begins a mention elsewhere:
// @channel, @everyone, <users/all>.
var breakMentions = strings.NewReplacer("@", "@\u200b", "<", "<\u200b")

// neutral makes text from elsewhere harmless in a chat room.
func neutral(scheme, s string) string {
	if scheme == "slack" {
		return slackEscape.Replace(s)
	}
	return breakMentions.Replace(s)
}

// failure turns shoutrrr's error, which may hold the whole URL, into ours.
func (c chat) failure(err error) error {
	if err == nil {
		return nil
	}
	status := statusIn(err)
	if status != 0 {
		return &integrations.Error{Kind: integrations.KindOfStatus(status), Status: status, Detail: codeIn(err)}
	}
	if code := codeIn(err); code != "" {
		return &integrations.Error{Kind: slackCodes[code], Detail: code}
	}
	if e := unreachable(err); e.Detail != "" {
		return e
	}
	return &integrations.Error{Kind: integrations.Temporary, Detail: c.scheme + " did not take it, for no reason that can be shown"}
}
