package sourcetest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
)

func (s Source) check(secret string) integrations.Check {
	return integrations.Check{Secret: secret, Now: Now, MaxAge: maxAge}
}

// signature: right ones pass, all others are refused alike.
func (s Source) signature(t *testing.T) {
	body := []byte(s.Firing)
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
		{name: "another body", header: s.Sign(body, s.Secret, Now), body: s.Firing + " ", secret: s.Secret, skip: !s.Signs},
	}
	for _, tt := range tests {
		if tt.skip {
			continue
		}
		if tt.body == "" {
			tt.body = s.Firing
		}
		err := s.Verify(tt.header, []byte(tt.body), s.check(tt.secret))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, integrations.ErrBadSignature) {
			t.Errorf("%s: %v", tt.name, err)
		}
		s.expectNoSecret(t, tt.name, err)
	}
}

// other is another secret of the same form: its last character but padding differs.
func (s Source) other() string {
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
func (s Source) timestamp(t *testing.T) {
	if !s.Stamped {
		return
	}
	for _, tt := range []struct {
		off time.Duration
		ok  bool
	}{{0, true}, {maxAge, true}, {-maxAge, true}, {maxAge + time.Second, false}, {-maxAge - time.Second, false}} {
		err := s.Verify(s.Sign([]byte(s.Firing), s.Secret, Now.Add(tt.off)), []byte(s.Firing), s.check(s.Secret))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, integrations.ErrStaleTimestamp) {
			t.Errorf("sent %v from now: %v", tt.off, err)
		}
	}
}

// repeats: the same delivery has the same key and the same meaning, another one
// has another key.
func (s Source) repeats(t *testing.T) {
	key := func(body string) string {
		k, err := s.DedupKey(s.Sign([]byte(body), s.Secret, Now), []byte(body), Now)
		if err != nil || k == "" || len(k) > 100 || integrations.CleanText(k, 100) != k {
			t.Errorf("key %q, %v", k, err)
		}
		return k
	}
	first := key(s.Firing)
	if first != key(s.Firing) {
		t.Error("a repeat has another key")
	}
	if first == key(s.Resolved) {
		t.Error("two deliveries have one key")
	}
	if diff := cmp.Diff(s.decode(t, s.Firing), s.decode(t, s.Firing)); diff != "" {
		t.Errorf("a repeat means something else: %s", diff)
	}
}

func (s Source) decode(t *testing.T, body string) integrations.IncidentUpdate {
	t.Helper()
	u, err := s.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	ExpectClean(t, "", u)
	return u
}

// life: one incident opens and ends. Where the source says when it spoke, the
// end is not said before the beginning, so that disorder can be put right.
func (s Source) life(t *testing.T) {
	firing, resolved := s.decode(t, s.Firing), s.decode(t, s.Resolved)
	if firing.SourceKey == "" || firing.Title == "" || firing.Resolved || firing.Detail {
		t.Errorf("the first delivery opens nothing: %+v", firing)
	}
	if resolved.SourceKey != firing.SourceKey || !resolved.Resolved || resolved.Detail {
		t.Errorf("the last delivery does not end what the first began: %+v", resolved)
	}
	if resolved.At.Before(firing.At) || firing.At.IsZero() != resolved.At.IsZero() {
		t.Errorf("said at %v, over at %v", firing.At, resolved.At)
	}
}

// unknown: what nobody knows yet is kept and changes nothing.
func (s Source) unknown(t *testing.T) {
	if s.Unknown == "" {
		return
	}
	u := s.decode(t, s.Unknown)
	if u.SourceKey != "" && !u.Detail {
		t.Errorf("an unknown kind opens or resolves something: %+v", u)
	}
	if _, err := s.DedupKey(http.Header{}, []byte(s.Unknown), Now); err != nil {
		t.Errorf("an unknown kind is refused: %v", err)
	}
}

// wrongFormat: what is not the sender's is refused on both ways, without
// repeating what it said.
func (s Source) wrongFormat(t *testing.T) {
	foreign := []string{"", " ", "{", "[]", "null", "7", `"text"`, "\xff\xfe", "<xml/>", "PLANTED-BODY", strings.Repeat("[", 200_000),
		s.Firing[:len(s.Firing)/2], s.Firing + "}"}
	if !s.AnyObject {
		foreign = append(foreign, "{}", `{"hello": "PLANTED-BODY"}`, `{"version": "9", "status": "firing", "secret": "PLANTED-BODY"}`)
	}
	for _, body := range foreign {
		_, err := s.Decode([]byte(body))
		_, keyErr := s.DedupKey(http.Header{}, []byte(body), Now)
		for _, err := range []error{err, keyErr} {
			if !errors.Is(err, integrations.ErrBadFormat) || strings.Contains(err.Error(), "PLANTED-BODY") || len(err.Error()) > 300 {
				t.Errorf("%.40q: %v", body, err)
			}
		}
	}
}

func (s Source) expectNoSecret(t *testing.T, name string, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), s.Secret[:len(s.Secret)/2]) {
		t.Errorf("%s: the error shows the secret: %v", name, err)
	}
}

func expectCleanOrRefused(t *testing.T, name string, u integrations.IncidentUpdate, err error) {
	t.Helper()
	if err == nil {
		ExpectClean(t, name, u)
	} else if !errors.Is(err, integrations.ErrBadFormat) {
		t.Errorf("%s: %v", name, err)
	}
}

// ExpectClean requires the form that IncidentUpdate.Clean promises.
func ExpectClean(t *testing.T, name string, u integrations.IncidentUpdate) {
	t.Helper()
	alerts := u.Alerts
	if diff := cmp.Diff(u.Clean(), u); diff != "" {
		t.Errorf("%s: is not clean: %s", name, diff)
	}
	for _, text := range []string{u.SourceKey, u.Event, u.Title, u.Summary, u.Message, u.Severity, u.URL} {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > integrations.MaxSummary {
			t.Errorf("%s: %d bytes, %.60q", name, len(text), text)
		}
	}
	for _, a := range alerts {
		if a.StartsAt.IsZero() || !a.EndsAt.IsZero() && a.EndsAt.Before(a.StartsAt) {
			t.Errorf("%s: alert from %v to %v", name, a.StartsAt, a.EndsAt)
		}
	}
}
