package worker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// A Chat is one configured chat with all that we can do in it.
type Chat struct {
	Name  string
	Title string // the product, behind the names of its people: "maria (Slack)"
	// Command reads a slash command, once it has proven where it is from.
	Command func(header http.Header, body []byte, now time.Time) (integrations.ChatCommand, error)
	// Answer words an answer as the chat takes it; Later sends one afterwards.
	Answer func(integrations.ChatAnswer) map[string]string
	Later  func(ctx context.Context, responseURL string, a integrations.ChatAnswer) error
	// Event checks a delivery of what was said and returns the key by which a
	// repeat is known, or the challenge that the chat wants back at once. Nil:
	// what is said is not taken.
	Event  func(header http.Header, body []byte, now time.Time) (key, challenge string, err error)
	Decode func(body []byte) (integrations.ChatEvent, error)
	Poster poster // nil: nothing is posted
	// Namer names people whom the chat names by id, Mentions finds such ids in its
	// texts (in its first group). Nil: the chat names them itself.
	Namer    namer
	Mentions *regexp.Regexp

	Users, Channels []string      // by id or name; empty: all
	UpdateEvery     time.Duration // at most so often is a message edited
}

// poster keeps one message in a channel. A text that Post posted with a key is
// found by it; Edit's NotFound means that somebody deleted it.
type poster interface {
	Post(ctx context.Context, channel, key, text string) (id string, err error)
	Edit(ctx context.Context, channel, id, text string) error
	Find(ctx context.Context, channel, key string) (id string, err error)
}

// mayChange says whether a person may declare and change incidents.
func (c Chat) mayChange(cmd integrations.ChatCommand) bool {
	return len(c.Users) == 0 || slices.Contains(c.Users, cmd.UserID) || slices.Contains(c.Users, cmd.User)
}

// listensIn says whether commands are taken in a channel.
func (c Chat) listensIn(cmd integrations.ChatCommand) bool {
	return len(c.Channels) == 0 || slices.Contains(c.Channels, cmd.ChannelID) || slices.Contains(c.Channels, cmd.Channel)
}

func (w *Worker) chat(name string) (Chat, bool) {
	n := slices.IndexFunc(w.Chats, func(c Chat) bool { return c.Name == name })
	if n < 0 {
		return Chat{}, false
	}
	return w.Chats[n], true
}

// chatSaid is what a chat's delivery told.
type chatSaid struct {
	chat  string
	event integrations.ChatEvent
	at    time.Time // when it came
}

// acceptSaid puts what was said into the timeline of the channel's incident.
// In a channel that is about none it is forgotten.
func (w *Worker) acceptSaid(ctx context.Context, q *schema.Queries, said chatSaid) error {
	if len(said.event.Messages) == 0 {
		return nil
	}
	i, err := w.incidentOfChannel(ctx, q, said.chat, said.event.ChannelID)
	if err != nil || i == 0 {
		return err
	}
	for n := range said.event.Messages {
		if said.event.Messages[n].At.IsZero() {
			said.event.Messages[n].At = said.at
		}
	}
	if err := w.meetPeople(ctx, q, said.chat, said.event.Messages); err != nil {
		return err
	}
	return w.AcceptChat(ctx, q, i, said.chat, said.event.Messages)
}

// incidentOfChannel is the incident that a channel is about, 0 for none: the
// one it was linked to, else the one whose cross references lead to it.
func (w *Worker) incidentOfChannel(ctx context.Context, q *schema.Queries, chat, channel string) (int64, error) {
	i, err := q.ChannelIncident(ctx, schema.ChannelIncidentParams{Chat: chat, Channel: channel})
	if err == nil {
		return i.ID, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("find incident of channel %s of %s: %w", channel, chat, err)
	}
	ids, err := q.ReferencedChannel(ctx, "/"+channel)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], w.linkChannel(ctx, q, chat, channel, ids[0], machine)
}

func (w *Worker) linkChannel(ctx context.Context, q *schema.Queries, chat, channel string, incident int64, by string) error {
	if _, err := q.LockIncidentByID(ctx, incident); err != nil { // before the channel, as measuring does
		return fmt.Errorf("lock incident of channel %s: %w", channel, err)
	}
	err := q.LinkChannel(ctx, schema.LinkChannelParams{Chat: chat, Channel: channel, Incident: incident, LinkedBy: by, Now: w.now()})
	if err != nil {
		return fmt.Errorf("link channel %s of %s: %w", channel, chat, err)
	}
	return w.audit(ctx, q, by, "channel_linked", &incident, nil, map[string]any{"chat": chat, "channel": channel})
}
