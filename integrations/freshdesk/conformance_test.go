package freshdesk

import (
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/freshdesk/freshdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

func connect(url, token string, l integrations.Line) (*Client, error) {
	return New(Config{URL: url + "/api/v2/", APIKey: token, Line: l})
}

func TestConformance(t *testing.T) {
	helpdesktest.Run(t, freshdeskfake.New, connect, helpdesktest.Helpdesk{
		Verify: Verify, DedupKey: DedupKey, Decode: DecodeEvent, Sign: sourcetest.SendSecret,
		PageSize: pageSize, Deletion: helpdesktest.ByExport, Remaining: "X-RateLimit-Remaining", Pastes: true,
	})
}

func FuzzDecodeEvent(f *testing.F) {
	helpdesktest.Fuzz(f, DecodeEvent, `{"ticket_id": "7"}`, `{"freshdesk_webhook":{"ticket_id":7}}`)
}
