package slack

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/chattest"
	"github.com/ticketlink/ticketlink/integrations/slack/slackfake"
)

func TestDecodeCommand(t *testing.T) {
	got, err := DecodeCommand([]byte(slackfake.Command("/incident", "declare A &amp; B", "U1", "maria", "C1")))
	want := integrations.ChatCommand{Name: "/incident", Text: "declare A & B", UserID: "U1", User: "maria", ChannelID: "C1", Channel: "name-of-C1",
		ResponseURL: "https://hooks.slack.com/commands/T1/1/x"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	chattest.Commands(t, DecodeCommand)
}

func TestDecodeEvent(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 59, 0, 200_000, time.UTC)
	message := func(text string) integrations.ChatEvent {
		return integrations.ChatEvent{ChannelID: "C1", Messages: []integrations.ChatMessage{{ID: "C1:1795424340.000200", Author: "U7", Text: text, At: at}}}
	}
	changed := func(e integrations.ChatEvent, after time.Duration) integrations.ChatEvent {
		e.Messages[0].ChangedAt = at.Add(after)
		return e
	}
	said := slackfake.Said("Ev1", "C1", "U7", "1795424340.000200", "a &lt; b")
	for name, tt := range map[string]struct {
		body string
		want integrations.ChatEvent
	}{
		"said":         {said, message("a < b")},
		"in a thread":  {strings.Replace(said, `"user"`, `"subtype":"thread_broadcast","user"`, 1), message("a < b")},
		"edited":       {slackfake.Edited("Ev2", "C1", "U7", "1795424340.000200", "c"), changed(message("c"), time.Minute)},
		"deleted":      {slackfake.Deleted("Ev3", "C1", "U7", "1795424340.000200"), changed(message(""), 2*time.Minute)},
		"by a bot":     {strings.Replace(said, `"user"`, `"bot_id":"B1","user"`, 1), integrations.ChatEvent{}},
		"a join":       {strings.Replace(said, `"user"`, `"subtype":"channel_join","user"`, 1), integrations.ChatEvent{}},
		"another type": {strings.Replace(said, `"type":"message"`, `"type":"reaction_added"`, 1), integrations.ChatEvent{}},
	} {
		got, err := DecodeEvent([]byte(tt.body))
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestPeekEvent(t *testing.T) {
	for body, want := range map[string][2]string{
		`{"type":"url_verification","challenge":"abc"}`:     {"", "abc"},
		`{"type":"event_callback","event_id":"Ev1"}`:        {"Ev1", ""},
		`{"type":"event_callback"}`:                         {},
		`[]`:                                                {},
		`{"type":"url_verification","challenge":""}`:        {},
		`{"type":"event_callback","event_id":"Ev1","x":[]}`: {"Ev1", ""},
	} {
		id, challenge, err := PeekEvent([]byte(body))
		if [2]string{id, challenge} != want || (err == nil) != (want != [2]string{}) {
			t.Errorf("%s: %q %q %v, want %q", body, id, challenge, err, want)
		}
	}
}

func FuzzDecodeEvent(f *testing.F) {
	chattest.Fuzz(f, DecodeEvent, true, slackfake.Said("Ev1", "C1", "U7", "1795424340.000200", "a <@U7>"), slackfake.Edited("Ev2", "C1", "U7", "1795424340.000200", "b"),
		slackfake.Deleted("Ev3", "C1", "U7", "1795424340.000200"))
}

func open(t *testing.T) (*slackfake.Server, func(token string) *Client) {
	fake := slackfake.New()
	t.Cleanup(fake.Close)
	return fake, func(token string) *Client {
		client, err := New(Config{URL: fake.URL, BotToken: token})
		if err != nil {
			t.Fatal(err)
		}
		return client
	}
}

func TestPosts(t *testing.T) {
	fake, connect := open(t)
	chattest.Posts(t, connect(fake.BotToken), connect("xoxb-other"), func() string { return fake.Posts()[0].Text })
}

// Slack answers 200 also where it failed: each error has its kind.
func TestErrors(t *testing.T) {
	fake, connect := open(t)
	client, ctx := connect(fake.BotToken), t.Context()
	if _, err := client.Post(ctx, "C1", "key-1", "1 < 2"); err != nil || fake.Posts()[0].Text != "1 &lt; 2" {
		t.Errorf("%v, posts %+v", err, fake.Posts())
	}
	for code, kind := range map[string]integrations.Kind{"not_in_channel": integrations.Unauthorized, "is_archived": integrations.NotFound,
		"ratelimited": integrations.RateLimited, "internal_error": integrations.Temporary, "msg_too_long": integrations.Refused} {
		fake.Refuse(code)
		if _, err := client.Post(ctx, "C1", "key-1", "x"); integrations.KindOf(err) != kind || strings.Contains(err.Error(), fake.BotToken) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := RespondCommand(ctx, http.DefaultClient, "https://evil.example/commands", integrations.ChatAnswer{}); err == nil {
		t.Error("another host was answered")
	}
}

// People are named as the workspace shows them; without the scope they stay ids.
func TestNames(t *testing.T) {
	fake, connect := open(t)
	client := connect(fake.BotToken)
	if name, err := client.Name(t.Context(), "U7"); name != "Grace" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	if _, err := client.Name(t.Context(), "U404"); integrations.KindOf(err) != integrations.NotFound {
		t.Errorf("nobody: %v", err)
	}
	fake.Grant("chat:write")
	if _, err := client.Name(t.Context(), "U7"); integrations.KindOf(err) != integrations.Unauthorized {
		t.Errorf("without the scope: %v", err)
	}
	if found, err := client.Check(t.Context()); !strings.Contains(found, "users:read") || err != nil {
		t.Errorf("check: %q, %v", found, err)
	}
}

// What Slack puts between < and > reads as people see it.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"<@U7> and <@U8|ada>, see <#C1|general>":       "@U7 and @ada, see #general",
		"<https://x.example> <https://x.example|here>": "https://x.example here (https://x.example)",
		"<https://x.example|https://x.example>":        "https://x.example",
		"<!here> <!subteam^S1|@ops> <!subteam^S2>":     "@here @ops @subteam",
		"1 &lt; 2 &amp;&amp; 3 &gt; 2":                 "1 < 2 && 3 > 2",
		"&lt;@U7&gt; was typed":                        "<@U7> was typed",
	} {
		if got := plain(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
