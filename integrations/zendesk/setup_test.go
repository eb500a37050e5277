package zendesk_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

const public = "https://ticketlink.example.com/"

// call sends one request to the helpdesk as its admin.
func (d *desk) call(t *testing.T, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.url+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("bot@example.com/token", "secret-token")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode > 299 {
		t.Fatalf("%s %s: %d %s (%v)", method, path, res.StatusCode, answer, err)
	}
	return string(answer)
}

func (d *desk) setup(t *testing.T, publicURL, wantStep string) (secret string) {
	t.Helper()
	hook, err := integrations.NewHook(publicURL, "support", "")
	if err != nil {
		t.Fatal(err)
	}
	steps, secret, err := d.client.Setup(t.Context(), hook)
	if err != nil || secret == "" {
		t.Fatal(steps, err)
	}
	if all := strings.Join(steps, "\n"); !strings.Contains(all, wantStep) || strings.Contains(all, secret) {
		t.Errorf("want a step %q and no secret, got %q", wantStep, steps)
	}
	return secret
}

type hook struct {
	ID, Endpoint, Status string
	Subscriptions        []string
}

func (d *desk) hooks(t *testing.T) []hook {
	t.Helper()
	var list struct{ Webhooks []hook }
	if err := json.Unmarshal([]byte(d.call(t, "GET", "/api/v2/webhooks", "")), &list); err != nil {
		t.Fatal(err)
	}
	return list.Webhooks
}

func TestSetupCreatesThenFindsItsWebhook(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	first := d.setup(t, public, "created webhook")
	second := d.setup(t, public, "as it should be")
	if hooks := d.hooks(t); len(hooks) != 1 || first != second || hooks[0].Endpoint != "https://ticketlink.example.com/webhooks/support" {
		t.Errorf("got %+v", hooks)
	}
}

func TestSetupRepairs(t *testing.T) {
	for name, test := range map[string]struct{ patch, publicURL, step string }{
		"an inactive webhook": {`{"webhook":{"status":"inactive"}}`, public, "activated"},
		"missing events":      {`{"webhook":{"subscriptions":["zen:event-type:ticket.created","zen:event-type:ticket.ola_policy_changed"]}}`, public, "21 more event types"},
		"a moved endpoint":    {`{}`, "https://new.example.com", "endpoint is now https://new.example.com/webhooks/support"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, zendeskfake.Options{})
			d.setup(t, public, "created")
			d.call(t, "PATCH", "/api/v2/webhooks/"+d.hooks(t)[0].ID, test.patch)
			d.setup(t, test.publicURL, test.step)
			d.setup(t, test.publicURL, "as it should be")
			hooks := d.hooks(t)
			if len(hooks) != 1 || hooks[0].Status != "active" || len(hooks[0].Subscriptions) < 21 {
				t.Errorf("got %+v", hooks)
			}
		})
	}
}

func TestSetupLeavesTriggerWebhooksAlone(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	d.call(t, "POST", "/api/v2/webhooks", `{"webhook":{"name":"ours","endpoint":"https://ticketlink.example.com/webhooks/support",
		"http_method":"POST","request_format":"json","subscriptions":["conditional_ticket_events"]}}`)
	for range 150 { // more than a page
		d.call(t, "POST", "/api/v2/webhooks", `{"webhook":{"name":"other","endpoint":"https://other.example.com",
			"http_method":"POST","request_format":"json","subscriptions":["zen:event-type:ticket.created"]}}`)
	}
	d.setup(t, public, "left trigger webhook")
	d.setup(t, public, "as it should be")
	if got := len(d.hooks(t)); got != 100 {
		t.Errorf("a page of %d webhooks", got)
	}
}

func TestSetupTellsOfASecondWebhook(t *testing.T) {
	d := newDesk(t, zendeskfake.Options{})
	d.setup(t, public, "created")
	d.call(t, "POST", "/api/v2/webhooks", `{"webhook":{"name":"again","endpoint":"https://ticketlink.example.com/webhooks/support/",
		"http_method":"POST","request_format":"json","subscriptions":["zen:event-type:ticket.created"]}}`)
	d.setup(t, public, "a second time")
}

// What the helpdesk sends after Setup verifies with Setup's secret and decodes
// to what happened.
func TestSetupThenEvents(t *testing.T) {
	type received struct {
		header http.Header
		body   []byte
	}
	var got []received
	ours := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, received{r.Header, body})
	}))
	defer ours.Close()
	d := newDesk(t, zendeskfake.Options{})
	secret := d.setup(t, ours.URL, "created")
	id := d.ticket("EU")
	d.PublicReply(id, d.agent, noon)
	d.SetTags(id, "eu", "api")
	d.SetStatus(id, "solved")
	d.CustomerComment(id, noon)
	other := d.ticket()
	d.Merge(id, other)
	d.Delete(other)
	if err := d.client.AddTags(t.Context(), d.ticket(), []string{"incident_inc-42"}); err != nil {
		t.Fatal(err)
	}
	d.Flush(t.Context())

	var types []string
	for _, r := range got {
		if err := zendesk.Verify(r.header, r.body, integrations.Check{Secret: secret, Now: noon, MaxAge: time.Minute}); err != nil {
			t.Fatal(err)
		}
		event, err := zendesk.DecodeEvent(r.body)
		if err != nil || event.Thin || event.ID == "" || event.Ticket.ID == "" || r.header.Get(zendesk.InvocationHeader) == "" {
			t.Fatalf("%+v (%v)", event, err)
		}
		types = append(types, strings.TrimPrefix(event.Type, "ticket."))
		checkEvent(t, d, event.Type, event.Reply != nil && event.Reply.Agent, event.MergedInto, other)
	}
	want := "created comment_added tags_changed status_changed comment_added status_changed created comment_added merged soft_deleted created tags_changed"
	if all := strings.Join(types, " "); all != want {
		t.Errorf("got  %s\nwant %s", all, want)
	}
	last, _ := zendesk.DecodeEvent(got[len(got)-1].body)
	if last.ActorID != d.Me() {
		t.Errorf("the echo of our tag names %q, want %q", last.ActorID, d.Me())
	}
}

func checkEvent(t *testing.T, d *desk, kind string, agent bool, mergedInto, other string) {
	t.Helper()
	if agent && kind != "ticket.comment_added" {
		t.Errorf("%s carries a reply", kind)
	}
	if (mergedInto != "") != (kind == "ticket.merged") || mergedInto != "" && mergedInto != other {
		t.Errorf("%s: merged into %q", kind, mergedInto)
	}
}
