package notify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify"
)

// A slackAnswer stands for Slack: it keeps the request and answers.
type slackAnswer struct {
	status           int
	body, retryAfter string

	url, auth string
	sent      struct {
		Text, Channel string
		Blocks        []map[string]any
	}
}

func (a *slackAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	a.url, a.auth = r.URL.String(), r.Header.Get("Authorization")
	if err := json.NewDecoder(r.Body).Decode(&a.sent); err != nil {
		return nil, err
	}
	header := http.Header{}
	if a.retryAfter != "" {
		header.Set("Retry-After", a.retryAfter)
	}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

const (
	slackHook = "slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook"
	slackBot  = "slack://xoxb:123456789012-1234567890123-123456789123456789123456@C001CH4NN3L"
)

func slackTarget(t *testing.T, url string, a *slackAnswer) *notify.Target {
	t.Helper()
	target, err := notify.New("leads", url, notify.Options{Transport: a, Buttons: true})
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestSlackButtonsCarryTheFollowUp(t *testing.T) {
	for url, want := range map[string][3]string{
		slackHook: {"https://hooks.slack.com/services/AAAAAAAAA/BBBBBBBBB/123456789123456789123456", "", ""},
		slackBot:  {"https://slack.com/api/chat.postMessage", "Bearer xoxb-123456789012-1234567890123-123456789123456789123456", "C001CH4NN3L"},
	} {
		a := &slackAnswer{status: 200, body: `{"ok":true}`}
		m := reminder()
		m.Text = "<!here> a & b\n"
		m.Fields["language"] = "de"
		if err := slackTarget(t, url, a).Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if got := [3]string{a.url, a.auth, a.sent.Channel}; got != want {
			t.Errorf("called %q, want %q", got, want)
		}
		raw, _ := json.Marshal(a.sent.Blocks[1])
		if !strings.Contains(string(raw), `\u0026lt;!here\u0026gt; a \u0026amp; b`) {
			t.Errorf("the text is %s", raw)
		}
		elements, _ := a.sent.Blocks[2]["elements"].([]any)
		var got []string
		for _, e := range elements {
			b := e.(map[string]any)
			got = append(got, b["action_id"].(string)+" "+b["value"].(string)+" "+b["text"].(map[string]any)["text"].(string))
		}
		if diff := cmp.Diff([]string{"done 17 Erledigt", "snooze 17 Später", "not_affected 17 Nicht betroffen"}, got); diff != "" {
			t.Errorf("buttons (-want +got):\n%s", diff)
		}
	}
}

// A digest is about many follow-ups: no button could say which.
func TestADigestHasNoButtons(t *testing.T) {
	a := &slackAnswer{status: 200, body: "ok"}
	m := reminder()
	delete(m.Fields, "follow_up_id")
	m.Text = strings.Repeat("- ticket 17: send news & more\n", 250)
	if err := slackTarget(t, slackHook, a).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, b := range a.sent.Blocks[1:] {
		part := b["text"].(map[string]any)["text"].(string)
		if b["type"] != "section" || len(part) > 3000 {
			t.Errorf("a %s of %d bytes", b["type"], len(part))
		}
		text += part
	}
	if strings.Count(text, "ticket 17") != 250 || len(a.sent.Blocks) > 50 {
		t.Errorf("%d blocks name %d tickets", len(a.sent.Blocks), strings.Count(text, "ticket 17"))
	}
}

func TestSlacksOwnCodeSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		url    string
		answer slackAnswer
		kind   integrations.Kind
		want   string
	}{
		{slackBot, slackAnswer{status: 200, body: `{"ok":false,"error":"channel_not_found"}`}, integrations.NotFound, "channel_not_found"},
		{slackBot, slackAnswer{status: 200, body: `{"ok":false,"error":"token_revoked"}`}, integrations.Unauthorized, "token_revoked"},
		{slackBot, slackAnswer{status: 200, body: `{"ok":false,"error":"something SECRET"}`}, integrations.Refused, ""},
		{slackBot, slackAnswer{status: 429, retryAfter: "7", body: `{"ok":false,"error":"ratelimited"}`}, integrations.RateLimited, "HTTP 429"},
		{slackHook, slackAnswer{status: 404, body: "no_service"}, integrations.NotFound, "no_service"},
		{slackHook, slackAnswer{status: 400, body: "invalid_payload"}, integrations.Refused, "invalid_payload"},
		{slackHook, slackAnswer{status: 500, body: "rollup_error"}, integrations.Temporary, "rollup_error"},
	} {
		err := slackTarget(t, c.url, &c.answer).Send(t.Context(), reminder())
		if e := failure(t, err); e.Kind != c.kind || !strings.Contains(e.Error(), c.want) || strings.Contains(e.Error(), "SECRET") {
			t.Errorf("%d %s becomes %v", c.answer.status, c.answer.body, e)
		}
	}
}

func TestSlackButtonsSayWhatTheURLMustBe(t *testing.T) {
	_, err := notify.New("leads", "slack://SECRET", notify.Options{Buttons: true})
	if err == nil || !strings.Contains(err.Error(), "slack://hook:A-B-C@webhook") || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("%v", err)
	}
}
