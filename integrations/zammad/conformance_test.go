package zammad

import (
	"crypto/sha1"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
	"github.com/ticketlink/ticketlink/integrations/zammad/zammadfake"
)

func connect(url, token string, l integrations.Line) (*Client, error) {
	return New(Config{URL: url, Token: token, Line: l})
}

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, zammadfake.New, connect, helpdesktest.Helpdesk{
		Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Sign: sourcetest.SignHex(sha1.New, "X-Hub-Signature", "sha1="), Signs: true,
		PageSize: pageSize, Deletion: helpdesktest.Untold,
	})
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"ticket":{"id":7},"article":{"id":8,"internal":true,"sender":"Agent","created_at":"2026-03-04T12:00:00Z"}}`)
}
