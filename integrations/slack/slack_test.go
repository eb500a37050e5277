package slack

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// vector is a request that Slack signed, as recorded by slack-go.
func vector(t *testing.T) (secret string, header http.Header, body []byte, at time.Time) {
	t.Helper()
	var v struct {
		Secret    string `json:"signing_secret"`
		Timestamp string `json:"X-Slack-Request-Timestamp"`
		Signature string `json:"X-Slack-Signature"`
		Body      string
	}
	if err := json.Unmarshal(sourcetest.Recorded(t, "slack-go/request_signature_vector.json"), &v); err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.ParseInt(v.Timestamp, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	header = http.Header{}
	header.Set("X-Slack-Request-Timestamp", v.Timestamp)
	header.Set("X-Slack-Signature", v.Signature)
	return v.Secret, header, []byte(v.Body), time.Unix(seconds, 0)
}

func TestVerify(t *testing.T) {
	secret, header, body, at := vector(t)
	forged := header.Clone()
	forged.Set("X-Slack-Signature", "v0="+strings.Repeat("0", 64))
	unsigned := header.Clone()
	unsigned.Del("X-Slack-Signature")
	for _, c := range []struct {
		name   string
		secret string
		header http.Header
		body   string
		now    time.Time
		want   error
	}{
		{"as sent", secret, header, string(body), at, nil},
		{"five minutes later", secret, header, string(body), at.Add(5 * time.Minute), nil},
		{"later than that", secret, header, string(body), at.Add(5*time.Minute + time.Second), integrations.ErrStaleTimestamp},
		{"before it was sent", secret, header, string(body), at.Add(-5*time.Minute - time.Second), integrations.ErrStaleTimestamp},
		{"another body", secret, header, string(body) + " ", at, integrations.ErrBadSignature},
		{"another secret", "x", header, string(body), at, integrations.ErrBadSignature},
		{"no secret", "", header, string(body), at, integrations.ErrBadSignature},
		{"another signature", secret, forged, string(body), at, integrations.ErrBadSignature},
		{"no signature", secret, unsigned, string(body), at, integrations.ErrBadSignature},
	} {
		if err := Verify(c.secret, c.header, []byte(c.body), c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func form(payload string) []byte { return []byte(url.Values{"payload": {payload}}.Encode()) }

func TestDecode(t *testing.T) {
	got, err := Decode(form(`{"type":"block_actions","user":{"id":"U1","username":"grace"},"response_url":"https://hooks.slack.com/x",
		"actions":[{"action_id":"done","value":"17"}]}`))
	if want := (Press{"done", "17", "grace (Slack)", "https://hooks.slack.com/x"}); err != nil || got != want {
		t.Errorf("%+v (%v)", got, err)
	}
	for _, bad := range [][]byte{nil, []byte("%zz"), form("no"), form(`{"type":"view_submission","user":{"id":"U"},"actions":[{}]}`),
		form(`{"type":"block_actions","user":{"id":"U"},"actions":[]}`), form(`{"type":"block_actions","actions":[{"value":"1"}]}`)} {
		if _, err := Decode(bad); !errors.Is(err, integrations.ErrBadFormat) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(form(`{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"done"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if p, err := Decode(body); err == nil && !strings.HasSuffix(p.By, " (Slack)") {
			t.Errorf("%+v", p)
		}
	})
}

type answered struct {
	status int
	body   string
}

func (a *answered) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	a.body = string(raw)
	return &http.Response{StatusCode: a.status, Body: http.NoBody, Request: r}, err
}

func TestRespondCallsSlackOnly(t *testing.T) {
	fake := &answered{status: http.StatusOK}
	client := &http.Client{Transport: fake}
	if err := Respond(t.Context(), client, "https://hooks.slack.com/actions/T/1/x", "Done by <@U1>."); err != nil {
		t.Fatal(err)
	}
	if want := `{"replace_original":true,"text":"Done by \u0026lt;@U1\u0026gt;."}`; fake.body != want {
		t.Errorf("sent %s", fake.body)
	}
	fake.body = ""
	for _, bad := range []string{"", "http://hooks.slack.com/x", "https://hooks.slack.com.evil.example/x", "https://evil.example"} {
		if err := Respond(t.Context(), client, bad, "x"); integrations.KindOf(err) != integrations.Refused || fake.body != "" {
			t.Errorf("%s: %v", bad, err)
		}
	}
	fake.status = http.StatusTooManyRequests
	if err := Respond(t.Context(), client, "https://hooks.slack.com/x", "x"); integrations.KindOf(err) != integrations.RateLimited {
		t.Errorf("429 is %v", err)
	}
}
