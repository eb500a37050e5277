package freshdesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
)

// Config says which account to call and with which agent's API key.
type Config struct {
	URL    string // https://acme.freshdesk.com
	APIKey string
	integrations.Line
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
	client := &Client{url: strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/api/v2")}
	client.companies = integrations.Lookups[integrations.Organization]{Find: client.company, Clock: c.Now}
	client.agents = integrations.Lookups[integrations.Person]{Find: client.agent, Clock: c.Now}
	var err error
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name:      "freshdesk",
		URL:       client.url,
		Authorize: func(r *http.Request) { r.SetBasicAuth(c.APIKey, "X") },
		Detail:    errorCode,
		Headers:   func(h http.Header) { client.quota.Note(h, "X-RateLimit-Total", "X-RateLimit-Remaining") },
		Line:      c.Line,
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
	return integrations.OwnID(ctx, c.http.Do, "freshdesk", "/api/v2/agents/me")
}

// TicketURL is where an agent looks at the ticket.
func (c *Client) TicketURL(id string) string { return c.url + "/a/tickets/" + id }

// ticketPath returns the API's path for one ticket.
func ticketPath(id, rest string) (string, error) {
	return "/api/v2/tickets/" + id + rest, integrations.CheckTicketID("freshdesk", id)
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
