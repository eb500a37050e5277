package slack

import (
	"context"
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Config says as whom to post. The bot needs chat:write, and for Find
// channels:history (groups:history in private channels).
type Config struct {
	URL       string // https://slack.com
	BotToken  string // xoxb-…
	Transport http.RoundTripper
	Clock     func() time.Time
}

// A Client posts to one workspace.
type Client struct{ http *integrations.HTTPClient }

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	client, err := integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: "slack", URL: c.URL, Transport: c.Transport, Clock: c.Clock, Timeout: 10 * time.Second, MaxAnswer: 4 << 20,
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+c.BotToken) },
	})
	if err != nil {
		return nil, err
	}
	return &Client{client}, nil
}

// eventType names our messages' metadata, which people do not see.
const eventType = "ticketlink"

// answer is what every method says: HTTP 200 also where it failed.
type answer struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error"`
	TS       string `json:"ts"`
	Messages []struct {
		TS       string `json:"ts"`
		Metadata struct {
			EventType string `json:"event_type"`
			Payload   struct {
				Key string `json:"key"`
			} `json:"event_payload"`
		} `json:"metadata"`
	} `json:"messages"`
}

// Post posts a text and returns its id. Doing it twice posts two; the key finds
// the first (Find).
func (c *Client) Post(ctx context.Context, channel, key, text string) (id string, err error) {
	a, err := c.call(ctx, "post a message", "chat.postMessage", map[string]any{"channel": channel, "text": escape.Replace(text),
		"unfurl_links": false, "metadata": map[string]any{"event_type": eventType, "event_payload": map[string]string{"key": key}}})
	return a.TS, err
}

// Edit replaces a message's text. NotFound: somebody deleted it.
func (c *Client) Edit(ctx context.Context, channel, id, text string) error {
	_, err := c.call(ctx, "edit a message", "chat.update", map[string]any{"channel": channel, "ts": id, "text": escape.Replace(text)})
	return err
}

// Find returns the latest of a channel's last hundred messages that Post made
// with a key, "" for none.
func (c *Client) Find(ctx context.Context, channel, key string) (id string, err error) {
	a, err := c.call(ctx, "look for a message", "conversations.history", map[string]any{"channel": channel, "limit": 100, "include_all_metadata": true})
	for _, m := range a.Messages {
		if err == nil && m.Metadata.EventType == eventType && m.Metadata.Payload.Key == key {
			return m.TS, nil
		}
	}
	return "", err
}

// Check asks whether the token is good.
func (c *Client) Check(ctx context.Context) error {
	_, err := c.call(ctx, "check the token", "auth.test", map[string]any{})
	return err
}

// kinds says what can be done about Slack's errors
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
var kinds = map[string]integrations.Kind{
	"channel_not_found": integrations.NotFound, "message_not_found": integrations.NotFound, "is_archived": integrations.NotFound,
	"invalid_auth": integrations.Unauthorized, "not_authed": integrations.Unauthorized, "token_revoked": integrations.Unauthorized,
	"account_inactive": integrations.Unauthorized, "missing_scope": integrations.Unauthorized, "not_in_channel": integrations.Unauthorized,
	"ratelimited": integrations.RateLimited, "rate_limited": integrations.RateLimited,
	"internal_error": integrations.Temporary, "fatal_error": integrations.Temporary, "service_unavailable": integrations.Temporary,
}

func (c *Client) call(ctx context.Context, op, method string, in any) (answer, error) {
	var a answer
	err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: method, Method: http.MethodPost, Path: "/api/" + method, In: in, Out: &a})
	if err != nil || a.OK {
		return a, err
	}
	kind, known := kinds[a.Error]
	if !known {
		kind = integrations.Refused
	}
	return a, &integrations.Error{Op: "slack: " + op, Kind: kind, Detail: integrations.CleanText(a.Error, 60)}
}
