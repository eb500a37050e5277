package zendeskfake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// How Zendesk tries again: conflicts and short waits three times, no answer
// five times, everything else is lost.
const (
	triesAnswered = 3
	triesTimeout  = 5
	longestWait   = time.Minute
	runEvery      = 250 * time.Millisecond
)

// outgoing is one delivery on its way.
type outgoing struct {
	webhook, invocation string
	body                []byte
	tries               int
	notBefore           time.Time
}

// A Delivery is one try to deliver, as it was sent.
type Delivery struct {
	Endpoint string
	Header   http.Header
	Body     []byte
	Status   int // what was answered, 0 for no answer
}

// Deliveries returns the latest tries, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

// Run delivers webhooks as they come until the context ends.
func (s *Server) Run(ctx context.Context) {
	tick := time.NewTicker(runEvery) // for those that wait to be tried again
	defer tick.Stop()
	for ctx.Err() == nil {
		s.Flush(ctx)
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// Flush sends what is due, in order, and returns when nothing is.
func (s *Server) Flush(ctx context.Context) {
	for ctx.Err() == nil {
		out, hook := s.nextDue()
		if out == nil {
			return
		}
		s.settle(out, s.send(ctx, out, hook))
	}
}

// nextDue takes the first delivery that is due and whose webhook still exists.
func (s *Server) nextDue() (*outgoing, webhook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Clock()
	for i := 0; i < len(s.outbox); i++ {
		out := s.outbox[i]
		if out.notBefore.After(now) {
			continue
		}
		s.outbox = slices.Delete(s.outbox, i, i+1)
		if hook := s.webhooks[out.webhook]; hook != nil {
			return out, *hook
		}
		i--
	}
	return nil, webhook{}
}

// send tries once and returns the answer's status and how long it asks to wait.
func (s *Server) send(ctx context.Context, out *outgoing, hook webhook) (result sent) {
	out.tries++
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.Endpoint, bytes.NewReader(out.body))
	if err != nil {
		return sent{}
	}
	sign(req, hook.secret, stamp(s.now()), out.body)
	req.Header.Set("X-Zendesk-Account-Id", strconv.Itoa(accountID))
	req.Header.Set("X-Zendesk-Webhook-Id", hook.ID)
	req.Header.Set("X-Zendesk-Webhook-Invocation-Id", fmt.Sprintf("01FAKE%020s", out.invocation))
	if res, err := s.options.Deliver.Do(req); err == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxBody)) // so that the connection is used again
		res.Body.Close()
		seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
		result = sent{status: res.StatusCode, wait: time.Duration(seconds) * time.Second, named: err == nil}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = keepLast(append(s.deliveries, Delivery{hook.Endpoint, req.Header, out.body, result.status}))
	return result
}

type sent struct {
	status int
	wait   time.Duration // Retry-After
	named  bool          // whether there was one
}

// settle puts a delivery back that Zendesk would try again, and forgets others.
func (s *Server) settle(out *outgoing, got sent) {
	again := false
	switch got.status {
	case 0:
		again = out.tries < triesTimeout
	case http.StatusConflict:
		again = out.tries <= triesAnswered
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		again = got.named && got.wait < longestWait && out.tries <= triesAnswered
	}
	if !again {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.notBefore = s.options.Clock().Add(got.wait)
	s.outbox = append(s.outbox, out)
}

// sign adds the headers of a delivery: base64 of HMAC-SHA256 over timestamp and
// body, keyed with the secret as text.
func sign(req *http.Request, secret, timestamp string, body []byte) {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write(append([]byte(timestamp), body...)) // a hash never fails to write
	req.Header.Set("X-Zendesk-Webhook-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	req.Header.Set("X-Zendesk-Webhook-Signature-Timestamp", timestamp)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "Zendesk Webhook")
}
