package githubissues

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func delivery(action, state, updated, closed, labels string) string {
	return fmt.Sprintf(`{"action": %q, "issue": {"id": 73464126, "node_id": "I_kwDO1", "number": 2, "html_url": "https://github.example/acme/shop/issues/2",
		"title": "Payments fail at checkout", "body": "Cards are refused", "state": %q, "state_reason": null, "labels": [%s],
		"created_at": "2026-11-23T08:50:00Z", "updated_at": %q, "closed_at": %s}, "repository": {"full_name": "acme/shop"}, "sender": {"login": "ada"}}`,
		action, state, labels, updated, closed)
}

const labels = `{"name": "Incident"}, {"name": "service:payments"}, {"name": "region/eu"}, {"name": "severity: critical"}, {"name": "good first issue"}`

var (
	decoder  = Decoder("incident")
	firing   = delivery("labeled", "open", "2026-11-23T08:59:00Z", "null", labels)
	resolved = delivery("closed", "closed", "2026-11-23T09:40:00Z", `"2026-11-23T09:40:00Z"`, labels)
	unknown  = `{"action": "sang", "song": {"id": 1}, "repository": {"full_name": "acme/shop"}}`
)

var suite = sourcetest.Source{
	Verify: Verify, DedupKey: DedupKey, Decode: decoder, Secret: "planted-secret-of-github", Signs: true,
	Firing: firing, Resolved: resolved, Unknown: unknown,
	Sign: sourcetest.SignHex(sha256.New, "X-Hub-Signature-256", "sha256="),
}

func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }

func FuzzDecode(f *testing.F) {
	sourcetest.Fuzz(f, decoder, firing, resolved, unknown, "payload=%7B%7D")
}

// The vector that GitHub's documentation publishes (Validating webhook deliveries).
func TestPublishedSignature(t *testing.T) {
	header := http.Header{"X-Hub-Signature-256": {"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}}
	if err := Verify(header, []byte("Hello, World!"), integrations.Check{Secret: "It's a Secret to Everybody"}); err != nil {
		t.Error(err)
	}
}

func TestLabelsAreFields(t *testing.T) {
	u := suite.Read(t, firing)
	if u.Severity != "critical" || !slices.Equal(u.Services, []string{"payments"}) || !slices.Equal(u.Regions, []string{"eu"}) {
		t.Errorf("%+v", u)
	}
	for label, want := range map[string]string{"sev1": "sev1", "P2": "p2", "priority:high": "high", "bug": "", "colour: red": "", "severity:": ""} {
		if u := suite.Read(t, delivery("opened", "open", "2026-11-23T08:59:00Z", "null", `{"name": "incident"}, {"name": "`+label+`"}`)); u.Severity != want {
			t.Errorf("label %s: severity %q", label, u.Severity)
		}
	}
}

func TestWhichIssuesAreIncidents(t *testing.T) {
	open := func(action, labels string) string {
		return delivery(action, "open", "2026-11-23T08:59:00Z", "null", labels)
	}
	incident := `{"name": "incident"}`
	tests := []struct {
		name, body   string
		is, resolved bool
	}{
		{"opened with the label", open("opened", incident), true, false},
		{"opened without", open("opened", `{"name": "bug"}`), false, false},
		{"reopened", open("reopened", incident), true, false},
		{"edited after it was closed", delivery("edited", "closed", "2026-11-23T10:59:00Z", `"2026-11-23T09:40:00Z"`, incident), true, true},
		{"deleted", open("deleted", incident), true, true},
		{"transferred", open("transferred", incident), true, true},
		{"loses the label", strings.Replace(open("unlabeled", ""), `{"action"`, `{"label": {"name": "incident"}, "action"`, 1), true, true},
		{"loses another label", strings.Replace(open("unlabeled", incident), `{"action"`, `{"label": {"name": "bug"}, "action"`, 1), true, false},
		{"a pull request", strings.Replace(open("opened", incident), `"number"`, `"pull_request": {}, "number"`, 1), false, false},
		{"a comment", strings.Replace(open("created", incident), `"sender"`, `"comment": {}, "sender"`, 1), false, false},
		{"a ping", `{"zen": "Keep it logically awesome.", "hook_id": 1}`, false, false},
	}
	for _, tt := range tests {
		if u := suite.Read(t, tt.body); (u.SourceKey != "") != tt.is || u.Resolved != tt.resolved {
			t.Errorf("%s: %+v", tt.name, u)
		}
	}
}

func TestContentTypeLeftAtForm(t *testing.T) {
	if u := suite.Read(t, "payload="+url.QueryEscape(firing)); u.SourceKey != "I_kwDO1" {
		t.Errorf("%+v", u)
	}
}
