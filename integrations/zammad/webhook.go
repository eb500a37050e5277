package zammad

import (
	"net/http"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Verify checks X-Hub-Signature: "sha1=" and HMAC-SHA1 of the body in
// hexadecimal, keyed with the webhook's signature token. The error is
// integrations.ErrBadSignature.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	given, _ := strings.CutPrefix(header.Get("X-Hub-Signature"), "sha1=")
	return integrations.CheckHexSHA1("zammad", []string{given}, c.Secret, body)
}

// DedupKey is the delivery's own id.
func DedupKey(header http.Header, body []byte, now time.Time) (string, error) {
	_, err := DecodeEvent(body)
	if err != nil {
		return "", err
	}
	return integrations.EventKey(header.Get("X-Zammad-Delivery"), body, now), nil
}

// DecodeEvent reads which ticket a delivery is about, and the article that it
// carries. It names no tags, so it is always thin.
func DecodeEvent(body []byte) (integrations.TicketEvent, error) {
	var e struct {
		Ticket struct {
			ID integrations.Text `json:"id"`
		} `json:"ticket"`
		Article integrations.Loose[articleJSON] `json:"article"`
	}
	if err := integrations.DecodeWebhook("zammad", body, &e); err != nil {
		return integrations.TicketEvent{}, err
	}
	id := e.Ticket.ID.ID()
	if id == "" {
		return integrations.TicketEvent{}, integrations.BadFormat("zammad", "no ticket.id")
	}
	event := integrations.TicketEvent{Type: "trigger", Thin: true, Ticket: integrations.Ticket{ID: id}}
	if a := e.Article.Value; a.ID.ID() != "" && !a.CreatedAt.IsZero() {
		reply := a.reply(id)
		event.Reply = &reply
	}
	return event, nil
}
