package mattermost

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/chattest"
	"github.com/ticketlink/ticketlink/integrations/mattermost/mattermostfake"
)

func TestCommand(t *testing.T) {
	fake := mattermostfake.New()
	defer fake.Close()
	body, header := fake.Command("/incident", "declare A", "maria", "town")
	given := http.Header{"Authorization": {header["Authorization"]}}
	tokens := []string{"another", fake.CommandToken}
	for name, tt := range map[string]struct {
		header http.Header
		tokens []string
		good   bool
	}{
		"in the header":   {given, tokens, true},
		"in the form":     {nil, tokens, true},
		"another command": {given, []string{"another"}, false},
		"none configured": {nil, []string{""}, false},
	} {
		if err := VerifyCommand(tt.header, []byte(body), tt.tokens); (err == nil) != tt.good || err != nil && !errors.Is(err, integrations.ErrBadSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := DecodeCommand([]byte(body))
	if err != nil || got.User != "maria" || got.UserID != "id-of-maria" || got.ChannelID != "town" || got.Text != "declare A" {
		t.Errorf("%+v, %v", got, err)
	}
	chattest.Commands(t, DecodeCommand)
	a := integrations.ChatAnswer{Text: "done"}
	if err := RespondCommand(t.Context(), http.DefaultClient, fake.URL, got.ResponseURL, a); err != nil || len(fake.Later()) != 1 {
		t.Errorf("%v, later answers %v", err, fake.Later())
	}
	if err := RespondCommand(t.Context(), http.DefaultClient, fake.URL, "http://evil.example/hooks", a); err == nil {
		t.Error("another host was answered")
	}
}

func TestEvent(t *testing.T) {
	fake := mattermostfake.New()
	defer fake.Close()
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	body := fake.Said("p1", "town", "ada", "it was the proxy", at)
	if id, err := PeekEvent([]byte(body), fake.WebhookToken); id != "p1" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	for _, token := range []string{"", "other"} {
		if _, err := PeekEvent([]byte(body), token); !errors.Is(err, integrations.ErrBadSignature) {
			t.Errorf("token %q: %v", token, err)
		}
	}
	if _, err := PeekEvent([]byte(strings.Replace(body, "p1", "", 1)), fake.WebhookToken); !errors.Is(err, integrations.ErrBadFormat) {
		t.Errorf("without an id: %v", err)
	}
	got, err := DecodeEvent([]byte(body))
	want := integrations.ChatEvent{ChannelID: "town", Messages: []integrations.ChatMessage{{ID: "p1", Author: "ada", Text: "it was the proxy", At: at}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func FuzzDecodeEvent(f *testing.F) {
	chattest.Fuzz(f, DecodeEvent, false, `{"channel_id":"town","post_id":"p1","user_name":"ada","text":"a","timestamp":1795424340000}`)
}

func TestPosts(t *testing.T) {
	fake := mattermostfake.New()
	defer fake.Close()
	client, err := New(Config{URL: fake.URL, BotToken: fake.BotToken})
	if err != nil {
		t.Fatal(err)
	}
	stranger, _ := New(Config{URL: fake.URL, BotToken: "other"})
	chattest.Posts(t, client, stranger, func() string { return fake.Posts()[0].Text })
}
