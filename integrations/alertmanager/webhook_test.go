package alertmanager

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

func TestAuthorize(t *testing.T) {
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	tests := []struct {
		name, header           string
		bearer, user, password string
		ok                     bool
	}{
		{"bearer token", "Bearer t0ken", "t0ken", "", "", true},
		{"the scheme's case does not matter", "bearer t0ken", "t0ken", "", "", true},
		{"another token", "Bearer t0kem", "t0ken", "", "", false},
		{"a prefix of the token", "Bearer t0ke", "t0ken", "", "", false},
		{"no header", "", "t0ken", "", "", false},
		{"user and password", basic("am:pw"), "", "am", "pw", true},
		{"a password with a colon", basic("am:p:w"), "", "am", "p:w", true},
		{"either of both ways", basic("am:pw"), "t0ken", "am", "pw", true},
		{"another user", basic("an:pw"), "", "am", "pw", false},
		{"another password", basic("am:pv"), "", "am", "pw", false},
		{"not base64", "Basic %", "", "am", "pw", false},
		{"nothing configured lets nobody in", "Bearer ", "", "", "", false},
		{"nor an empty user", basic(":"), "", "", "", false},
		{"nor a user without a password", basic("am:"), "", "am", "", false},
	}
	for _, tt := range tests {
		err := Authorize(http.Header{"Authorization": {tt.header}}, nil,
			Credentials{Bearer: tt.bearer, Username: tt.user, Password: tt.password}, integrations.Check{})
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, integrations.ErrBadSignature) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "t0ke") || strings.Contains(err.Error(), "pw")) {
			t.Errorf("%s: the error shows the secret: %v", tt.name, err)
		}
	}
}

func TestDedupKey(t *testing.T) {
	key := func(body string) string {
		t.Helper()
		k, err := DedupKey([]byte(body), at("2026-03-01T10:00:00Z"))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first, repeat := key(group("firing", firing)), key(group("firing", firing))
	if first != repeat {
		t.Error("a repeat has another key")
	}
	if first == key(group("resolved", resolved)) {
		t.Error("firing and resolved have one key")
	}
	if _, err := DedupKey([]byte(`{}`), time.Time{}); !errors.Is(err, integrations.ErrBadFormat) {
		t.Errorf("not a webhook: %v", err)
	}
}

func TestNotTheFormat(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"nothing", "", "unexpected end of JSON input"},
		{"not JSON", "{", "not JSON: unexpected end of JSON input"},
		{"a list", "[]", "the body is of another type"},
		{"another system's", `{"event": {"type": "resolve"}}`, "version is not 4"},
		{"a later version", strings.Replace(group("firing", firing), `"4"`, `"5"`, 1), "version is not 4"},
		{"a number for a version", strings.Replace(group("firing", firing), `"4"`, `4`, 1), "version is of another type"},
		{"no group", strings.Replace(group("firing", firing), `"groupKey"`, `"key"`, 1), "groupKey is missing"},
		{"no status", group("", firing), "status is missing"},
		{"no alert", group("firing"), "alerts is empty"},
		{"an alert without a start", group("firing", firing, `{"status": "firing"}`), "alerts[1].startsAt is missing"},
		{"a zero start", group("firing", `{"status": "firing", "startsAt": "0001-01-01T00:00:00Z"}`), "alerts[0].startsAt is missing"},
		{"a start that is no time", group("firing", `{"startsAt": "yesterday"}`), "a time is not in RFC 3339"},
		{"labels of another type", group("firing", `{"labels": {"a": 1}}`), "alerts.labels is of another type"},
	}
	for _, tt := range tests {
		_, err := Decode([]byte(tt.body))
		if !errors.Is(err, integrations.ErrBadFormat) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
