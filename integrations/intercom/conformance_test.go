package intercom

import (
	"crypto/sha1"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/intercom/intercomfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func connect(url, token string, l integrations.Line) (*Client, error) {
	return New(Config{URL: url + "/a/inbox/abc123/", Token: token, Line: l})
}

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, intercomfake.New, connect, helpdesktest.Helpdesk{
		Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Sign: sourcetest.SignHex(sha1.New, "X-Hub-Signature", "sha1="), Signs: true,
		PageSize: pageSize, Deletion: helpdesktest.ByWebhook, Remaining: "X-RateLimit-Remaining", Pastes: true,
	})
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent,
		`{"type":"notification_event","id":"notif_1","topic":"conversation.user.created","data":{"item":{"type":"conversation","id":"7"}}}`,
		`{"type":"notification_event","topic":"conversation.deleted","created_at":1772625600,"data":{"item":{"type":"conversation","id":"7"}}}`)
}
