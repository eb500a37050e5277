package freshdesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Config says which account to call and with which agent's API key.
type Config struct {
	URL    string // https://acme.freshdesk.com
	APIKey string
	// Observe learns of every request: the endpoint's constant name and the
	// HTTP status, 0 where there was no answer.
	Observe   func(endpoint string, code int)
	Transport http.RoundTripper // default: a copy of http.DefaultTransport
	Clock     func() time.Time  // default: time.Now
}

// A Client calls one Freshdesk account. It may be used by several goroutines.
type Client struct {
	http      *integrations.HTTPClient
	url       string
	quota     integrations.Quota
	companies integrations.Lookups[integrations.Organization]
	agents    integrations.Lookups[integrations.Person]
}

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	if c.APIKey == "" {
		return nil, errors.New("freshdesk: no credentials: give api_token, an agent's API key (Profile settings)")
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	client := &Client{url: strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/api/v2")}
	client.companies = integrations.Lookups[integrations.Organization]{Find: client.company, Clock: c.Clock}
	client.agents = integrations.Lookups[integrations.Person]{Find: client.agent, Clock: c.Clock}
	var err error
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name:      "freshdesk",
		URL:       client.url,
		Authorize: func(r *http.Request) { r.SetBasicAuth(c.APIKey, "X") },
		Detail:    errorCode,
		Observe:   c.Observe,
		Headers:   func(h http.Header) { client.quota.Note(h, "X-RateLimit-Total", "X-RateLimit-Remaining") },
		Transport: c.Transport,
		Clock:     c.Clock,
	})
	return client, err
}

// Check asks who we are and says what the rate limit leaves.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	id, err := c.me(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("we are agent %s; %s", id, c.quota.Words()), nil
}

// me is the agent whose API key we have.
func (c *Client) me(ctx context.Context) (string, error) {
	const op = "look up our own agent"
	var me struct {
		ID integrations.Text `json:"id"`
	}
	if err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "me", Path: "/api/v2/agents/me", Out: &me}); err != nil {
		return "", err
	}
	if me.ID.ID() == "" {
		return "", &integrations.Error{Op: "freshdesk: " + op, Kind: integrations.Unauthorized, Detail: "the API key names nobody"}
	}
	return me.ID.ID(), nil
}

// TicketURL is where an agent looks at the ticket.
func (c *Client) TicketURL(id string) string { return c.url + "/a/tickets/" + id }

// ticketPath returns the API's path for one ticket. What is no id never gets
// into a path.
func ticketPath(id, rest string) (string, error) {
	if id == "" || integrations.Text(id).ID() != id {
		return "", fmt.Errorf("freshdesk: %q is no ticket id: expected a number", integrations.CleanText(id, 64))
	}
	return "/api/v2/tickets/" + id + rest, nil
}

// errorCode finds the code in a failed answer. Messages are not taken, they may
// quote a customer.
func errorCode(_ int, body []byte) string {
	var answer struct {
		Code   integrations.Text `json:"code"`
		Errors integrations.Loose[[]struct {
			Code integrations.Text `json:"code"`
		}] `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	if len(answer.Errors.Value) > 0 {
		return answer.Errors.Value[0].Code.Code()
	}
	return answer.Code.Code()
}
