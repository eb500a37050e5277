package main

import (
	"context"
	"net/http"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/mattermost"
	"github.com/ticketlink/ticketlink/integrations/slack"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

// chatKinds are the chats that can be connected.
var chatKinds = map[string]func(config.Chat, *config.Config, func() time.Time) (worker.Chat, error){
	config.Slack: slackChat, config.Mattermost: mattermostChat,
}

func slackChat(s config.Chat, c *config.Config, now func() time.Time) (worker.Chat, error) {
	secret, client := s.SigningSecret.Reveal(), &http.Client{Transport: outbound(c).Transport(), Timeout: 10 * time.Second}
	chat := worker.Chat{
		Name: s.Name, Title: "Slack", Users: s.Users, Channels: s.Channels, UpdateEvery: s.UpdateEvery,
		Command: func(header http.Header, body []byte, now time.Time) (integrations.ChatCommand, error) {
			if err := slack.Verify(secret, header, body, now); err != nil {
				return integrations.ChatCommand{}, err
			}
			return slack.DecodeCommand(body)
		},
		Answer: slack.Answer,
		Later: func(ctx context.Context, responseURL string, a integrations.ChatAnswer) error {
			return slack.RespondCommand(ctx, client, responseURL, a)
		},
		Event: func(header http.Header, body []byte, now time.Time) (key, challenge string, err error) {
			if err := slack.Verify(secret, header, body, now); err != nil {
				return "", "", err
			}
			return slack.PeekEvent(body)
		},
		Decode: slack.DecodeEvent,
	}
	if s.BotToken == "" {
		return chat, nil
	}
	poster, err := slack.New(slack.Config{URL: s.Address(), BotToken: s.BotToken.Reveal(), Line: integrations.Line{Transport: outbound(c).Transport(), Clock: now}})
	chat.Poster, chat.Namer, chat.Mentions = poster, poster, slack.Mentions
	return chat, err
}

func mattermostChat(m config.Chat, c *config.Config, now func() time.Time) (worker.Chat, error) {
	client := &http.Client{Transport: outbound(c).Transport(), Timeout: 10 * time.Second}
	var tokens []string
	for _, t := range m.CommandTokens {
		tokens = append(tokens, t.Reveal())
	}
	chat := worker.Chat{
		Name: m.Name, Title: "Mattermost", Users: m.Users, Channels: m.Channels, UpdateEvery: m.UpdateEvery,
		Command: func(header http.Header, body []byte, _ time.Time) (integrations.ChatCommand, error) {
			if err := mattermost.VerifyCommand(header, body, tokens); err != nil {
				return integrations.ChatCommand{}, err
			}
			return mattermost.DecodeCommand(body)
		},
		Answer: mattermost.Answer,
		Later: func(ctx context.Context, responseURL string, a integrations.ChatAnswer) error {
			return mattermost.RespondCommand(ctx, client, m.URL, responseURL, a)
		},
		Decode: mattermost.DecodeEvent,
	}
	if m.WebhookToken != "" {
		chat.Event = func(_ http.Header, body []byte, _ time.Time) (key, challenge string, err error) {
			key, err = mattermost.PeekEvent(body, m.WebhookToken.Reveal())
			return key, "", err
		}
	}
	if m.BotToken == "" {
		return chat, nil
	}
	poster, err := mattermost.New(mattermost.Config{URL: m.URL, BotToken: m.BotToken.Reveal(), Line: integrations.Line{Transport: outbound(c).Transport(), Clock: now}})
	chat.Poster = poster
	return chat, err
}
