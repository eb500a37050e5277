package notify

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	shoutrrr "github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/ticketlink/ticketlink/integrations"
)

// A slackButtons target takes shoutrrr's URL, slack://hook:A-B-C@webhook or
// slack://xoxb:A-B-C@channel, and sends reminders with buttons, which shoutrrr
// cannot. It is used where the app's signing secret is configured: without it a
// button's press could not be believed.
type slackButtons struct {
	config    *shoutrrr.Config
	transport http.RoundTripper
}

func newSlackButtons(u *url.URL, o Options) (slackButtons, error) {
	config, err := shoutrrr.CreateConfigFromURL(u)
	if err != nil {
		return slackButtons{}, errors.New("the url is not what slack expects: want slack://hook:A-B-C@webhook or slack://xoxb:A-B-C@channel")
	}
	return slackButtons{config, o.Transport}, nil
}

// Words of the buttons, by language.
var buttonWords = map[string][3]string{
	"de": {"Erledigt", "Später", "Nicht betroffen"},
	"en": {"Done", "Later", "Not affected"},
	"es": {"Hecho", "Más tarde", "No afectado"},
	"fr": {"Fait", "Plus tard", "Pas concerné"},
}

// Limits of Block Kit (https://docs.slack.dev/reference/block-kit/blocks).
const (
	maxHeader  = 150  // characters
	maxSection = 3000 // characters
)

type block map[string]any

func plainText(s string) block { return block{"type": "plain_text", "text": s} }

// message is what both of Slack's addresses take; text is what a phone shows.
func (t slackButtons) message(m integrations.Message) block {
	subject := slackEscape.Replace(m.Subject)
	blocks := []block{{"type": "header", "text": plainText(integrations.CleanText(m.Subject, maxHeader))}}
	for text := m.Text; text != ""; {
		part := integrations.CleanText(text, maxSection/5) // an escaped character takes up to five
		text = text[len(part):]
		if part == "" {
			break
		}
		blocks = append(blocks, block{"type": "section", "text": block{"type": "mrkdwn", "text": slackEscape.Replace(part)}})
	}
	if id := m.Fields["follow_up_id"]; id != "" {
		blocks = append(blocks, buttons(id, m.Fields["language"]))
	}
	message := block{"text": subject, "blocks": blocks}
	if t.config.Token.IsAPIToken() {
		message["channel"] = t.config.Channel
	}
	if t.config.ThreadTS != "" {
		message["thread_ts"] = t.config.ThreadTS
	}
	return message
}

func buttons(followUp, language string) block {
	words, ok := buttonWords[language]
	if !ok {
		words = buttonWords["en"]
	}
	var elements []block
	for i, action := range []string{"done", "snooze", "not_affected"} {
		elements = append(elements, block{"type": "button", "action_id": action, "value": followUp, "text": plainText(words[i])})
	}
	return block{"type": "actions", "elements": elements}
}

func (t slackButtons) send(ctx context.Context, m integrations.Message) error {
	address, token := "https://slack.com/api/chat.postMessage", t.config.Token
	if !token.IsAPIToken() {
		address = token.WebhookURL()
	}
	client, err := integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: "slack", URL: address, Line: integrations.Line{Transport: t.transport},
		Authorize: func(r *http.Request) {
			if token.IsAPIToken() {
				r.Header.Set("Authorization", token.Authorization())
			}
		},
		Detail: func(_ int, body []byte) string { return codeIn(errors.New(string(body))) },
	})
	if err != nil {
		return &integrations.Error{Kind: integrations.Refused, Detail: "the token is not what slack expects"}
	}
	call := integrations.Call{Op: "post", Endpoint: "slack", Method: http.MethodPost, In: t.message(m)}
	var answer struct {
		OK    bool
		Error string
	}
	if token.IsAPIToken() {
		call.Out = &answer
	}
	if err := client.Do(ctx, call); err != nil {
		return knownCode(err)
	}
	if token.IsAPIToken() && !answer.OK {
		return knownCode(&integrations.Error{Op: "post", Kind: integrations.Refused, Detail: codeIn(errors.New(answer.Error))})
	}
	return nil
}

// knownCode lets Slack's own code say what to do, where there is one: it
// answers most failures with 200 or 400.
func knownCode(err error) error {
	e, ok := errors.AsType[*integrations.Error](err)
	if !ok || e.Detail == "" {
		return err
	}
	known := *e
	known.Kind = slackCodes[strings.TrimSpace(e.Detail)]
	return &known
}

func (t slackButtons) check(context.Context) (string, error) {
	return "the url has the form that slack expects; nothing was sent, so its token is not proven", nil
}
