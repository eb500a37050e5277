package zendesk

import (
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

// Config says which account to call and as whom. Either Email with APIToken or
// OAuthToken alone. The user must be an admin: only admins may export.
type Config struct {
	URL        string // https://acme.zendesk.com
	Email      string
	APIToken   string
	OAuthToken string
	integrations.Line
}

// A Client calls one Zendesk account. It may be used by several goroutines.
type Client struct {
	http  *integrations.HTTPClient
	url   string // of the account, without a slash at its end
	clock func() time.Time

	mu     sync.Mutex
	limits Limits
}

// New checks the configuration; it calls nobody.
func New(c Config) (*Client, error) {
	authorize, err := c.authorize()
	if err != nil {
		return nil, err
	}
	client := &Client{clock: c.Now, url: strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/api/v2")}
	client.http, err = integrations.NewHTTPClient(integrations.HTTPConfig{
		Name:      "zendesk",
		URL:       client.url,
		Authorize: authorize,
		Detail:    errorCode,
		Headers:   client.noteLimits,
		Line:      c.Line,
	})
	return client, err
}

func (c Config) authorize() (func(*http.Request), error) {
	switch {
	case c.OAuthToken != "" && c.APIToken != "":
		return nil, errors.New("zendesk: give either api_token with email, or oauth_token, not both")
	case c.OAuthToken != "":
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+c.OAuthToken) }, nil
	case c.Email != "" && c.APIToken != "":
		return func(r *http.Request) { r.SetBasicAuth(c.Email+"/token", c.APIToken) }, nil
	}
	return nil, errors.New("zendesk: no credentials: give email with api_token, or oauth_token")
}

// Me returns the user we call as. Zendesk answers wrong credentials here with a
// user without an id, which is Unauthorized like a 401.
func (c *Client) Me(ctx context.Context) (integrations.Person, error) {
	const op = "look up our own user"
	var answer struct {
		User json.RawMessage `json:"user"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "me", Path: "/api/v2/users/me.json", Out: &answer})
	if err != nil {
		return integrations.Person{}, err
	}
	person, err := DecodePerson(answer.User)
	if err != nil {
		return integrations.Person{}, &integrations.Error{
			Op: "zendesk: " + op, Kind: integrations.Unauthorized, Detail: "the credentials name nobody",
		}
	}
	return person, nil
}

// ticketPath returns the API's path for one ticket. An id that is no number
// never gets into a path.
func ticketPath(id, rest string) (string, error) {
	if !digits(id) {
		return "", fmt.Errorf("zendesk: %q is no ticket id: expected a number", integrations.CleanText(id, maxID))
	}
	return "/api/v2/tickets/" + id + rest, nil
}

// errorCode finds the code in a failed answer. The API, the webhooks API and
// the gateway each have a form of their own. Descriptions are not taken, they
// may quote a customer; a closed ticket is told by its known words.
func errorCode(_ int, body []byte) string {
	var answer struct {
		Error  json.RawMessage `json:"error"`
		Errors loose[[]struct {
			Code text `json:"code"`
		}] `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	var code text
	var titled struct {
		Title text `json:"title"`
	}
	switch {
	case len(answer.Errors.Value) > 0:
		code = answer.Errors.Value[0].Code
	case json.Unmarshal(answer.Error, &titled) == nil:
		code = titled.Title
	default:
		_ = code.UnmarshalJSON(answer.Error) // an unreadable code is no code
	}
	if strings.Contains(string(body), "closed prevents ticket update") {
		return wordOf(code) + ": the ticket is closed"
	}
	return wordOf(code)
}

// wordOf keeps a word like RecordInvalid and drops anything that could be prose
// about a person.
func wordOf(code text) string {
	s := code.Name()
	if len(s) > maxID || strings.ContainsAny(s, "@<>{}") {
		return ""
	}
	return s
}
