package intercom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// apiVersion is what we read and write, whatever the workspace's default is.
const apiVersion = "2.11"

// Config says which workspace to call and with which app's access token.
type Config struct {
	URL   string // where people work: https://app.intercom.com/a/inbox/<workspace>
	Token string
	integrations.Line
}

// A Client calls one Intercom workspace. It may be used by several goroutines.
type Client struct {
	http      *integrations.HTTPClient
	inbox     string
	clock     func() time.Time
	quota     integrations.Quota
	contacts  integrations.Lookups[integrations.Person]
	companies integrations.Lookups[integrations.Organization]
	admins    integrations.Lookups[integrations.Person]
}

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	if c.Token == "" {
		return nil, errors.New("intercom: no credentials: give api_token, an app's access token (Developer Hub, Authentication)")
	}
	api, err := apiOf(c.URL)
	if err != nil {
		return nil, err
	}
	client := &Client{inbox: strings.TrimRight(c.URL, "/"), clock: c.Now}
	client.contacts = integrations.Lookups[integrations.Person]{Find: client.contact, Clock: c.Now}
	client.companies = integrations.Lookups[integrations.Organization]{Find: client.company, Clock: c.Now}
	client.admins = integrations.Lookups[integrations.Person]{Find: client.admin, Clock: c.Now}
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: "intercom",
		URL:  api,
		Authorize: func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+c.Token)
			r.Header.Set("Intercom-Version", apiVersion)
		},
		Detail:  errorCode,
		Headers: func(h http.Header) { client.quota.Note(h, "X-RateLimit-Limit", "X-RateLimit-Remaining") },
		Line:    c.Line,
	})
	return client, err
}

// apiOf is the API of the region in which people work at an address. Other hosts
// than Intercom's are their own API, as simulated ones are.
func apiOf(inbox string) (string, error) {
	u, err := url.Parse(inbox)
	if err != nil || u.Host == "" {
		return "", errors.New("intercom: the configured url cannot be read: expected https://app.intercom.com/a/inbox/<workspace>")
	}
	switch u.Hostname() {
	case "app.intercom.com":
		return "https://api.intercom.io", nil
	case "app.eu.intercom.com":
		return "https://api.eu.intercom.io", nil
	case "app.au.intercom.com":
		return "https://api.au.intercom.io", nil
	case "api.intercom.io", "api.eu.intercom.io", "api.au.intercom.io":
		return "", errors.New("intercom: url is the API's: expected where people work, https://app.intercom.com/a/inbox/<workspace>")
	}
	u.Path, u.RawPath = "", ""
	return u.String(), nil
}

// Check asks who we are and says what the rate limit leaves.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	id, err := c.me(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("we are admin %s; %s", id, c.quota.Words()), nil
}

// me is the admin whom the access token acts as.
func (c *Client) me(ctx context.Context) (string, error) {
	return integrations.OwnID(ctx, c.http.Do, "intercom", "/me")
}

// TicketURL is where an agent looks at the conversation.
func (c *Client) TicketURL(id string) string { return c.inbox + "/inbox/conversation/" + id }

// conversationPath returns the API's path for one conversation.
func conversationPath(id, rest string) (string, error) {
	return "/conversations/" + id + rest, integrations.CheckTicketID("intercom", id)
}

// errorCode finds the code in a failed answer. Messages are not taken, they may
// quote a customer.
func errorCode(_ int, body []byte) string {
	var answer struct {
		Errors integrations.Loose[[]struct {
			Code integrations.Text `json:"code"`
		}] `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Errors.Value) == 0 {
		return ""
	}
	return answer.Errors.Value[0].Code.Code()
}
