// Package helpdesktest is the conformance suite that every helpdesk passes
// against its own fake. README.md is the guide to writing a helpdesk.
package helpdesktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// A Client is what the service and the commands ask of a helpdesk. What each
// method promises is in README.md.
type Client interface {
	Export(ctx context.Context, cursor string, since time.Time) (integrations.Page, error)
	Fetch(ctx context.Context, ids []string) (integrations.Page, error)
	Replies(ctx context.Context, ticketID string) ([]integrations.Reply, error)
	AddTags(ctx context.Context, ticketID string, tags []string) error
	RemoveTags(ctx context.Context, ticketID string, tags []string) error
	AddNote(ctx context.Context, ticketID, body string) error
	HasNote(ctx context.Context, ticketID, marker string) (bool, error)
	Reply(ctx context.Context, ticketID, body, status string) error
	HasReply(ctx context.Context, ticketID, body string, since time.Time) (bool, error)
	Check(ctx context.Context) (found string, err error)
	Setup(ctx context.Context, hook integrations.Hook) (steps []string, secret string, err error)
	TicketURL(ticketID string) string
}

// A Desk plays what people do in the helpdesk, at the clock's time.
type Desk interface {
	Organization(name string) (id string)
	Customer(name, organizationID string) (id string)
	Agent(name string) (id string)
	Create(helpdeskfake.Ticket) (id string)
	Comment(ticketID, authorID, body string, public bool) helpdeskfake.Comment
	SetTags(ticketID string, tags ...string)
	SetStatus(ticketID, status string)
	Delete(ticketID string)

	Tags(ticketID string) []string
	Status(ticketID string) string
	Notes(ticketID string) []string
	Replies(ticketID string) []string
}

// An Account is a fake: what people do in it, and its API.
type Account interface {
	Desk
	http.Handler
	// Delivery is the webhook's body about the ticket's latest change.
	Delivery(ticketID string) []byte
}

// What the suite's accounts take: a token (a key, an app's secret) and nothing
// else, and a webhook's secret.
const (
	token  = "planted-token"
	secret = "planted-webhook-secret"
)

// How a deletion comes to us.
const (
	ByExport  = "export"  // the deleted ticket comes once more
	ByWebhook = "webhook" // only the webhook tells
	Untold    = ""        // documented as a limit of the vendor's
)

// A Helpdesk is what the suite needs to know of one.
type Helpdesk struct {
	// The webhook; see sourcetest.Sender.
	Verify         func(header http.Header, body []byte, c integrations.Check) error
	DedupKey       func(header http.Header, body []byte, now time.Time) (string, error)
	Decode         func(body []byte) (integrations.TicketEvent, error)
	Sign           func(body []byte, secret string, now time.Time) http.Header
	Signs, Stamped bool

	PageSize   int    // tickets an Export returns at most
	Deletion   string // ByExport, ByWebhook or Untold
	Remaining  string // the header with what the rate limit leaves; "" where the vendor sends none
	Pastes     bool   // Setup only says what to paste: the vendor has no API for it
	NoTags     bool   // the product has none, or lets no one write them
	NoReplyTo  bool   // no public replies can be written
	NoComments bool   // neither notes nor replies can be read
}

// Run holds a helpdesk against the rules that all helpdesks keep. Connect makes
// a client that has the token, for the account at the URL.
func Run[A Account, C Client](t *testing.T, account func(clock func() time.Time, token string) A,
	connect func(url, token string, l integrations.Line) (C, error), h Helpdesk) {
	for _, rule := range []struct {
		name string
		hold func(*stage)
	}{
		{"webhook", h.webhook}, {"webhook agrees with export", h.agrees}, {"odd values in webhooks", h.oddDeliveries},
		{"pages", h.pages}, {"resume", h.resume}, {"changes while reading", h.changes}, {"idle", h.idle},
		{"repeats", h.repeats}, {"newer wins", h.newer}, {"people", h.people}, {"fetch", h.fetch},
		{"time zones", h.timeZones}, {"unicode", h.unicode}, {"deletion", h.deletion}, {"odd answers", h.oddAnswers},
		{"rate limits", h.rateLimits}, {"failures", h.failures}, {"foreign hosts", h.foreignHosts},
		{"tags", h.tags}, {"notes", h.notes}, {"replies", h.replies}, {"answers", h.answers}, {"lost answers", h.lostAnswers},
		{"check", h.check}, {"setup", h.setup}, {"ticket URL", h.ticketURL},
	} {
		t.Run(rule.name, func(t *testing.T) { rule.hold(open(t, account, connect)) })
	}
}

// Open makes an account and a client for a vendor's own tests. The clock stands still.
func Open[A http.Handler, C any](t *testing.T, account func(clock func() time.Time, token string) A,
	connect func(url, token string, l integrations.Line) (C, error)) (A, C) {
	t.Helper()
	clock := func() time.Time { return sourcetest.Now }
	fake := account(clock, token)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client, err := connect(server.URL, token, integrations.Line{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return fake, client
}

// Recorded reads recorded data, which a plain clone does not have; see
// sourcetest.Recorded.
func Recorded(t *testing.T, path string) []byte { return sourcetest.Recorded(t, path) }
