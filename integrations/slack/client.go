package slack

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Config says as whom to post. The bot needs chat:write, and for Find
// channels:history (groups:history in private channels); for Name users:read.
type Config struct {
	integrations.Line
	URL      string // https://slack.com
	BotToken string // xoxb-…
}

// A Client posts to one workspace.
type Client struct{ http *integrations.HTTPClient }

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	client, err := integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: "slack", URL: c.URL, Line: c.Line, Timeout: 10 * time.Second, MaxAnswer: 4 << 20,
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
	OK       bool                       `json:"ok"`
	Error    string                     `json:"error"`
	TS       string                     `json:"ts"`
	UserID   string                     `json:"user_id"` // of auth.test
	User     integrations.Loose[person] `json:"user"`    // of users.info; elsewhere it is a name
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

type person struct {
	Name     string `json:"name"`
	RealName string `json:"real_name"`
	Profile  struct {
		DisplayName string `json:"display_name"`
		RealName    string `json:"real_name"`
	} `json:"profile"`
}

// Name is what the workspace shows of a person, by id. NotFound: it knows nobody.
func (c *Client) Name(ctx context.Context, id string) (string, error) {
	a, err := c.do(ctx, integrations.Call{Op: "look up a person", Endpoint: "users.info", Path: "/api/users.info", Query: url.Values{"user": {id}}})
	p := a.User.Value
	return cmp.Or(p.Profile.DisplayName, p.Profile.RealName, p.RealName, p.Name, id), err
}

// Check asks whether the token is good, and whether it names people.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	a, err := c.call(ctx, "check the token", "auth.test", map[string]any{})
	if err != nil {
		return "", err
	}
	_, err = c.Name(ctx, a.UserID)
	if err != nil && integrations.KindOf(err) == integrations.Unauthorized {
		return "the bot's token is good, but people are shown by id: give the app the scope users:read and install it again", nil
	}
	return "the bot's token is good", err
}

// kinds says what can be done about Slack's errors
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
var kinds = map[string]integrations.Kind{
	"user_not_found": integrations.NotFound, "user_not_visible": integrations.NotFound,
	"channel_not_found": integrations.NotFound, "message_not_found": integrations.NotFound, "is_archived": integrations.NotFound,
	"invalid_auth": integrations.Unauthorized, "not_authed": integrations.Unauthorized, "token_revoked": integrations.Unauthorized,
	"account_inactive": integrations.Unauthorized, "missing_scope": integrations.Unauthorized, "not_in_channel": integrations.Unauthorized,
	"ratelimited": integrations.RateLimited, "rate_limited": integrations.RateLimited,
	"internal_error": integrations.Temporary, "fatal_error": integrations.Temporary, "service_unavailable": integrations.Temporary,
}

func (c *Client) call(ctx context.Context, op, method string, in any) (answer, error) {
	return c.do(ctx, integrations.Call{Op: op, Endpoint: method, Method: http.MethodPost, Path: "/api/" + method, In: in})
}

func (c *Client) do(ctx context.Context, call integrations.Call) (answer, error) {
	var a answer
	call.Out = &a
	if err := c.http.Do(ctx, call); err != nil || a.OK {
		return a, err
	}
	kind, known := kinds[a.Error]
	if !known {
		kind = integrations.Refused
	}
	return a, &integrations.Error{Op: "slack: " + call.Op, Kind: kind, Detail: integrations.CleanText(a.Error, 60)}
}
