// Package sourcetest is the conformance suite that every incident source passes,
// and the guide to writing one.
//
// # Write an incident source
//
// An incident source is a leaf package below integrations that reads one
// system's webhooks. It imports the package integrations and none of its
// neighbours. It has three functions:
//
//	// Verify says whether the sender is who it says: ErrBadSignature, ErrStaleTimestamp.
//	func Verify(header http.Header, body []byte, c integrations.Check) error
//
//	// DedupKey checks the form (ErrBadFormat) and returns the key by which a repeat is known.
//	func DedupKey(header http.Header, body []byte, now time.Time) (string, error)
//
//	// Decode says what the delivery means. It reads no clock and nothing outside the body.
//	func Decode(body []byte) (integrations.IncidentUpdate, error)
//
// The first two run before the delivery is stored and answered; Decode runs
// later and maybe again, so the same body must always mean the same.
//
//  1. Find the vendor's description of its webhooks, and a recorded delivery or a
//     published example. Note the signature's header and what exactly it covers,
//     the delivery's id, the time format, and what says "over".
//
//  2. Copy (package, constants, functions; not the vendor's types) the package pagerduty (a signature over the body) or statuspage (no
//     signature). In the package comment write where to click in the vendor's pages,
//     which secret goes where, and the limits.
//
//  3. Declare only the JSON fields that you read. A field that decides nothing
//     must not be able to fail the delivery: integrations.Text takes strings, numbers
//     and null; integrations.Moment takes every usual time.
//
//  4. Verify with integrations.CheckHex, CheckStandard or CheckSecret, and after it
//     CheckAge where a timestamp is signed: an age that nobody signed says nothing.
//     They compare in constant time and never repeat a secret. DedupKey and Decode
//     read the body by one function, with integrations.DecodeWebhook, and refuse by
//     integrations.BadFormat what lacks the vendor's own marks. The key is EventKey
//     of the delivery's id, BodyKey where the body is signed without a time but
//     tells one, or RepeatKey.
//
//  5. In Decode fill an integrations.IncidentUpdate and return its Clean form. Set
//     At where the body says when it was sent. A status that you don't know is
//     Detail: it must neither open nor resolve anything. What is about no incident
//     has no SourceKey, and no error: an error is for what is not the vendor's form.
//
//  6. Add a line to sourceKinds in cmd/ticketlink/wiring.go and the kind to the enum
//     in worker/config/sources.go. Where the vendor chooses the secret, and not the
//     user, add where it is shown to sourceCredentials in cmd/ticketlink/first, so
//     that ticketlink init says so.
//
//  7. Write a test that runs the suite, one for each thing that is the vendor's own
//     way, and a fuzz test. The suite is told what Source asks below; Firing and
//     Resolved are two deliveries of one incident's life. SignHex, SignBase64,
//     SendBearer and SendSecret are the usual ways to Sign; where you set headers
//     yourself, use http.Header's Set: its keys have a form of their own. Read is
//     Decode for your other tests.
//
//     var suite = sourcetest.Source{Verify: Verify, DedupKey: DedupKey, Decode: Decode,
//     Secret: "planted-secret", Sign: sourcetest.SignHex(sha256.New, "X-Acme-Signature", ""), Signs: true,
//     Firing: firing, Resolved: resolved, Unknown: unknown}
//
//     func TestConformance(t *testing.T) { sourcetest.Run(t, suite) }
//     func FuzzDecode(f *testing.F)      { sourcetest.Fuzz(f, Decode, suite.Firing) }
//
//  8. Give it its story in cmd/ticketlink/sources_flow_test.go: a line in every, and
//     in senders how it opens, ends and begins again an incident about "Payments fail
//     at checkout" of the service payments, whose severity is critical or as bad.
//     Delivered, declared, repeated, out of order and refused are then told of it.
//
// Try it with go test ./integrations/yours and go test ./cmd/ticketlink -run
// 'EverySource|EveryChoice'.
package sourcetest

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// A Source is what the suite needs to know of one.
type Source struct {
	Verify   func(header http.Header, body []byte, c integrations.Check) error
	DedupKey func(header http.Header, body []byte, now time.Time) (string, error)
	Decode   func(body []byte) (integrations.IncidentUpdate, error)

	Secret string
	// Sign makes the headers with which the vendor sends the body.
	Sign func(body []byte, secret string, now time.Time) http.Header
	// Signs says that the signature covers the body, Stamped that it covers the time.
	Signs, Stamped bool
	// AnyObject says that the source takes every JSON object for its sender's.
	AnyObject bool

	Firing, Resolved string // deliveries of one incident's life
	Unknown          string // a delivery of a kind that nobody knows yet; "" where there is one kind
}

// The suite's clock, and how far a signed timestamp may be from it.
var (
	Now    = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	maxAge = 5 * time.Minute
)

// Run holds a source against the rules that all sources keep.
func Run(t *testing.T, s Source) {
	s.sender().Run(t, s.Firing, s.Resolved)
	t.Run("repeats", s.repeats)
	t.Run("life", s.life)
	t.Run("unknown kinds", s.unknown)
	t.Run("odd values", s.oddValues)
	t.Run("unicode", s.unicode)
	t.Run("time zones", s.timeZones)
	t.Run("hostile sizes", s.hostileSizes)
}

func (s Source) sender() Sender {
	decode := func(body []byte) error {
		_, err := s.Decode(body)
		return err
	}
	return Sender{s.Verify, s.DedupKey, decode, s.Secret, s.Sign, s.Signs, s.Stamped, s.AnyObject}
}

// Fuzz requires that whatever arrives is refused as ErrBadFormat or decoded to
// a clean update.
func Fuzz(f *testing.F, decode func([]byte) (integrations.IncidentUpdate, error), seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := decode(body)
		expectCleanOrRefused(t, "", u, err)
	})
}

// Recorded reads a recorded delivery, which a plain clone does not have: then
// the test is skipped, except in CI.
func Recorded(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("../../../shared/fixtures/recorded", path))
	if err == nil {
		return body
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip("the recorded deliveries are not here")
	return nil
}
