package config

import (
	"fmt"
	"net/url"
	"time"
)

// Kinds of chats that this version speaks.
const (
	Slack      = "slack"
	Mattermost = "mattermost"
)

// A Chat takes commands, tells what is said in incidents' channels, and shows
// the impact there.
type Chat struct {
	Name          string        `yaml:"name" required:"true" format:"name" doc:"appears in URLs: /webhooks/{name}/command takes /incident and /impact, /webhooks/{name}/events what is said"`
	Kind          string        `yaml:"kind" required:"true" enum:"slack,mattermost" doc:"which product it is"`
	URL           string        `yaml:"url" format:"url" doc:"mattermost: the server's address; slack: absent"`
	SigningSecret Secret        `yaml:"signing_secret" doc:"slack: the app's signing secret"`
	CommandTokens []Secret      `yaml:"command_tokens" doc:"mattermost: the tokens of its slash commands"`
	WebhookToken  Secret        `yaml:"webhook_token" doc:"mattermost: the token of the outgoing webhook; absent: what is said is not taken"`
	BotToken      Secret        `yaml:"bot_token" doc:"as whom impact is posted in linked channels; absent: it is not"`
	Users         []string      `yaml:"users" doc:"who may declare and change incidents, by the chat's user id or name; absent: everybody who may use the command"`
	Channels      []string      `yaml:"channels" doc:"where commands are taken, by channel id or name; absent: everywhere"`
	UpdateEvery   time.Duration `yaml:"update_every" default:"5m" min:"10s" max:"24h" doc:"how often at most the posted impact is edited"`
}

// Address is where the chat is called.
func (c Chat) Address() string {
	if c.Kind == Slack && c.URL == "" {
		return "https://slack.com"
	}
	return c.URL
}

// checkChats: chats share /webhooks/{name} with helpdesks and sources.
func (d *decoder) checkChats(names map[string]string, chats []Chat) {
	for i, c := range chats {
		path := fmt.Sprintf("chat[%d]", i)
		d.unique(names, c.Name, path+".name")
		if u, err := url.Parse(c.URL); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
			d.problem(path+".url", "is plain http, which shows the tokens to the network; expected https")
		}
		switch {
		case c.Kind == Slack && !d.written(path+".signing_secret"):
			d.problem(path+".signing_secret", "is missing; expected the app's signing secret")
		case c.Kind == Mattermost && c.URL == "":
			d.problem(path+".url", "is missing; expected the server's address")
		case c.Kind == Mattermost && len(c.CommandTokens) == 0 && !d.written(path+".webhook_token"):
			d.problem(path+".command_tokens", "is missing; expected the tokens of the slash commands, or webhook_token")
		}
	}
}
