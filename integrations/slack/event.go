package slack

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// An event is the Events API's envelope (https://docs.slack.dev/apis/events-api).
type event struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	ID        string `json:"event_id"`
	Event     struct {
		Type        string  `json:"type"`
		Channel     string  `json:"channel"`
		DeletedTS   string  `json:"deleted_ts"`
		Message     message `json:"message"` // as edited
		PreviousTop message `json:"previous_message"`
		message
	} `json:"event"`
}

type message struct {
	User    string `json:"user"`
	BotID   string `json:"bot_id"`
	Text    string `json:"text"`
	TS      string `json:"ts"`
	Subtype string `json:"subtype"`
}

// PeekEvent returns the delivery's id, by which a repeat is known, and the
// challenge that Slack wants back when the address is set up. One of them is "".
func PeekEvent(body []byte) (id, challenge string, err error) {
	var e event
	if err := integrations.DecodeWebhook("slack", body, &e); err != nil {
		return "", "", err
	}
	switch {
	case e.Type == "url_verification" && e.Challenge != "":
		return "", integrations.CleanText(e.Challenge, 200), nil
	case e.ID == "":
		return "", "", integrations.BadFormat("slack", "event_id is missing")
	}
	return integrations.CleanText(e.ID, 100), "", nil
}

// Messages of these subtypes are people's; the others tell of joins, topics
// and the like.
var spoken = map[string]bool{"": true, "file_share": true, "me_message": true, "thread_broadcast": true}

// DecodeEvent reads a message, an edit or a deletion. What bots say is nothing.
func DecodeEvent(body []byte) (integrations.ChatEvent, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return integrations.ChatEvent{}, integrations.ErrBadFormat
	}
	in := e.Event
	said, changed := in.message, ""
	switch {
	case in.Type != "message":
		return integrations.ChatEvent{}, nil
	case in.Subtype == "message_deleted":
		said, changed = message{TS: in.DeletedTS, User: in.PreviousTop.User}, in.TS
	case in.Subtype == "message_changed":
		said, changed = in.Message, in.TS
	}
	if said.BotID != "" || !spoken[said.Subtype] && in.Subtype != "message_deleted" || said.TS == "" || in.Channel == "" {
		return integrations.ChatEvent{}, nil
	}
	at, ok := timeOf(said.TS)
	if !ok {
		return integrations.ChatEvent{}, integrations.BadFormat("slack", "ts is no time")
	}
	changedAt, _ := timeOf(changed) // without one it counts as old as the message
	return integrations.ChatEvent{ChannelID: in.Channel, Messages: []integrations.ChatMessage{{
		ID: in.Channel + ":" + said.TS, Author: said.User, Text: plain(said.Text), At: at, ChangedAt: changedAt,
	}}}, nil
}

// timeOf reads a message's ts: seconds, a point, and a number that makes it unique.
func timeOf(ts string) (time.Time, bool) {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds < 0 || seconds > math.MaxInt32*2 {
		return time.Time{}, false
	}
	micro, err := strconv.Atoi((part + "000000")[:6])
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(seconds, int64(micro)*1000).UTC(), true
}
