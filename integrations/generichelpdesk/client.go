package generichelpdesk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const source = "generic helpdesk"

// Config says what to call, and how its JSON is read.
type Config struct {
	URL             string
	Token           string // sent as a bearer token; "" for none
	SignatureHeader string // of webhooks; "" where the secret itself comes
	Mapping         Mapping
	integrations.Line
}

// A Mapping is what the package comment shows. Expressions and paths that are
// "" are not used.
type Mapping struct {
	Ticket       map[string]string // by name, see ticketNames
	ListPath     string
	ListItems    string
	ListNext     string
	FetchPath    string
	FetchItem    string
	WebhookItem  string
	CommentsPath string
	Comments     map[string]string // by name: items, id, body, agent, ours, public, author_id, at
	Write        map[string]Write  // by name: add_tag, remove_tag, note, reply, status
	TicketPath   string
}

// A Write is one request. {id}, {tag}, {text} and {status} stand for values.
type Write struct{ Method, Path, Body string }

// A Client calls one helpdesk. It may be used by several goroutines.
type Client struct {
	http     *integrations.HTTPClient
	config   Config
	ticket   integrations.Expressions
	list     integrations.Expressions
	fetch    integrations.Expressions
	webhook  integrations.Expressions
	comments integrations.Expressions
}

// New compiles the mapping; it calls nobody. The error names the expression and
// the column.
func New(c Config) (*Client, error) {
	client := &Client{config: c}
	m := c.Mapping
	if m.Ticket["id"] == "" {
		return nil, errors.New("generic.ticket.id: is missing; expected an expression")
	}
	var errs []error
	for part, x := range map[string]struct {
		into  *integrations.Expressions
		code  map[string]string
		yesNo []string
	}{
		"ticket":   {&client.ticket, m.Ticket, []string{"deleted"}},
		"list":     {&client.list, map[string]string{"items": m.ListItems, "next": m.ListNext}, nil},
		"fetch":    {&client.fetch, map[string]string{"item": m.FetchItem}, nil},
		"webhook":  {&client.webhook, map[string]string{"ticket": m.WebhookItem}, nil},
		"comments": {&client.comments, m.Comments, []string{"agent", "ours", "public"}},
	} {
		var err error
		if *x.into, err = integrations.CompileExpressions(x.code, x.yesNo...); err != nil {
			errs = append(errs, fmt.Errorf("generic.%s: %w", part, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var err error
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: source, URL: strings.TrimRight(c.URL, "/"), Line: c.Line,
		Authorize: func(r *http.Request) {
			if c.Token != "" {
				r.Header.Set("Authorization", "Bearer "+c.Token)
			}
		},
	})
	return client, err
}

// Check reads the first page of the list.
func (c *Client) Check(ctx context.Context) (found string, err error) {
	if c.config.Mapping.ListPath == "" {
		return "has no list: its webhooks are all there is", nil
	}
	page, err := c.Export(ctx, "", time.Unix(0, 0))
	if err != nil {
		return "", err
	}
	if len(page.Unreadable) > 0 {
		return "", &integrations.Error{Op: source + ": list tickets", Kind: integrations.Refused, Detail: page.Unreadable[0]}
	}
	return fmt.Sprintf("the list's first page has %d tickets", len(page.Tickets)), nil
}

// Setup says where the helpdesk must send: what else is to be done in it, its
// admin knows.
func (c *Client) Setup(_ context.Context, hook integrations.Hook) (steps []string, secret string, err error) {
	how := "with the value of webhook_secret in the header " + integrations.SecretHeader + " or as a bearer token"
	if c.config.SignatureHeader != "" {
		how = "with the HMAC-SHA256 of the body, keyed with webhook_secret, in hexadecimal in the header " + c.config.SignatureHeader
	}
	return []string{"have the helpdesk POST each changed ticket as JSON to " + hook.Endpoint + ", " + how}, hook.ChosenSecret(), nil
}

// TicketURL is where people look at the ticket.
func (c *Client) TicketURL(id string) string {
	return strings.TrimRight(c.config.URL, "/") + inPath(c.config.Mapping.TicketPath, map[string]string{"id": id})
}
