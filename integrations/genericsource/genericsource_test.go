package genericsource

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

var mapping = Mapping{
	Key: `incident?.id`, Event: `kind`, At: `sent_at`, Title: `incident?.title ?? ""`, Severity: `incident?.severity`,
	Services: `map(incident?.components ?? [], #?.name)`, Tags: `incident?.tags`, URL: `incident?.link`,
	StartedAt: `incident?.opened`, Resolved: `incident?.state in ["closed", "resolved"]`, ResolvedAt: `incident?.closed`,
}

const (
	firing = `{"kind": "opened", "sent_at": "2026-11-23T08:59:00Z", "incident": {"id": 9007199254740993, "title": "Payments fail at checkout", "severity": "Critical",
		"state": "open", "components": [{"name": "Payments"}, {"name": "Checkout"}], "tags": "card", "link": "https://ops.example/9", "opened": 1795424340, "closed": null}}`
	unknown = `{"kind": "song", "sent_at": "2026-11-23T09:00:00Z"}`
)

var resolved = strings.NewReplacer("08:59:00", "09:40:00", "open\"", "closed\"", "opened\", \"sent", "closed\", \"sent").Replace(firing)

func newSource(t testing.TB, m Mapping, header string) *Source {
	s, err := New(m, header)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func suite(t testing.TB, header string, sign func([]byte, string, time.Time) http.Header) sourcetest.Source {
	s := newSource(t, mapping, header)
	return sourcetest.Source{Verify: s.Verify, DedupKey: s.DedupKey, Decode: s.Decode, Secret: "planted-secret-of-generic",
		Firing: firing, Resolved: resolved, Unknown: unknown, Sign: sign, Signs: header != "", AnyObject: true}
}

func TestConformanceWithASecret(t *testing.T) {
	sourcetest.Run(t, suite(t, "", sourcetest.SendBearer))
}

func TestConformanceWithASignature(t *testing.T) {
	sourcetest.Run(t, suite(t, "X-Signature", sourcetest.SignHex(sha256.New, "X-Signature", "sha256=")))
}

func FuzzDecode(f *testing.F) {
	sourcetest.Fuzz(f, newSource(f, mapping, "").Decode, firing, resolved, unknown)
}

func TestFields(t *testing.T) {
	u, err := newSource(t, mapping, "").Decode([]byte(firing))
	if err != nil || u.SourceKey != "9007199254740993" || u.Severity != "critical" || !slices.Equal(u.Services, []string{"checkout", "payments"}) ||
		!slices.Equal(u.Tags, []string{"card"}) || !u.StartedAt.Equal(time.Unix(1795424340, 0)) {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestMistakesInTheMapping(t *testing.T) {
	tests := []struct {
		name    string
		mapping Mapping
		want    string
	}{
		{"no key", Mapping{Resolved: "false"}, "mapping.key: is missing"},
		{"nothing says when it is over", Mapping{Key: "id"}, "mapping.resolved: is missing"},
		{"a mistake", Mapping{Key: "id +", Resolved: "false"}, "mapping.key: unexpected token EOF (1:4)"},
		{"an unknown function", Mapping{Key: "exec('ls')", Resolved: "false"}, "mapping.key: unknown function exec"},
		{"the clock", Mapping{Key: "now()", Resolved: "false"}, "mapping.key: unknown function now"},
		{"a text for yes or no", Mapping{Key: "id", Resolved: `"closed"`}, "mapping.resolved: expected bool, but got string"},
	}
	for _, tt := range tests {
		if _, err := New(tt.mapping, ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestBodiesThatDoNotFit(t *testing.T) {
	s := newSource(t, Mapping{Key: "incident.id", Resolved: "incident.state", Title: "upper(incident.title)"}, "")
	for _, body := range []string{`{}`, `{"incident": null}`, `{"incident": {"id": 1, "title": 7, "state": true}}`,
		`{"incident": {"id": 1, "title": "PLANTED", "state": "PLANTED"}}`} {
		if _, err := s.Decode([]byte(body)); !errors.Is(err, integrations.ErrBadFormat) || strings.Contains(err.Error(), "PLANTED") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A sender decides the body, and so how much work an expression is.
func TestWorkIsBounded(t *testing.T) {
	s := newSource(t, Mapping{Key: "id", Resolved: "false", Tags: "map(1..n, string(#))"}, "")
	if _, err := s.Decode([]byte(`{"id": 1, "n": 1000000000}`)); !errors.Is(err, integrations.ErrBadFormat) {
		t.Errorf("a list of a thousand million: %v", err)
	}
	u, err := s.Decode([]byte(`{"id": 1, "n": 3}`))
	if err != nil || len(u.Tags) != 3 {
		t.Errorf("%+v, %v", u, err)
	}
}
