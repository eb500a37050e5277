package zendesk_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// A desk is a helpdesk with one agent and one customer, and a client for it.
type desk struct {
	*zendeskfake.Server
	client          *zendesk.Client
	now             time.Time
	url             string
	agent, customer string
	calls           []string // endpoint and status of each request
}

func newDesk(t *testing.T, o zendeskfake.Options) *desk {
	t.Helper()
	d := &desk{now: noon}
	o.Clock = func() time.Time { return d.now }
	o.Email, o.APIToken = "bot@example.com", "secret-token"
	d.Server = zendeskfake.New(o)
	server := httptest.NewServer(d.Server)
	t.Cleanup(server.Close)
	d.url = server.URL
	d.client = d.connect(t, "secret-token")
	acme := d.AddOrganization(zendeskfake.Organization{Name: "Acme", Fields: map[string]any{"plan": "gold", "mrr": 1200}})
	d.agent = d.AddAgent("Grace")
	d.customer = d.AddCustomer(zendeskfake.Customer{Name: "Ada", OrganizationID: acme})
	return d
}

func (d *desk) connect(t *testing.T, token string) *zendesk.Client {
	t.Helper()
	client, err := connect(d.url, token, integrations.Line{
		Clock:   func() time.Time { return d.now },
		Observe: func(endpoint string, code int) { d.calls = append(d.calls, fmt.Sprint(endpoint, " ", code)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (d *desk) ticket(tags ...string) string {
	return d.CreateTicket(zendeskfake.Ticket{Subject: "Slow", Description: "It is slow.", RequesterID: d.customer, Tags: tags})
}

// export follows the export to its end and returns the ids in order.
func (d *desk) export(t *testing.T, cursor string) (ids []string, next string) {
	t.Helper()
	for range 100 {
		page, err := d.client.Export(t.Context(), cursor, noon.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for _, ticket := range page.Tickets {
			ids = append(ids, ticket.ID)
		}
		if cursor = page.Cursor; page.End {
			return ids, cursor
		}
	}
	t.Fatal("the export has no end")
	return nil, ""
}

func wantKind(t *testing.T, err error, want integrations.Kind) *integrations.Error {
	t.Helper()
	e, ok := errors.AsType[*integrations.Error](err)
	if !ok || e.Kind != want {
		t.Fatalf("got %v, want kind %s", err, want)
	}
	return e
}

func TestExportTellsEachChangeOnceAndGoesOn(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	for range 2500 {
		d.ticket("api")
	}
	ids, cursor := d.export(t, "")
	if len(ids) != 2500 || ids[0] != "1" || ids[2499] != "2500" {
		t.Fatalf("got %d tickets", len(ids))
	}
	if got := len(d.calls); got != 3 {
		t.Errorf("%d calls, want 3 pages of up to 1,000", got)
	}
	ids, same := d.export(t, cursor)
	if len(ids) != 0 || same != cursor {
		t.Errorf("nothing happened, got %v", ids)
	}
	d.now = d.now.Add(time.Minute)
	d.PublicReply("7", d.agent, d.now)
	d.Delete("9")
	ids, _ = d.export(t, cursor)
	if !slices.Equal(ids, []string{"7", "9"}) {
		t.Errorf("got %v, want the two that changed", ids)
	}
}

func TestExportCarriesPeopleOrganizationsAndTheEndOfTickets(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	alive, gone := d.ticket("EU"), d.ticket()
	d.Delete(gone)
	d.now = d.now.Add(31 * 24 * time.Hour)
	d.Scrub(gone)
	page, err := d.client.Export(t.Context(), "", noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if page.Tickets[0].ID != alive || page.Tickets[0].Deleted() || page.Tickets[0].Status != "new" {
		t.Errorf("got %+v", page.Tickets[0])
	}
	wiped := page.Tickets[1]
	if wiped.ID != gone || !wiped.Deleted() || !wiped.Scrubbed || wiped.Subject != "" || !wiped.GeneratedAt.After(wiped.UpdatedAt) {
		t.Errorf("got %+v", wiped)
	}
	if len(page.People) != 1 || page.People[0].ID != d.customer || page.People[0].Email != "" {
		t.Errorf("got people %+v", page.People)
	}
	if len(page.Organizations) != 1 || string(page.Organizations[0].Fields["plan"]) != `"gold"` {
		t.Errorf("got organizations %+v", page.Organizations)
	}
}

// The vendor refuses start times within its newest minute, and hides what
// changed there until it is older.
func TestExportNeverAsksForTheNewestMinute(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{ExcludeLastMinute: true})
	d.ticket()
	for _, since := range []time.Time{noon, noon.Add(time.Hour), noon.Add(-time.Minute)} {
		page, err := d.client.Export(t.Context(), "", since)
		if err != nil || len(page.Tickets) != 0 || !page.End {
			t.Errorf("since %v: %d tickets, end %v (%v)", since, len(page.Tickets), page.End, err)
		}
	}
	d.now = noon.Add(2 * time.Minute)
	if ids, _ := d.export(t, ""); len(ids) != 1 {
		t.Errorf("two minutes later: got %v", ids)
	}
}

func TestLostCursorIsTold(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	d.ticket()
	_, cursor := d.export(t, "")
	d.LoseCursors()
	_, err := d.client.Export(t.Context(), cursor, time.Time{})
	wantKind(t, err, integrations.CursorLost)
	if ids, _ := d.export(t, ""); len(ids) != 1 {
		t.Errorf("from the start again: %v", ids)
	}
	for status, want := range map[int]integrations.Kind{
		400: integrations.CursorLost, 404: integrations.CursorLost, 422: integrations.CursorLost,
		401: integrations.Unauthorized, 403: integrations.Unauthorized, 500: integrations.Temporary, 429: integrations.RateLimited,
	} {
		d.Inject(zendeskfake.Fault{Times: 1, Status: status})
		_, err := d.client.Export(t.Context(), cursor, time.Time{})
		wantKind(t, err, want)
	}
	d.Inject(zendeskfake.Fault{Times: 1, Status: 400})
	_, err = d.client.Export(t.Context(), "", noon)
	wantKind(t, err, integrations.Refused)
}

// Answers that name another host never lead our credentials there.
func TestForeignHostIsNeverCalled(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a stranger was called")
	}))
	defer stranger.Close()
	d := newDesk(t, zendeskfake.Options{})
	d.ForeignHost(strings.TrimPrefix(stranger.URL, "http://"))
	for range 1200 {
		d.ticket()
	}
	if ids, _ := d.export(t, ""); len(ids) != 1200 {
		t.Errorf("got %d tickets", len(ids))
	}
}

func TestCursorThatDoesNotAdvance(t *testing.T) {
	for name, body := range map[string]string{
		"the same cursor": `{"tickets":[],"after_cursor":"c1","end_of_stream":false}`,
		"no cursor":       `{"tickets":[],"after_cursor":null,"end_of_stream":false}`,
		"nothing":         `{}`,
	} {
		d := newDesk(t, zendeskfake.Options{})
		d.Inject(zendeskfake.Fault{Times: 1, Status: 200, Body: body})
		_, err := d.client.Export(t.Context(), "c1", time.Time{})
		if e := wantKind(t, err, integrations.Temporary); !strings.Contains(e.Detail, "does not advance") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneBrokenTicketDoesNotStopTheExport(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	d.Inject(zendeskfake.Fault{Times: 1, Status: 200, Body: `{"tickets":[{"id":1},"?",{"subject":"no id"},{"id":99999999999999999999}],
		"users":[null,{"id":5}],"organizations":{"a":1},"after_cursor":"c2","end_of_stream":true}`})
	page, err := d.client.Export(t.Context(), "c1", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Tickets) != 2 || page.Tickets[1].ID != "99999999999999999999" || len(page.People) != 1 || page.Cursor != "c2" {
		t.Errorf("got %+v", page)
	}
	want := []string{"ticket 2 of 4: ", "ticket 3 of 4: zendesk: decode a ticket: no id", "user 1 of 2: "}
	for i, prefix := range want {
		if i >= len(page.Unreadable) || !strings.HasPrefix(page.Unreadable[i], prefix) {
			t.Fatalf("unreadable: %q", page.Unreadable)
		}
	}
}

func TestFetchInBatches(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	ids := []string{"99999"} // there is no such ticket
	for range 250 {
		ids = append(ids, d.ticket())
	}
	d.Delete("3")
	page, err := d.client.Fetch(t.Context(), ids)
	if err != nil || len(page.Tickets) != 249 || len(d.calls) != 3 {
		t.Errorf("%d tickets in %d calls (%v)", len(page.Tickets), len(d.calls), err)
	}
	if _, err := d.client.Fetch(t.Context(), []string{"1", "2/../../users"}); err == nil || len(d.calls) != 3 {
		t.Errorf("an id that is no number was sent (%v)", err)
	}
}

func TestMeAndWrongCredentials(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	me, err := d.client.Me(t.Context())
	if err != nil || me.ID != d.Me() || me.Role != "admin" {
		t.Errorf("got %+v (%v)", me, err)
	}
	_, err = d.connect(t, "wrong").Me(t.Context())
	if e := wantKind(t, err, integrations.Unauthorized); strings.Contains(e.Error(), "wrong") {
		t.Error("the token is in the error")
	}
	d.Inject(zendeskfake.Fault{Times: 1, Status: 200, Body: `{"user":{"name":"Anonymous user"}}`}) // recorded in 2013
	_, err = d.client.Me(t.Context())
	wantKind(t, err, integrations.Unauthorized)
	if want := []string{"me 200", "me 401", "me 200"}; !slices.Equal(d.calls, want) {
		t.Errorf("observed %q", d.calls)
	}
}

func TestOAuth(t *testing.T) {
	fake := zendeskfake.New(zendeskfake.Options{OAuthToken: "oauth"})
	server := httptest.NewServer(fake)
	defer server.Close()
	client, err := zendesk.New(zendesk.Config{URL: server.URL + "/api/v2/", OAuthToken: "oauth"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Me(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	for name, c := range map[string]zendesk.Config{
		"no credentials":         {URL: "https://acme.example.com"},
		"a token without e-mail": {URL: "https://acme.example.com", APIToken: "t"},
		"two kinds":              {URL: "https://acme.example.com", Email: "e", APIToken: "t", OAuthToken: "o"},
		"no scheme":              {URL: "acme.example.com", OAuthToken: "o"},
		"another scheme":         {URL: "ftp://acme.example.com", OAuthToken: "o"},
		"credentials in the URL": {URL: "https://a:b@acme.example.com", OAuthToken: "o"},
		"a query":                {URL: "https://acme.example.com?x=1", OAuthToken: "o"},
	} {
		if _, err := zendesk.New(c); err == nil || strings.Contains(err.Error(), "a:b") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimitsAreKnown(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{RequestsPerMinute: 3, ExportsPerMinute: 1})
	d.export(t, "")
	want := zendesk.Limits{
		Limit: 3, Remaining: 2, Reset: noon.Add(time.Minute), ExportLimit: 1, ExportRemaining: 0, ExportReset: noon.Add(time.Minute),
	}
	if diff := cmp.Diff(want, d.client.Limits()); diff != "" {
		t.Error(diff)
	}
	d.now = d.now.Add(20 * time.Second)
	_, err := d.client.Export(t.Context(), "", noon.Add(-time.Hour))
	if e := wantKind(t, err, integrations.RateLimited); e.RetryAfter != 40*time.Second || e.Detail != "APIRateLimitExceeded" {
		t.Errorf("got %v after %v", e, e.RetryAfter)
	}
	d.now = d.now.Add(40 * time.Second)
	d.export(t, "")
}
