package helpscout

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/helpscout/helpscoutfake"
)

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, helpdesktest.Helpdesk{
		Open: func(clock func() time.Time) helpdesktest.Account {
			fake := helpscoutfake.New(clock, "secret-app")
			return helpdesktest.Account{Desk: fake, API: fake, Delivery: fake.Delivery}
		},
		Connect: func(url, token string, clock func() time.Time) (helpdesktest.Client, error) {
			return New(Config{URL: url, AppID: "app", AppSecret: token, Clock: clock})
		},
		Token: "secret-app", Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Secret: "planted-webhook-secret",
		Sign: sign, Signs: true, PageSize: 25, Deletion: helpdesktest.Untold, Remaining: "X-RateLimit-Remaining-Minute",
	})
}

func sign(body []byte, secret string, _ time.Time) http.Header {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(body)
	return http.Header{"X-Helpscout-Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"id": 7, "status": "active"}`, `{"id": "7"}`)
}
