package zammad

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/zammad/zammadfake"
)

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, helpdesktest.Helpdesk{
		Open: func(clock func() time.Time) helpdesktest.Account {
			fake := zammadfake.New(clock, "secret-token")
			return helpdesktest.Account{Desk: fake, API: fake, Delivery: fake.Delivery}
		},
		Connect: func(url, token string, clock func() time.Time) (helpdesktest.Client, error) {
			return New(Config{URL: url, Token: token, Clock: clock})
		},
		Token: "secret-token", Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Secret: "planted-signature-token",
		Sign: sign, Signs: true, PageSize: pageSize, Deletion: helpdesktest.Untold,
	})
}

func sign(body []byte, secret string, _ time.Time) http.Header {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(body)
	return http.Header{"X-Hub-Signature": {"sha1=" + hex.EncodeToString(mac.Sum(nil))}}
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"ticket":{"id":7},"article":{"id":8,"internal":true,"sender":"Agent","created_at":"2026-03-04T12:00:00Z"}}`)
}
