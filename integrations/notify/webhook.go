package notify

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/ticketlink/ticketlink/integrations"
)

// A webhook posts each message as one flat JSON object to another tool:
//
//	title, message  the subject and the text
//	key             the same whenever the same reminder is sent again; also the
//	                header Idempotency-Key
//	url             where to read on
//
// and the message's fields as strings, those whose name ends in _ids as lists
// of strings. Redirects are not followed. Any 2xx is a success.
//
// The URL is generic+https://host/path, generic+http://…, or generic://host/path
// (with disabletls=yes for http). Of its query, as in shoutrrr, @Name=value is a
// header, $name=value one more field, titlekey and messagekey rename the two
// first fields, and the rest is passed on; template, contenttype and method are
// accepted for JSON by POST only. User and password are sent as basic
// authentication.
type webhook struct {
	url       url.URL // without credentials and query
	user      *url.Userinfo
	query     url.Values
	headers   http.Header
	extra     map[string]string
	titleKey  string
	textKey   string
	transport http.RoundTripper
	dialer    *net.Dialer
}

func newWebhook(u *url.URL, o Options) (*webhook, error) {
	w := &webhook{
		query: url.Values{}, headers: http.Header{}, extra: map[string]string{},
		titleKey: "title", textKey: "message", transport: o.Transport, dialer: o.Outbound.Dialer(),
	}
	scheme, err := w.options(u.Query())
	if err != nil {
		return nil, err
	}
	if _, rest, ok := strings.Cut(u.Scheme, "+"); ok {
		scheme = rest
	}
	if scheme != "http" && scheme != "https" || u.Hostname() == "" {
		return nil, errors.New("want generic+https://host/path, generic+http://host/path or generic://host/path")
	}
	w.user = u.User
	w.url = url.URL{Scheme: scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return w, nil
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// options sorts the query into what is ours and what is the receiver's.
func (w *webhook) options(query url.Values) (scheme string, err error) {
	scheme = "https"
	for key, values := range query {
		value := values[0]
		switch name := strings.ToLower(key); {
		case len(key) > 1 && key[0] == '@':
			if !headerName.MatchString(key[1:]) || strings.ContainsFunc(value, unicode.IsControl) {
				return "", errors.New("what follows @ must be a header's name, its value free of control characters")
			}
			w.headers.Set(key[1:], value)
		case len(key) > 1 && key[0] == '$':
			w.extra[key[1:]] = value
		case name == "titlekey":
			w.titleKey = value
		case name == "messagekey":
			w.textKey = value
		case name == "disabletls":
			if strings.EqualFold(value, "yes") || strings.EqualFold(value, "true") || value == "1" {
				scheme = "http"
			}
		case name == "template" && !strings.EqualFold(value, "json"),
			name == "contenttype" && value != "application/json",
			name == "method" && !strings.EqualFold(value, "post"):
			return "", errors.New(name + ": only JSON by POST is sent: leave it out")
		case name == "template", name == "contenttype", name == "method":
		default:
			w.query[strings.TrimPrefix(key, "__")] = values // shoutrrr's escape for the names above
		}
	}
	return scheme, nil
}

func (w *webhook) send(ctx context.Context, m integrations.Message) error {
	client, err := integrations.NewHTTPClient(integrations.HTTPConfig{
		Name: "webhook", URL: w.url.String(), Line: integrations.Line{Transport: w.transport},
		Authorize: func(r *http.Request) { w.authorize(r, m.Key) },
	})
	if err != nil {
		return &integrations.Error{Kind: integrations.Refused, Err: err}
	}
	call := integrations.Call{Op: "post", Endpoint: "webhook", Method: http.MethodPost, Query: w.query, In: w.body(m)}
	if strings.HasSuffix(w.url.Path, "/") {
		call.Path = "/" // joining paths would drop it
	}
	return client.Do(ctx, call)
}

func (w *webhook) authorize(r *http.Request, key string) {
	if w.user != nil {
		password, _ := w.user.Password()
		r.SetBasicAuth(w.user.Username(), password)
	}
	maps.Copy(r.Header, w.headers)
	r.Header.Set("Idempotency-Key", key)
}

func (w *webhook) body(m integrations.Message) map[string]any {
	body := map[string]any{}
	for name, value := range m.Fields {
		body[name] = value
		if strings.HasSuffix(name, "_ids") {
			body[name] = strings.FieldsFunc(value, func(r rune) bool { return r == ',' })
		}
	}
	for name, value := range w.extra {
		body[name] = value
	}
	body["key"], body["url"] = m.Key, m.URL
	body[w.titleKey], body[w.textKey] = m.Subject, m.Text
	return body
}

// check connects to the host; a request might be taken for a message.
func (w *webhook) check(ctx context.Context) (string, error) {
	port := cmp.Or(w.url.Port(), map[string]string{"http": "80", "https": "443"}[w.url.Scheme])
	conn, err := w.dialer.DialContext(ctx, "tcp", net.JoinHostPort(w.url.Hostname(), port))
	if err != nil {
		return "", unreachable(err)
	}
	return "the host takes connections; nothing was sent, so path and credentials are not proven", conn.Close()
}
