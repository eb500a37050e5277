package freshdesk

import (
	"net/http"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/freshdesk/freshdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
)

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, helpdesktest.Helpdesk{
		Open: func(clock func() time.Time) helpdesktest.Account {
			fake := freshdeskfake.New(clock, "secret-key")
			return helpdesktest.Account{Desk: fake, API: fake, Delivery: fake.Delivery}
		},
		Connect: func(url, token string, clock func() time.Time) (helpdesktest.Client, error) {
			return New(Config{URL: url, APIKey: token, Clock: clock})
		},
		Token: "secret-key", Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Secret: "planted-webhook-secret",
		Sign: func(_ []byte, secret string, _ time.Time) http.Header {
			return http.Header{integrations.SecretHeader: {secret}}
		},
		PageSize: pageSize, Deletion: helpdesktest.ByExport, Remaining: "X-RateLimit-Remaining", Pastes: true,
	})
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"ticket_id": "7"}`, `{"freshdesk_webhook":{"ticket_id":7}}`)
}
