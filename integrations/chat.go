package integrations

import "time"

// A ChatMessage is what somebody said in an incident's chat. Only people's
// messages are worth one: what bots post is known from where they have it.
type ChatMessage struct {
	ID     string // the chat's own, unique in it: channel and time in Slack
	Author string // the name that the chat shows; where it names people by id, the id
	Text   string // plain text; "" once the message was deleted
	At     time.Time
	// ChangedAt is when it was edited or deleted; zero where it was not.
	ChangedAt time.Time
	URL       string // permalink, "" for none
}
