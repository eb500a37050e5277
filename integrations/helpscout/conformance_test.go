package helpscout

import (
	"crypto/sha1"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/helpscout/helpscoutfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func connect(url, token string, l integrations.Line) (*Client, error) {
	return New(Config{URL: url, AppID: "app", AppSecret: token, Line: l})
}

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, helpscoutfake.New, connect, helpdesktest.Helpdesk{
		Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Sign: sourcetest.SignBase64(sha1.New, "X-Helpscout-Signature"), Signs: true,
		PageSize: 25, Deletion: helpdesktest.Untold, Remaining: "X-RateLimit-Remaining-Minute",
	})
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"id": 7, "status": "active"}`, `{"id": "7"}`)
}
