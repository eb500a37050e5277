package zammad

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Config says which Zammad to call: with an access token, or an OAuth token.
type Config struct {
	URL        string // https://support.example.com
	Token      string
	OAuthToken string
	integrations.Line
}

// A Client calls one Zammad. It may be used by several goroutines.
type Client struct {
	http  *integrations.HTTPClient
	url   string
	clock func() time.Time
}

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	authorization := "Token token=" + c.Token
	switch {
	case c.Token == "" && c.OAuthToken == "", c.Token != "" && c.OAuthToken != "":
		return nil, errors.New("zammad: give either api_token, an agent's access token, or oauth_token")
	case c.OAuthToken != "":
		authorization = "Bearer " + c.OAuthToken
	}
	client := &Client{url: strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/api/v1"), clock: c.Now}
	var err error
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name:      "zammad", // its errors are sentences, which may quote a customer: none is taken
		URL:       client.url,
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", authorization) },
		Line:      c.Line,
	})
	return client, err
}

// Check asks who we are, and whether the search finds what the list has.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	id, err := c.me(ctx)
	if err != nil {
		return "", err
	}
	var listed []listed
	err = c.get(ctx, "list tickets", "tickets", "/api/v1/tickets", url.Values{"page": {"1"}, "per_page": {"1"}}, &listed)
	if err != nil {
		return "", err
	}
	searched, err := c.search(ctx, integrations.Place{Since: time.Unix(0, 0)})
	if err != nil {
		return "", err
	}
	if len(listed) > 0 && len(searched) == 0 {
		return "", &integrations.Error{Op: "zammad: search tickets", Kind: integrations.Refused,
			Detail: "the search finds nothing though there are tickets: connect Elasticsearch and rebuild its index"}
	}
	return fmt.Sprintf("we are user %s; the search works", id), nil
}

// me is the user whose token we have.
func (c *Client) me(ctx context.Context) (string, error) {
	return integrations.OwnID(ctx, c.http.Do, "zammad", "/api/v1/users/me")
}

func (c *Client) get(ctx context.Context, op, endpoint, path string, query url.Values, out any) error {
	return c.http.Do(ctx, integrations.Call{Op: op, Endpoint: endpoint, Path: path, Query: query, Out: out})
}

func (c *Client) send(ctx context.Context, op, endpoint, method, path string, in, out any) error {
	return c.http.Do(ctx, integrations.Call{Op: op, Endpoint: endpoint, Method: method, Path: path, In: in, Out: out})
}

// TicketURL is where an agent looks at the ticket.
func (c *Client) TicketURL(id string) string { return c.url + "/#ticket/zoom/" + id }
