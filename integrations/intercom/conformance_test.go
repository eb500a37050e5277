package intercom

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/intercom/intercomfake"
)

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, helpdesktest.Helpdesk{
		Open: func(clock func() time.Time) helpdesktest.Account {
			fake := intercomfake.New(clock, "secret-token")
			return helpdesktest.Account{Desk: fake, API: fake, Delivery: fake.Delivery}
		},
		Connect: func(url, token string, clock func() time.Time) (helpdesktest.Client, error) {
			return New(Config{URL: url + "/a/inbox/abc123", Token: token, Clock: clock})
		},
		Token: "secret-token", Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Secret: "planted-client-secret",
		Sign: sign, Signs: true, PageSize: pageSize, Deletion: helpdesktest.ByWebhook, Remaining: "X-RateLimit-Remaining", Pastes: true,
	})
}

func sign(body []byte, secret string, _ time.Time) http.Header {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(body)
	return http.Header{"X-Hub-Signature": {"sha1=" + hex.EncodeToString(mac.Sum(nil))}}
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent,
		`{"type":"notification_event","id":"notif_1","topic":"conversation.user.created","data":{"item":{"type":"conversation","id":"7"}}}`,
		`{"type":"notification_event","topic":"conversation.deleted","created_at":1772625600,"data":{"item":{"type":"conversation","id":"7"}}}`)
}
