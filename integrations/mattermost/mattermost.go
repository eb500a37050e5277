// Package mattermost reads what a Mattermost server sends of commands and
// messages, and posts to its channels.
//
// In Mattermost: Integrations, Slash Commands, one for /incident and one for
// /impact, request URL {public_url}/webhooks/{name}/command, method POST; their
// tokens are command_tokens. Integrations, Outgoing Webhooks, content type
// application/json, a channel and no trigger word, callback URL
// {public_url}/webhooks/{name}/events; its token is webhook_token. Integrations,
// Bot Accounts: the bot's token is bot_token; invite the bot to the channel.
//
// Limits: outgoing webhooks tell of public channels only, and of neither edits
// nor deletions. Nothing is signed: the token itself is sent
// (https://developers.mattermost.com/integrate/slash-commands/custom/ and
// …/webhooks/outgoing/).
package mattermost

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "mattermost"

// VerifyCommand requires one of the commands' tokens, from the header or from
// the form of older servers. The error is ErrBadSignature.
func VerifyCommand(header http.Header, body []byte, tokens []string) error {
	given := strings.TrimPrefix(header.Get("Authorization"), "Token ")
	if form, err := url.ParseQuery(string(body)); err == nil && given == "" {
		given = form.Get("token")
	}
	for _, token := range tokens {
		if integrations.SameSecret(given, token) {
			return nil
		}
	}
	return integrations.ErrBadSignature
}

// DecodeCommand reads the form of a slash command.
func DecodeCommand(body []byte) (integrations.ChatCommand, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("command") == "" || form.Get("user_id") == "" || form.Get("channel_id") == "" {
		return integrations.ChatCommand{}, integrations.BadFormat(source, "the body is no slash command")
	}
	return integrations.ChatCommand{
		Name: form.Get("command"), Text: integrations.CleanText(form.Get("text"), integrations.MaxSummary),
		UserID: form.Get("user_id"), User: integrations.CleanText(cmp.Or(form.Get("user_name"), form.Get("user_id")), 100),
		ChannelID: form.Get("channel_id"), Channel: integrations.CleanText(form.Get("channel_name"), 100),
		ResponseURL: form.Get("response_url"),
	}, nil
}

// Answer is a command's answer as Mattermost takes it.
func Answer(a integrations.ChatAnswer) map[string]string {
	kind := "ephemeral"
	if a.Open {
		kind = "in_channel"
	}
	return map[string]string{"response_type": kind, "text": a.Text}
}

// RespondCommand answers a command later. Only the configured server is called.
func RespondCommand(ctx context.Context, client *http.Client, server, responseURL string, a integrations.ChatAnswer) error {
	const op = "mattermost: answer a command"
	ours, err := url.Parse(server)
	u, wrong := url.Parse(responseURL)
	if err != nil || wrong != nil || u.Scheme != ours.Scheme || u.Host != ours.Host {
		return &integrations.Error{Op: op, Kind: integrations.Refused, Detail: "the response_url is not the configured server's"}
	}
	raw, err := json.Marshal(Answer(a))
	if err != nil {
		return &integrations.Error{Op: op, Kind: integrations.Refused, Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, responseURL, bytes.NewReader(raw))
	if err != nil {
		return &integrations.Error{Op: op, Kind: integrations.Refused, Detail: "the response_url cannot be read"}
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return &integrations.Error{Op: op, Kind: integrations.Temporary, Detail: "no answer"}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return &integrations.Error{Op: op, Kind: integrations.KindOfStatus(res.StatusCode), Status: res.StatusCode}
	}
	return nil
}

// posted is an outgoing webhook's body.
type posted struct {
	Token     string              `json:"token"`
	ChannelID string              `json:"channel_id"`
	PostID    string              `json:"post_id"`
	UserID    string              `json:"user_id"`
	UserName  string              `json:"user_name"`
	Text      string              `json:"text"`
	Timestamp integrations.Moment `json:"timestamp"` // milliseconds
}

// PeekEvent requires the outgoing webhook's token, and returns the post's id,
// by which a repeat is known.
func PeekEvent(body []byte, token string) (id string, err error) {
	var p posted
	if err := integrations.DecodeWebhook(source, body, &p); err != nil {
		return "", err
	}
	if !integrations.SameSecret(p.Token, token) {
		return "", integrations.ErrBadSignature
	}
	if p.PostID == "" {
		return "", integrations.BadFormat(source, "post_id is missing")
	}
	return integrations.CleanText(p.PostID, 100), nil
}

// DecodeEvent reads a message. Mattermost tells of no bot's words.
func DecodeEvent(body []byte) (integrations.ChatEvent, error) {
	var p posted
	if err := json.Unmarshal(body, &p); err != nil {
		return integrations.ChatEvent{}, integrations.ErrBadFormat
	}
	if p.ChannelID == "" || p.PostID == "" {
		return integrations.ChatEvent{}, nil
	}
	return integrations.ChatEvent{ChannelID: p.ChannelID, Messages: []integrations.ChatMessage{{
		ID: p.PostID, Author: cmp.Or(p.UserName, p.UserID), Text: p.Text, At: p.Timestamp.Time,
	}}}, nil
}

// Config says as whom to post.
type Config struct {
	integrations.Line
	URL      string
	BotToken string
}

// A Client posts to one server.
type Client struct{ http *integrations.HTTPClient }

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	client, err := integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: source, URL: c.URL, Line: c.Line, Timeout: 10 * time.Second, MaxAnswer: 4 << 20,
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+c.BotToken) },
	})
	if err != nil {
		return nil, err
	}
	return &Client{client}, nil
}

type post struct {
	ID      string            `json:"id,omitempty"`
	Channel string            `json:"channel_id,omitempty"`
	Message string            `json:"message"`
	Props   map[string]string `json:"props,omitempty"`
}

// keyProp names the property of a post that holds its key.
const keyProp = "ticketlink"

// Post posts a text and returns its id. Doing it twice posts two; the key finds
// the first (Find).
func (c *Client) Post(ctx context.Context, channel, key, text string) (id string, err error) {
	var made post
	err = c.http.Do(ctx, integrations.Call{Op: "post a message", Endpoint: "posts", Method: http.MethodPost, Path: "/api/v4/posts",
		In: post{Channel: channel, Message: text, Props: map[string]string{keyProp: key}}, Out: &made})
	return made.ID, err
}

// Edit replaces a post's text. NotFound: somebody deleted it.
func (c *Client) Edit(ctx context.Context, _, id, text string) error {
	return c.http.Do(ctx, integrations.Call{Op: "edit a message", Endpoint: "posts", Method: http.MethodPut,
		Path: "/api/v4/posts/" + url.PathEscape(id) + "/patch", In: post{Message: text}})
}

// Find returns a post among a channel's last hundred that Post made with a
// key, "" for none.
func (c *Client) Find(ctx context.Context, channel, key string) (id string, err error) {
	var found struct {
		Order []string
		Posts map[string]struct {
			Props map[string]any `json:"props"`
		}
	}
	err = c.http.Do(ctx, integrations.Call{Op: "look for a message", Endpoint: "channel_posts", Path: "/api/v4/channels/" + url.PathEscape(channel) + "/posts",
		Query: url.Values{"per_page": {"100"}}, Out: &found})
	for _, id := range found.Order {
		if found.Posts[id].Props[keyProp] == key {
			return id, err
		}
	}
	return "", err
}

// Check asks whether the token is good.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	return "the bot's token is good", c.http.Do(ctx, integrations.Call{Op: "check the token", Endpoint: "me", Path: "/api/v4/users/me"})
}
