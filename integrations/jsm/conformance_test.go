package jsm

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/jsm/jsmfake"
)

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, helpdesktest.Helpdesk{
		Open: func(clock func() time.Time) helpdesktest.Account {
			fake := jsmfake.New(clock, "secret-token")
			return helpdesktest.Account{Desk: fake, API: fake, Delivery: fake.Delivery}
		},
		Connect: func(url, token string, clock func() time.Time) (helpdesktest.Client, error) {
			return New(Config{URL: url, Email: "bot@example.com", APIToken: token, Clock: clock})
		},
		Token: "secret-token", Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Secret: "planted-webhook-secret",
		Sign: sign, Signs: true, PageSize: pageSize, Deletion: helpdesktest.ByWebhook, Remaining: "X-RateLimit-Remaining", Pastes: true,
	})
}

func sign(body []byte, secret string, _ time.Time) http.Header {
	return http.Header{"X-Hub-Signature": {"sha256=" + hex.EncodeToString(integrations.HMAC([]byte(secret), body))}}
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"webhookEvent":"jira:issue_updated","timestamp":1772625600000,"issue":{"id":"7"}}`,
		`{"webhookEvent":"jira:issue_deleted","timestamp":1772625600000,"issue":{"id":"7"}}`)
}

// Statuses are each project's own: the category decides, and one name.
func TestStatusWords(t *testing.T) {
	for raw, want := range map[string]string{
		`{"name":"Canceled","statusCategory":{"key":"done"}}`:                      "solved",
		`{"name":"Waiting for customer","statusCategory":{"key":"indeterminate"}}`: "pending",
		`{"name":"Waiting for support","statusCategory":{"key":"indeterminate"}}`:  "open",
		`{"name":"Triage","statusCategory":{"key":"new"}}`:                         "new",
		`{"name":"Parked"}`: "parked",
	} {
		var s statusJSON
		if err := json.Unmarshal([]byte(raw), &s); err != nil || s.word() != want {
			t.Errorf("%s: %q, %v", raw, s.word(), err)
		}
	}
}

// Atlassian's documents become lines; what is no node is left out.
func TestDocumentAsText(t *testing.T) {
	raw := `{"type":"doc","content":[{"type":"heading","content":[{"type":"text","text":"A"}]},7,
		{"type":"paragraph","content":[{"type":"text","text":"b"},{"type":"hardBreak"},{"type":"text","text":"c"}]}]}`
	var n node
	if err := json.Unmarshal([]byte(raw), &n); err != nil || n.plain() != "A\nb\nc" {
		t.Errorf("%q, %v", n.plain(), err)
	}
}

// Where no transition leads to the status, nothing is said either.
func TestReplyWithoutTransition(t *testing.T) {
	fake := jsmfake.New(time.Now, "token")
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client, err := New(Config{URL: server.URL, Email: "bot@example.com", APIToken: "token"})
	if err != nil {
		t.Fatal(err)
	}
	id := fake.Create(helpdeskfake.Ticket{Subject: "x"})
	if err := client.Reply(t.Context(), id, "News.", "hold"); integrations.KindOf(err) != integrations.Refused || len(fake.Replies(id)) > 0 {
		t.Errorf("%v, replies %q", err, fake.Replies(id))
	}
}
