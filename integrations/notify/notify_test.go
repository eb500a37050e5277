package notify_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify"
	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
)

func target(t *testing.T, url string) *notify.Target {
	t.Helper()
	target, err := notify.New("leads", url, notify.Options{Clock: func() time.Time {
		return time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func reminder() integrations.Message {
	return integrations.Message{
		Key:     "INC-42/support/7/closing/1/reminder/3",
		Subject: "INC-42: tell the customer that it is resolved (ticket 1)",
		Text:    "Please tell the customer.\nTicket 1 https://acme.example/tickets/1\n",
		URL:     "https://ticketlink.example/i/INC-42",
		Fields: map[string]string{
			"incident": "INC-42", "follow_up_id": "17", "kind": "closing", "ticket_ids": "1,2",
			"due_at": "2026-03-02T14:00:00Z", "stage": "3", "escalation": "true",
		},
	}
}

// failure is the integrations.Error that every error must be.
func failure(t *testing.T, err error) *integrations.Error {
	t.Helper()
	e, ok := errors.AsType[*integrations.Error](err)
	if !ok {
		t.Fatalf("%v is no integrations.Error", err)
	}
	return e
}

func TestAGenericTargetGetsOneObjectThatAToolCanActOn(t *testing.T) {
	fake := notifyfake.New()
	defer fake.Close()
	if err := target(t, fake.Target()).Send(t.Context(), reminder()); err != nil {
		t.Fatal(err)
	}
	got := fake.Messages()
	if len(got) != 1 || got[0].Key != reminder().Key || got[0].Header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %+v", got)
	}
	want := map[string]any{
		"title": reminder().Subject, "message": reminder().Text, "key": reminder().Key, "url": reminder().URL,
		"incident": "INC-42", "follow_up_id": "17", "kind": "closing", "ticket_ids": []any{"1", "2"},
		"due_at": "2026-03-02T14:00:00Z", "stage": "3", "escalation": "true",
	}
	if diff := cmp.Diff(want, got[0].Body); diff != "" {
		t.Errorf("the body differs (-want +got):\n%s", diff)
	}
}

func TestAGenericURLTakesShoutrrrsOptions(t *testing.T) {
	type request struct {
		path, auth, team, key, body string
	}
	var got request
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		got = request{r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("X-Team"), r.Header.Get("Idempotency-Key"), body.String()}
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	options := "?@X-Team=ops&$source=ticketlink&titleKey=subject&messagekey=text&template=json&method=POST&__title=kept&q=1&@Idempotency-Key=theirs"
	for _, url := range []string{
		"generic+http://ann:s3cret@" + host + "/hook/" + options,
		"generic://ann:s3cret@" + host + "/hook/" + options + "&disabletls=yes",
	} {
		if err := target(t, url).Send(t.Context(), integrations.Message{Key: "k", Subject: "s", Text: "t"}); err != nil {
			t.Fatal(err)
		}
		want := request{"/hook/?q=1&title=kept", "Basic YW5uOnMzY3JldA==", "ops", "k", `{"key":"k","source":"ticketlink","subject":"s","text":"t","url":""}`}
		if got != want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", url, got, want)
		}
	}
}

func TestAFailureSaysWhetherToTryAgain(t *testing.T) {
	for _, c := range []struct {
		status, retryAfter int
		kind               integrations.Kind
		wait               time.Duration
	}{
		{429, 7, integrations.RateLimited, 7 * time.Second},
		{429, 0, integrations.RateLimited, time.Minute},
		{500, 0, integrations.Temporary, 0},
		{503, 30, integrations.Temporary, 30 * time.Second},
		{400, 0, integrations.Refused, 0},
		{401, 0, integrations.Unauthorized, 0},
		{404, 0, integrations.NotFound, 0},
	} {
		fake := notifyfake.New()
		fake.Fail(1, c.status, c.retryAfter)
		to := target(t, fake.Target())
		e := failure(t, to.Send(t.Context(), reminder()))
		if e.Kind != c.kind || e.Status != c.status || e.RetryAfter != c.wait || !strings.HasPrefix(e.Op, "notify leads: ") {
			t.Errorf("%d: %+v", c.status, e)
		}
		if err := to.Send(t.Context(), reminder()); err != nil || fake.Attempts() != 2 || len(fake.Messages()) != 1 {
			t.Errorf("%d: the second try: %v, %d attempts, %d accepted", c.status, err, fake.Attempts(), len(fake.Messages()))
		}
		fake.Close()
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := notifyfake.New()
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		e := failure(t, target(t, "generic+"+server.URL).Send(t.Context(), reminder()))
		if e.Kind != integrations.Refused || elsewhere.Attempts() != 0 {
			t.Errorf("%d: %v, %d requests elsewhere", status, e, elsewhere.Attempts())
		}
		server.Close()
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	host := strings.TrimPrefix(server.URL, "http://")
	for _, url := range []string{
		"generic+" + server.URL,
		"mattermost://" + host + "/token?disabletls=yes",
		"smtp://" + silentServer(t) + "/?from=a@b.example&to=c@d.example",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := target(t, url).Send(ctx, reminder())
		cancel()
		if failure(t, err).Kind != integrations.Temporary {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// Secrets stand in every part of a URL that may hold one; none may come out.
func TestErrorsHoldNoSecret(t *testing.T) {
	const secret = "hunter2sEcReT"
	closed := httptest.NewServer(http.NotFoundHandler())
	host := strings.TrimPrefix(closed.URL, "http://")
	closed.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no "+r.URL.String()+r.Header.Get("Authorization")+secret, http.StatusForbidden)
	}))
	defer refusing.Close()
	open := strings.TrimPrefix(refusing.URL, "http://")
	for _, url := range []string{
		"::" + secret,
		secret,
		"http://[" + secret,
		secret + "://x",
		"generic+ftp://" + secret,
		"generic://host/?method=" + secret,
		"slack://hook:" + secret + "@webhook",
		"smtp://u:" + secret + "@host:notaport/?from=a@b.example",
		"smtp://u:" + secret + "@host/?from=" + secret + "&to=c@d.example",
		"smtp://u:" + secret + "@host/?nosuchoption=" + secret + "&from=a@b.example&to=c@d.example",
		"telegram://" + secret + "@telegram?channels=1",
		"teams://" + secret,
		"generic+http://u:" + secret + "@" + host + "/" + secret + "?" + secret + "=" + secret,
		"generic+http://u:" + secret + "@" + open + "/" + secret + "?" + secret + "=" + secret,
		"mattermost://" + host + "/" + secret + "?disabletls=yes",
		"mattermost://" + open + "/" + secret + "?disabletls=yes",
		"ntfy://u:" + secret + "@" + open + "/" + secret + "?scheme=http",
		"smtp://u:" + secret + "@" + host + "/?from=a@b.example&to=c@d.example",
	} {
		to, err := notify.New("leads", url, notify.Options{})
		if err == nil {
			err = to.Send(t.Context(), reminder())
		}
		if err == nil {
			t.Errorf("%s: no error", url)
		} else if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(secret)) {
			t.Errorf("%s: the secret is in %q", url, err)
		}
	}
}

func TestNewSaysWhatASchemeExpects(t *testing.T) {
	for url, want := range map[string]string{
		"":                                  "slack://",
		"/just/a/path":                      "slack://",
		"carrierpigeon://x":                 "scheme is not known",
		"slack://nonsense":                  "slack",
		"smtp://host/":                      "from=a@b.example",
		"smtp://host/?from=a@b.example&to=": "such as a@b.example",
		"smtp://host/?from=a%0D%0ABcc:x@b.example&to=c@d.example": "plain addresses",
		"smtp:///?from=a@b.example&to=c@d.example":                "host",
		"generic://":                      "generic+https://host/path",
		"generic+ws://host":               "generic+https://host/path",
		"generic://host/?method=PUT":      "method",
		"generic://host/?@X%0A=1":         "header's name",
		"generic://host/?@X=1%0D%0AY:2":   "header's name",
		"generic://host/?template=custom": "template",
	} {
		if _, err := notify.New("leads", url, notify.Options{}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"leads"`) {
			t.Errorf("%q: %v, want one that says %q", url, err, want)
		}
	}
}

func TestEveryDocumentedTargetIsUnderstood(t *testing.T) {
	for _, url := range []string{
		"slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook",
		"slack://xoxb:123456789012-1234567890123-4mt0t4l1YL3g1T5L4cK70k3N@C001CH4NN3L",
		"mattermost://chat.example/4o5mnd8b1fbzmm3hmcn5fhfqce/incidents",
		"ntfy://ntfy.example/incidents",
		"discord://token@123456789",
		"logger://",
		"generic+https://tool.example/hook",
		"smtp://ann:secret@mail.example:587/?from=a@b.example&to=c@d.example,e@f.example",
	} {
		if got := target(t, url).Name(); got != "leads" {
			t.Errorf("%s is named %q", url, got)
		}
	}
}

func TestALoggerTargetWritesToTheLog(t *testing.T) {
	var log bytes.Buffer
	to, err := notify.New("dev", "logger://", notify.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Send(t.Context(), reminder()); err != nil || !strings.Contains(log.String(), reminder().Subject) {
		t.Errorf("%v, log:\n%s", err, log.String())
	}
}

func TestCheckSendsNothing(t *testing.T) {
	fake := notifyfake.New()
	to := target(t, fake.Target())
	if tried, err := to.Check(t.Context()); err != nil || !strings.Contains(tried, "nothing was sent") || fake.Attempts() != 0 {
		t.Errorf("%q, %v, %d requests", tried, err, fake.Attempts())
	}
	fake.Close()
	if _, err := to.Check(t.Context()); failure(t, err).Detail != "connection refused" {
		t.Errorf("with nobody there: %v", err)
	}
	if tried, err := target(t, "ntfy://ntfy.example/incidents").Check(t.Context()); err != nil || !strings.Contains(tried, "not proven") {
		t.Errorf("%q, %v", tried, err)
	}
}

func TestALongMessageIsCut(t *testing.T) {
	fake := notifyfake.New()
	defer fake.Close()
	m := reminder()
	m.Subject = strings.Repeat("é", 1000) + "\r\nBcc: x"
	m.Text = strings.Repeat("\x00\u20ac", 100_000)
	if err := target(t, fake.Target()).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := fake.Messages()[0]
	if got.Text("title") != strings.Repeat("é", 125) || got.Text("message") != strings.Repeat("\u20ac", 8192/3) {
		t.Errorf("%d and %d bytes", len(got.Text("title")), len(got.Text("message")))
	}
}
