package helpscout

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Config says which API to call and as which app.
type Config struct {
	URL       string // https://api.helpscout.net
	AppID     string
	AppSecret string
	integrations.Line
}

// A Client calls one Help Scout account. It may be used by several goroutines.
type Client struct {
	http      *integrations.HTTPClient
	config    Config
	quota     integrations.Quota
	customers integrations.Lookups[customer]

	mu      sync.Mutex
	token   string // "" for none
	renewAt time.Time
}

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	if c.AppID == "" || c.AppSecret == "" {
		return nil, errors.New("help scout: no credentials: give app_id and api_token, an app's id and secret (Your profile, My apps)")
	}
	c.URL = strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/v2")
	client := &Client{config: c}
	client.customers = integrations.Lookups[customer]{Find: client.customer, Clock: c.Now}
	var err error
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: "help scout",
		URL:  c.URL,
		Authorize: func(r *http.Request) {
			if token := client.known(); token != "" {
				r.Header.Set("Authorization", "Bearer "+token)
			}
		},
		Detail:  errorCode,
		Headers: func(h http.Header) { client.quota.Note(h, "X-RateLimit-Limit-Minute", "X-RateLimit-Remaining-Minute") },
		Line:    c.Line,
	})
	return client, err
}

// do signs in where that is needed and sends the call, once more with a new
// token where the old one is refused.
func (c *Client) do(ctx context.Context, call integrations.Call) error {
	had := c.known()
	if had == "" {
		if err := c.signIn(ctx); err != nil {
			return err
		}
	}
	err := c.http.Do(ctx, call)
	if e, ok := errors.AsType[*integrations.Error](err); !ok || e.Status != http.StatusUnauthorized || had == "" {
		return err
	}
	if err := c.signIn(ctx); err != nil {
		return err
	}
	return c.http.Do(ctx, call)
}

// known is the token, "" where there is none or its time is over.
func (c *Client) known() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.config.Now().Before(c.renewAt) {
		return c.token
	}
	return ""
}

// signIn exchanges the app's id and secret for a token (OAuth 2.0, client credentials).
func (c *Client) signIn(ctx context.Context) error {
	const op = "sign in"
	var answer struct {
		Token   integrations.Text       `json:"access_token"`
		Seconds integrations.Loose[int] `json:"expires_in"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "token", Method: http.MethodPost, Path: "/v2/oauth2/token", Out: &answer,
		In: map[string]string{"grant_type": "client_credentials", "client_id": c.config.AppID, "client_secret": c.config.AppSecret}})
	if err != nil {
		return err
	}
	if answer.Token == "" {
		return &integrations.Error{Op: "help scout: " + op, Kind: integrations.Unauthorized, Detail: "the answer has no token"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	lasts := time.Duration(cmp.Or(answer.Seconds.Value, 3600)) * time.Second
	c.token, c.renewAt = string(answer.Token), c.config.Now().Add(lasts-lasts/10)
	return nil
}

// Check asks who we are and says what the rate limit leaves.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	id, err := c.me(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("we are user %s; %s", id, c.quota.Words()), nil
}

// me is the user as whom the app acts.
func (c *Client) me(ctx context.Context) (string, error) {
	return integrations.OwnID(ctx, c.do, "help scout", "/v2/users/me")
}

// TicketURL is where an agent looks at the conversation.
func (c *Client) TicketURL(id string) string {
	return strings.Replace(c.config.URL, "//api.", "//secure.", 1) + "/conversation/" + id
}

// ticketPath returns the API's path for one conversation.
func ticketPath(id, rest string) (string, error) {
	return "/v2/conversations/" + id + rest, integrations.CheckTicketID("help scout", id)
}

// errorCode finds the code in a failed answer. Messages are not taken, they may
// quote a customer.
func errorCode(_ int, body []byte) string {
	var answer struct {
		Error    integrations.Text `json:"error"`
		Embedded integrations.Loose[struct {
			Errors []struct {
				Path integrations.Text `json:"path"`
			} `json:"errors"`
		}] `json:"_embedded"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	if len(answer.Embedded.Value.Errors) > 0 {
		return answer.Embedded.Value.Errors[0].Path.Code()
	}
	return answer.Error.Code()
}
