package report

import (
	"regexp"
	"strings"
	"time"
)

// A Message is what somebody said in the incident's chat.
type Message struct {
	At     time.Time
	Author string
	Text   string
	URL    string // "" for none
}

const (
	messagesTold  = 60  // messages that a timeline tells one by one
	messageLength = 280 // characters of one that it shows
)

// messages tells what was said. People speak freely in a chat, so how much is
// told hangs on privacy: with none only how many spoke, with organizations the
// text without e-mail addresses and telephone numbers, with all the text as it
// is. Where many spoke they are counted.
func messages(all []Message, privacy string, step time.Duration) []Event {
	if privacy == "none" || len(all) > messagesTold {
		return countMessages(all, step)
	}
	var events []Event
	for _, m := range all {
		text := shorten(strings.Join(strings.Fields(m.Text), " "))
		if privacy != "all" {
			text = withoutContacts(text)
		}
		events = append(events, Event{At: m.At, Kind: "message", Text: text, Actor: m.Author, URL: m.URL})
	}
	return events
}

func countMessages(all []Message, step time.Duration) []Event {
	var often []happening
	for _, m := range all {
		often = append(often, happening{at: m.At, n: 1})
	}
	return fold(often, step, func(h happening) Event {
		return Event{Kind: "message", Text: count(h.n, "message") + " in the incident's chat"}
	})
}

func shorten(text string) string {
	if runes := []rune(text); len(runes) > messageLength {
		return strings.TrimSpace(string(runes[:messageLength-1])) + "…"
	}
	return text
}

// contacts are e-mail addresses, and telephone numbers as they are written with
// + or 0 in front or in American groups. Dates and addresses of machines stay.
var contacts = regexp.MustCompile(`[^\s<>()@:|]+@[^\s<>()@|]+\.\w+|(?:\+|\b0)\d[\d ()/.-]{6,}\d|\(?\b\d{3}\)?[ -]\d{3}-\d{4}\b`)

func withoutContacts(text string) string { return contacts.ReplaceAllString(text, "(left out)") }
