package integrations

// A ChatCommand is a slash command that somebody gave in a chat.
type ChatCommand struct {
	Name        string // with its slash: /incident
	Text        string // what follows it
	UserID      string
	User        string // the name that the chat shows, else the id
	ChannelID   string
	Channel     string // its name, without #; "" where the chat does not tell
	ResponseURL string // takes a later answer; "" where there is none
}

// A ChatAnswer is what a command says.
type ChatAnswer struct {
	Text string
	Open bool // for the whole channel, not for the asker alone
}

// A ChatEvent is what one delivery says of a channel. Without messages it says
// nothing: a bot's word, somebody who joined.
type ChatEvent struct {
	ChannelID string
	Messages  []ChatMessage
}
