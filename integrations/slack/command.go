package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/ticketlink/ticketlink/integrations"
)

// DecodeCommand reads the form of a slash command
// (https://docs.slack.dev/interactivity/implementing-slash-commands).
func DecodeCommand(body []byte) (integrations.ChatCommand, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("command") == "" || form.Get("user_id") == "" || form.Get("channel_id") == "" {
		return integrations.ChatCommand{}, integrations.BadFormat("slack", "the body is no slash command")
	}
	name := cmp.Or(form.Get("user_name"), form.Get("user_id"))
	return integrations.ChatCommand{
		Name: form.Get("command"), Text: integrations.CleanText(unescape.Replace(form.Get("text")), integrations.MaxSummary),
		UserID: form.Get("user_id"), User: integrations.CleanText(name, 100),
		ChannelID: form.Get("channel_id"), Channel: integrations.CleanText(form.Get("channel_name"), 100),
		ResponseURL: form.Get("response_url"),
	}, nil
}

// Answer is a command's answer as Slack takes it.
func Answer(a integrations.ChatAnswer) map[string]string {
	kind := "ephemeral"
	if a.Open {
		kind = "in_channel"
	}
	return map[string]string{"response_type": kind, "text": escape.Replace(a.Text)}
}

// RespondCommand answers a command later, at most 30 minutes and five times.
func RespondCommand(ctx context.Context, client *http.Client, responseURL string, a integrations.ChatAnswer) error {
	raw, err := json.Marshal(Answer(a))
	if err != nil {
		return &integrations.Error{Op: respondOp, Kind: integrations.Refused, Err: err}
	}
	return respond(ctx, client, responseURL, raw)
}
