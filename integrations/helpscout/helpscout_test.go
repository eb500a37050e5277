package helpscout

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpscout/helpscoutfake"
)

var now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// account is a fake account and a client; see hears of each request before the fake does.
func account(t *testing.T, clock func() time.Time, see func(w http.ResponseWriter, r *http.Request) (answered bool)) (*helpscoutfake.Server, *Client) {
	t.Helper()
	fake := helpscoutfake.New(clock, "secret-app")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !see(w, r) {
			fake.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	client, err := connect(server.URL, "secret-app", integrations.Line{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return fake, client
}

// A token is used until a tenth of its two days is left.
func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	at, grants := now, 0
	_, client := account(t, func() time.Time { return at }, func(_ http.ResponseWriter, r *http.Request) bool {
		grants += strings.Count(r.URL.Path, "oauth2")
		return false
	})
	const lasts = 172800 * time.Second * 9 / 10
	for after, want := range map[time.Duration]int{0: 1, lasts - time.Second: 1, lasts: 2} {
		at, grants, client.token = now, 0, ""
		client.renewAt = time.Time{}
		for _, at = range []time.Time{now, now.Add(after)} {
			if _, err := client.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if grants != want {
			t.Errorf("%v after the first: signed in %d times, want %d", after, grants, want)
		}
	}
}

// A token that was revoked costs one more sign-in, and no endless ones.
func TestRevokedToken(t *testing.T) {
	refusals, grants := 0, 0
	_, client := account(t, func() time.Time { return now }, func(w http.ResponseWriter, r *http.Request) bool {
		grants += strings.Count(r.URL.Path, "oauth2")
		if refusals == 0 || strings.Contains(r.URL.Path, "oauth2") {
			return false
		}
		refusals--
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	for refused, works := range map[int]bool{0: true, 1: true, 2: false} {
		if _, err := client.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		refusals, grants = refused, 0
		_, err := client.Check(t.Context())
		if (err == nil) != works || grants != min(refused, 1) {
			t.Errorf("refused %d times: %v after %d sign-ins", refused, err, grants)
		}
		refusals = 0
	}
}

// A webhook that Help Scout switched off, and one with another secret, is made anew.
func TestSetupMakesTheWebhookAnew(t *testing.T) {
	fake, client := account(t, func() time.Time { return now }, func(http.ResponseWriter, *http.Request) bool { return false })
	setup := func(secret, want string) {
		t.Helper()
		steps, has, err := client.Setup(t.Context(), integrations.Hook{Endpoint: "https://t.example/webhooks/inbox", Secret: secret})
		if err != nil || len(steps) != 1 || !strings.Contains(steps[0], want) || has == "" || secret != "" && has != secret {
			t.Errorf("steps %q, %v; want %s", steps, err, want)
		}
	}
	setup("one", "created")
	setup("one", "as it should be")
	setup("", "as it should be")
	fake.Disable()
	setup("one", "anew")
	setup("two", "anew")
	setup("two", "as it should be")
	if _, _, err := client.Setup(t.Context(), integrations.Hook{Endpoint: "https://t.example/webhooks/inbox", Secret: strings.Repeat("x", 41)}); integrations.KindOf(err) != integrations.Refused {
		t.Errorf("a secret that is too long: %v", err)
	}
}

// The parts of an answer that the fake does not have.
func TestConversation(t *testing.T) {
	raw := `{"id": 12, "status": "closed", "state": "published", "subject": " Need Help ", "type": "email", "mailboxId": 85,
		"assignee": {"id": 256, "first": "Mr", "last": "Robot", "email": "robot@example.com"}, "primaryCustomer": {"id": 238604},
		"createdAt": "2017-04-21T14:39:56Z", "closedAt": "2017-04-21T14:43:24Z", "userUpdatedAt": "2017-04-21T14:43:24Z",
		"customerWaitingSince": {"time": "2017-04-21T15:00:00Z"}, "tags": [{"id": 9150, "tag": "vip"}], "customFields": [{"id": 6688, "value": "33077"}],
		"_embedded": {"threads": [{"id": 3, "type": "lineitem", "createdAt": "2017-04-21T15:10:00Z"},
			{"id": 2, "type": "message", "body": "On it", "createdAt": "2017-04-21T14:41:00Z"}, {"id": 4, "type": "note", "state": "draft", "body": "hm", "createdAt": "2017-04-21T14:38:00Z"},
			{"id": 1, "type": "customer", "body": "It is <b>broken</b>.<br>Help &amp; thanks", "createdAt": "2017-04-21T14:39:56Z"}]}}`
	page := decodePage([]json.RawMessage{json.RawMessage(raw)})
	if len(page.Tickets) != 1 || len(page.People) != 1 {
		t.Fatalf("%+v", page)
	}
	got := page.Tickets[0]
	got.Raw = nil
	want := integrations.Ticket{ID: "12", Subject: "Need Help", Description: "It is broken.\nHelp & thanks", Status: "solved", Channel: "email", Tags: []string{"vip"},
		RequesterID: "238604", AssigneeID: "256", BrandID: "85", CreatedAt: time.Date(2017, 4, 21, 14, 39, 56, 0, time.UTC),
		UpdatedAt: time.Date(2017, 4, 21, 15, 10, 0, 0, time.UTC), Fields: map[string]json.RawMessage{"6688": json.RawMessage(`"33077"`)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if who := page.People[0]; who.Name != "Mr Robot" || !who.Agent() {
		t.Errorf("assigned to %+v", who)
	}
	for from, to := range map[string]string{`"status": "closed"`: `"status": "spam"`, `"state": "published"`: `"state": "deleted"`} {
		page := decodePage([]json.RawMessage{json.RawMessage(strings.Replace(raw, from, to, 1))})
		if !page.Tickets[0].Deleted() {
			t.Errorf("%s: %s", to, page.Tickets[0].Status)
		}
	}
}

func TestTicketURL(t *testing.T) {
	client, err := New(Config{URL: "https://api.helpscout.net/v2/", AppID: "app", AppSecret: "x"})
	if err != nil || client.TicketURL("12") != "https://secure.helpscout.net/conversation/12" {
		t.Errorf("%v", err)
	}
}
