package zendesk

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// The headers of a delivery.
const (
	signatureHeader = "X-Zendesk-Webhook-Signature"
	timestampHeader = "X-Zendesk-Webhook-Signature-Timestamp"
	// InvocationHeader names the delivery. It stays the same when Zendesk tries
	// again, but the signature does not cover it: use it to tell repeats of
	// deliveries that have no id in their body.
	InvocationHeader = "X-Zendesk-Webhook-Invocation-Id"
)

// Verify checks the signature of a delivery, then its age: base64 of
// HMAC-SHA256 over timestamp and raw body, keyed with the signing secret as
// text (it looks like base64 and must not be decoded). It returns
// integrations.ErrBadSignature, or integrations.ErrStaleTimestamp where the
// signed time is more than c.MaxAge away from c.Now.
//
// See developer.zendesk.com/documentation/webhooks/verifying.
func Verify(header http.Header, body []byte, c integrations.Check) error {
	timestamp := header.Get(timestampHeader)
	got, err := base64.StdEncoding.DecodeString(header.Get(signatureHeader))
	if err != nil || c.Secret == "" {
		return integrations.ErrBadSignature
	}
	mac := hmac.New(sha256.New, []byte(c.Secret))
	_, _ = io.WriteString(mac, timestamp) // a hash never fails to write
	_, _ = mac.Write(body)
	if !hmac.Equal(got, mac.Sum(nil)) {
		return integrations.ErrBadSignature
	}
	signed, ok := signedAt(timestamp)
	if age := c.Now.Sub(signed); !ok || age > c.MaxAge || age < -c.MaxAge {
		return integrations.ErrStaleTimestamp
	}
	return nil
}

// signedAt reads the signature's timestamp: RFC 3339 in recorded deliveries,
// Unix seconds in the vendor's example.
func signedAt(timestamp string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, timestamp); err == nil {
		return t, true
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	return time.Unix(seconds, 0), err == nil
}

// DedupKey returns the key by which a repeat of a delivery is known: the event's
// id, or the header's for triggers. The error is integrations.ErrBadFormat.
func DedupKey(header http.Header, body []byte, now time.Time) (string, error) {
	id, err := Peek(body)
	if err != nil {
		return "", err
	}
	return integrations.EventKey(cmp.Or(id, header.Get(InvocationHeader)), body, now), nil
}

// Peek tells whether a body is one that DecodeEvent reads, and the id under
// which Zendesk repeats it. Trigger deliveries carry no such id: it is "" for
// them (InvocationHeader has one). The error is integrations.ErrBadFormat. Peek
// walks the body once and allocates only the id.
func Peek(body []byte) (id string, err error) {
	top, ok := scanTop(body)
	switch {
	case !ok:
		return "", integrations.ErrBadFormat
	case top.isEvent():
		return top.eventID(), nil
	case top.isTrigger():
		return "", nil
	}
	return "", integrations.ErrBadFormat
}

// DecodeEvent reads the body of an event webhook or a trigger webhook; see the
// package comment for the latter's form. Events about users and organizations
// come back without a ticket id: there is nothing to do about a ticket. Unknown
// types and values are kept. Tags and Fields are nil where nothing was told
// about them. GeneratedAt is the event's time. The error is
// integrations.ErrBadFormat.
func DecodeEvent(body []byte) (integrations.TicketEvent, error) {
	top, ok := scanTop(body)
	switch {
	case !ok:
		return integrations.TicketEvent{}, integrations.ErrBadFormat
	case top.isEvent():
		return decodeEvent(body, top.eventID())
	case top.isTrigger():
		return decodeTrigger(body)
	}
	return integrations.TicketEvent{}, integrations.ErrBadFormat
}
