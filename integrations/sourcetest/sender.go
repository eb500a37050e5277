package sourcetest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// A Sender is what the suite needs to know of how deliveries come, whether from
// an incident source or from a helpdesk.
type Sender struct {
	Verify   func(header http.Header, body []byte, c integrations.Check) error
	DedupKey func(header http.Header, body []byte, now time.Time) (string, error)
	Decode   func(body []byte) error // what it means is another suite's question

	Secret string
	// Sign makes the headers with which the vendor sends the body.
	Sign func(body []byte, secret string, now time.Time) http.Header
	// Signs says that the signature covers the body, Stamped that it covers the time.
	Signs, Stamped bool
	// AnyObject says that every JSON object is taken for the sender's.
	AnyObject bool
}

// Run holds two different deliveries against the rules for receivers.
func (s Sender) Run(t *testing.T, one, other string) {
	t.Run("signature", func(t *testing.T) { s.signature(t, one) })
	t.Run("timestamp", func(t *testing.T) { s.timestamp(t, []byte(one)) })
	t.Run("keys", func(t *testing.T) { s.keys(t, one, other) })
	t.Run("wrong format", func(t *testing.T) { s.wrongFormat(t, one) })
}

func (s Sender) check(secret string) integrations.Check {
	return integrations.Check{Secret: secret, Now: Now, MaxAge: maxAge}
}

// signature: right ones pass, all others are refused alike.
func (s Sender) signature(t *testing.T, one string) {
	body := []byte(one)
	tests := []struct {
		name   string
		header http.Header
		body   string
		secret string
		ok     bool
		skip   bool
	}{
		{name: "as the vendor sends it", header: s.Sign(body, s.Secret, Now), secret: s.Secret, ok: true},
		{name: "no header", header: http.Header{}, secret: s.Secret},
		{name: "another secret", header: s.Sign(body, s.other(), Now), secret: s.Secret},
		{name: "cut short", header: shortened(s.Sign(body, s.Secret, Now)), secret: s.Secret},
		{name: "no secret configured", header: s.Sign(body, s.Secret, Now), secret: ""},
		{name: "empty on both sides", header: s.Sign(body, "", Now), secret: ""},
		{name: "another body", header: s.Sign(body, s.Secret, Now), body: one + " ", secret: s.Secret, skip: !s.Signs},
	}
	for _, tt := range tests {
		if tt.skip {
			continue
		}
		if tt.body == "" {
			tt.body = one
		}
		err := s.Verify(tt.header, []byte(tt.body), s.check(tt.secret))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, integrations.ErrBadSignature) {
			t.Errorf("%s: %v", tt.name, err)
		}
		s.expectNoSecret(t, tt.name, err)
	}
}

// other is another secret of the same form: its last character but padding differs.
func (s Sender) other() string {
	at := len(s.Secret) - 6
	flipped := byte('A')
	if s.Secret[at] == flipped {
		flipped = 'B'
	}
	return s.Secret[:at] + string(flipped) + s.Secret[at+1:]
}

func shortened(header http.Header) http.Header {
	short := http.Header{}
	for name := range header {
		value := header.Get(name)
		short.Set(name, value[:len(value)-1])
	}
	return short
}

// timestamp: a signed time is good to the very end of the tolerance, on both sides.
func (s Sender) timestamp(t *testing.T, body []byte) {
	if !s.Stamped {
		return
	}
	for _, tt := range []struct {
		off time.Duration
		ok  bool
	}{{0, true}, {maxAge, true}, {-maxAge, true}, {maxAge + time.Second, false}, {-maxAge - time.Second, false}} {
		err := s.Verify(s.Sign(body, s.Secret, Now.Add(tt.off)), body, s.check(s.Secret))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, integrations.ErrStaleTimestamp) {
			t.Errorf("sent %v from now: %v", tt.off, err)
		}
	}
}

// keys: the same delivery has the same key, another one has another.
func (s Sender) keys(t *testing.T, one, other string) {
	key := func(body string) string {
		k, err := s.DedupKey(s.Sign([]byte(body), s.Secret, Now), []byte(body), Now)
		if err != nil || k == "" || len(k) > 100 || integrations.CleanText(k, 100) != k {
			t.Errorf("key %q, %v", k, err)
		}
		return k
	}
	first := key(one)
	if first != key(one) {
		t.Error("a repeat has another key")
	}
	if first == key(other) {
		t.Error("two deliveries have one key")
	}
}

// wrongFormat: what is not the sender's is refused on both ways, without
// repeating what it said.
func (s Sender) wrongFormat(t *testing.T, one string) {
	foreign := []string{"", " ", "{", "[]", "null", "7", `"text"`, "\xff\xfe", "<xml/>", "PLANTED-BODY", strings.Repeat("[", 200_000),
		one[:len(one)/2], one + "}"}
	if !s.AnyObject {
		foreign = append(foreign, "{}", `{"hello": "PLANTED-BODY"}`, `{"version": "9", "status": "firing", "secret": "PLANTED-BODY"}`)
	}
	for _, body := range foreign {
		_, keyErr := s.DedupKey(http.Header{}, []byte(body), Now)
		for _, err := range []error{s.Decode([]byte(body)), keyErr} {
			if !errors.Is(err, integrations.ErrBadFormat) || strings.Contains(err.Error(), "PLANTED-BODY") || len(err.Error()) > 300 {
				t.Errorf("%.40q: %v", body, err)
			}
		}
	}
}

func (s Sender) expectNoSecret(t *testing.T, name string, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), s.Secret[:len(s.Secret)/2]) {
		t.Errorf("%s: the error shows the secret: %v", name, err)
	}
}
