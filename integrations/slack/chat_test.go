package slack

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/slack/slackfake"
)

func TestDecodeCommand(t *testing.T) {
	got, err := DecodeCommand([]byte(slackfake.Command("/incident", "declare A &amp; B", "U1", "maria", "C1")))
	want := integrations.ChatCommand{Name: "/incident", Text: "declare A & B", UserID: "U1", User: "maria", ChannelID: "C1", Channel: "name-of-C1",
		ResponseURL: "https://hooks.slack.com/commands/T1/1/x"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, body := range []string{"", "payload=x", "command=/incident&user_id=U1", "%zz"} {
		if _, err := DecodeCommand([]byte(body)); !errors.Is(err, integrations.ErrBadFormat) {
			t.Errorf("%q: %v, want a bad format", body, err)
		}
	}
}

func TestDecodeEvent(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 59, 0, 200_000, time.UTC)
	message := func(text string) integrations.ChatEvent {
		return integrations.ChatEvent{ChannelID: "C1", Messages: []integrations.ChatMessage{{ID: "C1:1795424340.000200", Author: "U7", Text: text, At: at}}}
	}
	said := slackfake.Said("Ev1", "C1", "U7", "1795424340.000200", "a &lt; b")
	for name, tt := range map[string]struct {
		body string
		want integrations.ChatEvent
	}{
		"said":         {said, message("a < b")},
		"in a thread":  {strings.Replace(said, `"user"`, `"subtype":"thread_broadcast","user"`, 1), message("a < b")},
		"edited":       {slackfake.Edited("Ev2", "C1", "U7", "1795424340.000200", "c"), message("c")},
		"deleted":      {slackfake.Deleted("Ev3", "C1", "U7", "1795424340.000200"), message("")},
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

// Whatever arrives is refused or decoded to a message with its time.
func FuzzDecodeEvent(f *testing.F) {
	f.Add([]byte(slackfake.Said("Ev1", "C1", "U7", "1795424340.000200", "a")))
	f.Add([]byte(slackfake.Deleted("Ev3", "C1", "U7", "1795424340.000200")))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := DecodeEvent(body)
		for _, m := range e.Messages {
			if err != nil || m.ID == "" || m.At.IsZero() || e.ChannelID == "" {
				t.Errorf("%+v, %v", e, err)
			}
		}
	})
}

// Slack answers 200 also where it failed: each error has its kind.
func TestPostEditFind(t *testing.T) {
	fake := slackfake.New()
	defer fake.Close()
	client, err := New(Config{URL: fake.URL, BotToken: fake.BotToken})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	id, err := client.Post(ctx, "C1", "key-1", "1 < 2")
	if err != nil || fake.Posts()[0].Text != "1 &lt; 2" {
		t.Fatalf("%v, posts %+v", err, fake.Posts())
	}
	if found, err := client.Find(ctx, "C1", "key-1"); found != id || err != nil {
		t.Errorf("found %q (%v), want %q", found, err, id)
	}
	if found, err := client.Find(ctx, "C1", "key-2"); found != "" || err != nil {
		t.Errorf("found %q (%v) by another key", found, err)
	}
	if err := client.Edit(ctx, "C1", id, "now"); err != nil || fake.Posts()[0].Text != "now" {
		t.Errorf("%v, posts %+v", err, fake.Posts())
	}
	if err := client.Edit(ctx, "C1", "1.2", "now"); integrations.KindOf(err) != integrations.NotFound {
		t.Errorf("editing what is gone: %v", err)
	}
	for code, kind := range map[string]integrations.Kind{"not_in_channel": integrations.Unauthorized, "is_archived": integrations.NotFound,
		"ratelimited": integrations.RateLimited, "internal_error": integrations.Temporary, "msg_too_long": integrations.Refused} {
		fake.Refuse(code)
		if _, err := client.Post(ctx, "C1", "key-1", "x"); integrations.KindOf(err) != kind || strings.Contains(err.Error(), fake.BotToken) {
			t.Errorf("%s: %v", code, err)
		}
	}
	fake.Refuse("")
	wrong, _ := New(Config{URL: fake.URL, BotToken: "xoxb-other"})
	if err := wrong.Check(ctx); integrations.KindOf(err) != integrations.Unauthorized {
		t.Errorf("a wrong token: %v", err)
	}
	if err := RespondCommand(ctx, http.DefaultClient, "https://evil.example/commands", integrations.ChatAnswer{}); err == nil {
		t.Error("another host was answered")
	}
}
