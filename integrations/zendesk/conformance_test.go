package zendesk_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdesktest"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

func connect(url, token string, l integrations.Line) (*zendesk.Client, error) {
	return zendesk.New(zendesk.Config{URL: url, Email: "bot@example.com", APIToken: token, Line: l})
}

func TestConformance(t *testing.T) {
	open := func(clock func() time.Time, token string) account { return openAccount(t, clock, token) }
	helpdesktest.Run(t, open, connect, helpdesktest.Helpdesk{
		Verify: zendesk.Verify, DedupKey: zendesk.DedupKey, Decode: zendesk.DecodeEvent, Sign: sign, Signs: true, Stamped: true,
		PageSize: 1000, Deletion: helpdesktest.ByExport, Remaining: "X-Rate-Limit-Remaining",
	})
}

func sign(body []byte, secret string, now time.Time) http.Header {
	stamp := now.Format(time.RFC3339)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp))
	mac.Write(body)
	return http.Header{
		"X-Zendesk-Webhook-Signature":           {base64.StdEncoding.EncodeToString(mac.Sum(nil))},
		"X-Zendesk-Webhook-Signature-Timestamp": {stamp},
	}
}

// account is the fake as the suite knows it.
type account struct {
	*zendeskfake.Server
	sent *mailbox
}

// openAccount has a webhook beside the one that the suite sets up.
func openAccount(t *testing.T, clock func() time.Time, token string) account {
	sent := &mailbox{}
	fake := zendeskfake.New(zendeskfake.Options{Clock: clock, Email: "bot@example.com", APIToken: token, Deliver: &http.Client{Transport: sent}})
	server := httptest.NewServer(fake)
	defer server.Close()
	client, err := connect(server.URL, token, integrations.Line{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.Setup(t.Context(), integrations.Hook{Endpoint: "https://elsewhere.example.com", Name: "elsewhere"}); err != nil {
		t.Fatal(err)
	}
	return account{fake, sent}
}

// Delivery is about the ticket's latest change.
func (a account) Delivery(id string) []byte {
	a.Flush(context.Background())
	return a.sent.about[id]
}

// A mailbox keeps the last delivery about each ticket.
type mailbox struct{ about map[string][]byte }

func (m *mailbox) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	event, err := zendesk.DecodeEvent(body)
	if err != nil {
		return nil, err
	}
	if m.about == nil {
		m.about = map[string][]byte{}
	}
	m.about[event.Ticket.ID] = body
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func (a account) Organization(name string) string {
	return a.AddOrganization(zendeskfake.Organization{Name: name})
}

func (a account) Customer(name, organization string) string {
	return a.AddCustomer(zendeskfake.Customer{Name: name, OrganizationID: organization})
}

func (a account) Agent(name string) string { return a.AddAgent(name) }

func (a account) Create(t helpdeskfake.Ticket) string {
	return a.CreateTicket(zendeskfake.Ticket{Subject: t.Subject, Description: t.Description, RequesterID: t.RequesterID, Tags: t.Tags})
}

func (a account) Comment(ticket, author, body string, public bool) helpdeskfake.Comment {
	return helpdeskfake.Comment{ID: a.AddComment(ticket, author, body, public), AuthorID: author, Body: body, Public: public, At: a.Now()}
}
