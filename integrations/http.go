package integrations

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// What a call may take and hold, where HTTPConfig says nothing else.
const (
	defaultTimeout       = time.Minute
	defaultMaxAnswer     = 128 << 20 // bytes; a page of 1,000 long tickets fits
	defaultMaxConcurrent = 4
	maxRedirects         = 5
	maxErrorAnswer       = 64 << 10 // bytes of a failed answer that are read
	userAgent            = "ticketlink (+https://github.com/ticketlink/ticketlink)"
)

// HTTPConfig describes one other system's JSON API.
type HTTPConfig struct {
	Line
	Name string // begins every error, e.g. "zendesk"
	URL  string // http or https, without credentials, query and fragment
	// Authorize adds the credentials to a request; it is never called for
	// another host than URL's.
	Authorize func(*http.Request)
	// Detail finds the vendor's error code in the body of a failed answer. It
	// must not return anything a customer wrote.
	Detail func(status int, body []byte) string
	// Headers sees the header of every answer, for rate limits.
	Headers func(http.Header)

	Timeout       time.Duration // of one request; default one minute
	MaxAnswer     int64         // bytes; default 128 MiB
	MaxConcurrent int           // requests at a time; default 4
}

// An HTTPClient calls one other system's JSON API. It bounds what a call may
// take, keeps credentials on the configured host, and turns every failure into
// an Error.
type HTTPClient struct {
	config HTTPConfig
	base   *url.URL
	http   *http.Client
	slots  chan struct{}
}

// A Call is one request.
type Call struct {
	Op       string // what we are doing, for errors: "export tickets"
	Endpoint string // the endpoint's name in metrics: "incremental_tickets"
	Method   string // default: GET
	Path     string // below the configured URL, begins with "/"
	Query    url.Values
	In       any // sent as JSON; nil: no body
	Out      any // where the JSON answer goes; nil: not read
}

// NewHTTPClient checks the URL and fills in the defaults.
func NewHTTPClient(c HTTPConfig) (*HTTPClient, error) {
	base, err := parseBase(c.URL)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.MaxAnswer <= 0 {
		c.MaxAnswer = defaultMaxAnswer
	}
	if c.MaxConcurrent <= 0 {
		c.MaxConcurrent = defaultMaxConcurrent
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	return &HTTPClient{
		config: c,
		base:   base,
		slots:  make(chan struct{}, c.MaxConcurrent),
		http:   &http.Client{Transport: c.Transport, Timeout: c.Timeout, CheckRedirect: sameHost},
	}, nil
}

func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("the configured url cannot be read: expected https://host")
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		return nil, errors.New("the configured url must be https://host")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the configured url must hold no credentials, query or fragment")
	}
	return u, nil
}

// sameHost lets reads follow a redirect on the same scheme and host only: what
// an answer names must never receive our credentials.
func sameHost(next *http.Request, via []*http.Request) error {
	first := via[0]
	same := next.URL.Scheme == first.URL.Scheme && next.URL.Host == first.URL.Host
	if !same || first.Method != http.MethodGet || len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}

// Do sends the call and decodes its answer. Every error is an *Error, except
// the context's own end, which is returned inside one.
func (c *HTTPClient) Do(ctx context.Context, call Call) error {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return c.fail(call, Temporary, context.Cause(ctx))
	}
	req, err := c.request(ctx, call)
	if err != nil {
		return c.fail(call, Refused, err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.observe(call, 0)
		return c.fail(call, kindOfNoAnswer(err), withoutURL(err))
	}
	defer res.Body.Close()
	c.observe(call, res.StatusCode)
	if c.config.Headers != nil {
		c.config.Headers(res.Header)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return c.refusal(call, res)
	}
	return c.read(call, res)
}

func (c *HTTPClient) request(ctx context.Context, call Call) (*http.Request, error) {
	var body io.Reader
	if call.In != nil {
		data, err := json.Marshal(call.In)
		if err != nil {
			return nil, fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	target := c.base.JoinPath(call.Path)
	target.RawQuery = call.Query.Encode()
	req, err := http.NewRequestWithContext(ctx, call.Method, target.String(), body)
	if err != nil {
		return nil, errors.New("the request cannot be built")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.config.Authorize != nil {
		c.config.Authorize(req)
	}
	return req, nil
}

// read decodes a success. A body over the limit or no JSON at all is worth
// another try: proxies answer so while a service restarts.
func (c *HTTPClient) read(call Call, res *http.Response) error {
	if call.Out == nil {
		_, _ = io.CopyN(io.Discard, res.Body, maxErrorAnswer) // so that the connection is used again
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, c.config.MaxAnswer+1))
	if err != nil {
		return c.fail(call, Temporary, fmt.Errorf("read the answer: %w", withoutURL(err)))
	}
	if int64(len(body)) > c.config.MaxAnswer {
		return c.fail(call, Refused, fmt.Errorf("the answer is longer than %d bytes", c.config.MaxAnswer))
	}
	if err := json.Unmarshal(body, call.Out); err != nil {
		return c.fail(call, Temporary, fmt.Errorf("the answer is not the expected JSON: %w", err))
	}
	return nil
}

// refusal turns an answer that is no success into an Error. Its body is only
// looked at for the vendor's code.
func (c *HTTPClient) refusal(call Call, res *http.Response) error {
	e := &Error{
		Op:         c.config.Name + ": " + call.Op,
		Kind:       KindOfStatus(res.StatusCode),
		Status:     res.StatusCode,
		RetryAfter: retryAfter(res.StatusCode, res.Header, c.config.Now()),
	}
	if to, err := res.Location(); err == nil {
		e.Detail = "redirects to " + to.Host + ": check the configured url"
		return e
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorAnswer)) // a cut body only costs the code
	if c.config.Detail != nil {
		e.Detail = c.config.Detail(res.StatusCode, body)
	}
	return e
}

// kindOfNoAnswer: an address that we refuse stays refused.
func kindOfNoAnswer(err error) Kind {
	if errors.Is(err, ErrAddressRefused) {
		return Refused
	}
	return Temporary
}

func (c *HTTPClient) fail(call Call, kind Kind, err error) error {
	return &Error{Op: c.config.Name + ": " + call.Op, Kind: kind, Err: err}
}

func (c *HTTPClient) observe(call Call, code int) {
	if c.config.Observe != nil {
		c.config.Observe(call.Endpoint, code)
	}
}

// withoutURL drops the request's address, which may hold a cursor or a search,
// from an error.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
