// Package slack reads what a Slack workspace sends (commands, messages, buttons)
// and posts to its channels. Messages with buttons are sent by the package notify.
//
// At api.slack.com/apps: Create New App. Slash Commands: /incident and /impact,
// request URL {public_url}/webhooks/{name}/command. Event Subscriptions: request
// URL {public_url}/webhooks/{name}/events, bot events message.channels (and
// message.groups for private channels). OAuth & Permissions: the bot's scopes
// commands, chat:write, channels:history (groups:history), users:read; install it. Basic
// Information has the signing secret (signing_secret), OAuth & Permissions the
// bot's token (bot_token). Invite the bot to the incident's channel.
//
// Limits: an answer within three seconds, afterwards at the response_url for 30
// minutes; events are repeated three times; about one message a second for each
// channel (docs.slack.dev). Events name people by id: their names are asked for
// once, by users.info.
package slack

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// maxAge is how old a request may be
// (https://docs.slack.dev/authentication/verifying-requests-from-slack).
const maxAge = 5 * time.Minute

// Verify checks that Slack signed the body lately, with the app's signing secret.
func Verify(secret string, header http.Header, body []byte, now time.Time) error {
	stamp := header.Get("X-Slack-Request-Timestamp")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	given, err := hex.DecodeString(strings.TrimPrefix(header.Get("X-Slack-Signature"), "v0="))
	if err != nil || secret == "" || !hmac.Equal(given, mac.Sum(nil)) {
		return integrations.ErrBadSignature
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return integrations.ErrBadFormat
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > maxAge || age < -maxAge {
		return integrations.ErrStaleTimestamp
	}
	return nil
}

// A Press is one button that somebody pressed.
type Press struct {
	Action      string // the button's action_id
	Value       string
	By          string // the person's name, else id
	ResponseURL string
}

// Decode reads the form that Slack posts for a block's button.
func Decode(body []byte) (Press, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Press{}, integrations.ErrBadFormat
	}
	var payload struct {
		Type string
		User struct{ ID, Name, Username string }
		// Only the first is read: a press of a button is one action.
		Actions []struct {
			ActionID string `json:"action_id"`
			Value    string
		}
		ResponseURL string `json:"response_url"`
	}
	if json.Unmarshal([]byte(form.Get("payload")), &payload) != nil || payload.Type != "block_actions" || len(payload.Actions) == 0 || payload.User.ID == "" {
		return Press{}, integrations.ErrBadFormat
	}
	who := integrations.CleanText(cmp.Or(payload.User.Username, payload.User.Name, payload.User.ID), 100)
	return Press{payload.Actions[0].ActionID, payload.Actions[0].Value, who + " (Slack)", payload.ResponseURL}, nil
}

// Respond puts a text in the place of the message with the button. Slack names
// the address in the press; no other host is called.
func Respond(ctx context.Context, client *http.Client, responseURL, text string) error {
	raw, err := json.Marshal(map[string]any{"replace_original": true, "text": escape.Replace(text)})
	if err != nil {
		return &integrations.Error{Op: respondOp, Kind: integrations.Refused, Err: err}
	}
	return respond(ctx, client, responseURL, raw)
}

const respondOp = "slack: answer a person"

// respond posts to the address that Slack named. No other host is called.
func respond(ctx context.Context, client *http.Client, responseURL string, raw []byte) error {
	u, err := url.Parse(responseURL)
	if err != nil || u.Scheme != "https" || u.Host != "hooks.slack.com" {
		return &integrations.Error{Op: respondOp, Kind: integrations.Refused, Detail: "the response_url is not Slack's"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, responseURL, bytes.NewReader(raw))
	if err != nil {
		return &integrations.Error{Op: respondOp, Kind: integrations.Refused, Detail: "the response_url cannot be read"}
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return &integrations.Error{Op: respondOp, Kind: integrations.Temporary, Detail: "no answer"}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return &integrations.Error{Op: respondOp, Kind: integrations.KindOfStatus(res.StatusCode), Status: res.StatusCode}
	}
	return nil
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
