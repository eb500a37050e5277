package jsm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
)

// Config says which site to call and as which agent.
type Config struct {
	URL      string // https://acme.atlassian.net
	Email    string
	APIToken string
	integrations.Line
}

// A Client calls one Jira site. It may be used by several goroutines.
type Client struct {
	http   *integrations.HTTPClient
	url    string
	quota  integrations.Quota
	fields integrations.Lookups[string] // ids of custom fields by their type
}

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	if c.Email == "" || c.APIToken == "" {
		return nil, errors.New("jsm: no credentials: give email and api_token, an agent's (id.atlassian.com, Security, API tokens)")
	}
	client := &Client{url: strings.TrimRight(c.URL, "/")}
	client.fields = integrations.Lookups[string]{Find: client.field, Clock: c.Now}
	var err error
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name:      "jsm",
		URL:       client.url,
		Authorize: func(r *http.Request) { r.SetBasicAuth(c.Email, c.APIToken) },
		Headers:   func(h http.Header) { client.quota.Note(h, "X-RateLimit-Limit", "X-RateLimit-Remaining") },
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
	return fmt.Sprintf("we are account %s; %s", id, c.quota.Words()), nil
}

// me is the account whose API token we have.
func (c *Client) me(ctx context.Context) (string, error) {
	const op = "look up our own account"
	var me accountJSON
	if err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "myself", Path: "/rest/api/3/myself", Out: &me}); err != nil {
		return "", err
	}
	if me.ID.Name() == "" {
		return "", &integrations.Error{Op: "jsm: " + op, Kind: integrations.Unauthorized, Detail: "the credentials name nobody"}
	}
	return me.ID.Name(), nil
}

// field finds the site's id of the custom field of a type.
func (c *Client) field(ctx context.Context, kind string) (string, error) {
	const op = "list fields"
	var all []integrations.Loose[struct {
		ID     integrations.Text `json:"id"`
		Schema struct {
			Custom integrations.Text `json:"custom"`
		} `json:"schema"`
	}]
	if err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "fields", Path: "/rest/api/3/field", Out: &all}); err != nil {
		return "", err
	}
	for _, f := range all {
		if id := f.Value.ID.ID(); id != "" && string(f.Value.Schema.Custom) == kind {
			return id, nil
		}
	}
	return "", &integrations.Error{Op: "jsm: " + op, Kind: integrations.NotFound}
}

// TicketURL is where an agent looks at the issue. Pages of single issues are
// found by key alone, lists by number too.
func (c *Client) TicketURL(id string) string {
	return c.url + "/issues/?jql=" + url.QueryEscape("id="+id)
}

// issuePath returns an API's path for one issue.
func issuePath(api, id, rest string) (string, error) {
	return api + id + rest, integrations.CheckTicketID("jsm", id)
}

const (
	platform = "/rest/api/3/issue/"
	requests = "/rest/servicedeskapi/request/"
)
