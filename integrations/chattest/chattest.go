// Package chattest holds the chats to what all of them promise.
package chattest

import (
	"context"
	"errors"
	"testing"

	"github.com/ticketlink/ticketlink/integrations"
)

// A Client posts to a chat's channels.
type Client interface {
	Post(ctx context.Context, channel, key, text string) (id string, err error)
	Edit(ctx context.Context, channel, id, text string) error
	Find(ctx context.Context, channel, key string) (id string, err error)
	Check(ctx context.Context) (found string, err error)
}

// Posts requires that a message is posted, found by its key and edited in place.
// Shown is what the only message says; stranger is a client with a wrong token.
func Posts(t *testing.T, client, stranger Client, shown func() string) {
	ctx := t.Context()
	id, err := client.Post(ctx, "C1", "key-1", "one")
	if err != nil || shown() != "one" {
		t.Fatalf("posted %q, %v", shown(), err)
	}
	for key, want := range map[string]string{"key-1": id, "key-2": ""} {
		if found, err := client.Find(ctx, "C1", key); found != want || err != nil {
			t.Errorf("by %s found %q (%v), want %q", key, found, err, want)
		}
	}
	if err := client.Edit(ctx, "C1", id, "two"); err != nil || shown() != "two" {
		t.Errorf("edited to %q, %v", shown(), err)
	}
	if err := client.Edit(ctx, "C1", "1.2", "two"); integrations.KindOf(err) != integrations.NotFound {
		t.Errorf("editing what is gone: %v", err)
	}
	if found, err := client.Check(ctx); found == "" || err != nil {
		t.Errorf("check: %q, %v", found, err)
	}
	if _, err := stranger.Check(ctx); integrations.KindOf(err) != integrations.Unauthorized {
		t.Errorf("a wrong token: %v", err)
	}
}

// Commands requires that what is no slash command is refused as ErrBadFormat.
func Commands(t *testing.T, decode func(body []byte) (integrations.ChatCommand, error)) {
	for _, body := range []string{"", "payload=x", "command=/incident&user_id=U1", "command=/incident&channel_id=C1", "%zz"} {
		if _, err := decode([]byte(body)); !errors.Is(err, integrations.ErrBadFormat) {
			t.Errorf("%q: %v, want a bad format", body, err)
		}
	}
}

// Fuzz requires that whatever arrives is refused as ErrBadFormat, or decoded to
// messages with all that a timeline needs.
func Fuzz(f *testing.F, decode func(body []byte) (integrations.ChatEvent, error), timed bool, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := decode(body)
		if err != nil && (!errors.Is(err, integrations.ErrBadFormat) || len(e.Messages) > 0) {
			t.Errorf("%+v, %v", e, err)
		}
		for _, m := range e.Messages {
			if m.ID == "" || e.ChannelID == "" || timed && m.At.IsZero() {
				t.Errorf("%+v", e)
			}
		}
	})
}
