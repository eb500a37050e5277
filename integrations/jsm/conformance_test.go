package jsm

import (
	"crypto/sha256"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/jsm/jsmfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func connect(url, token string, l integrations.Line) (*Client, error) {
	return New(Config{URL: url, Email: "bot@example.com", APIToken: token, Line: l})
}

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, jsmfake.New, connect, helpdesktest.Helpdesk{
		Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Sign: sourcetest.SignHex(sha256.New, "X-Hub-Signature", "sha256="), Signs: true,
		PageSize: pageSize, Deletion: helpdesktest.ByWebhook, Remaining: "X-RateLimit-Remaining", Pastes: true,
	})
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"webhookEvent":"jira:issue_updated","timestamp":1772625600000,"issue":{"id":"7"}}`,
		`{"webhookEvent":"jira:issue_deleted","timestamp":1772625600000,"issue":{"id":"7"}}`)
}
