package main

import (
	"context"
	"strings"

	"github.com/ticketlink/ticketlink/worker/config"
)

// checkChat says what to enter in the chat, and asks whether the bot's token is good.
func checkChat(ctx context.Context, conf *config.Config, c config.Chat) (found string, err error) {
	address := strings.TrimSuffix(conf.PublicURL, "/") + "/webhooks/" + c.Name
	found = "commands go to " + address + "/command, what is said to " + address + "/events; "
	if c.BotToken == "" {
		return found + "without bot_token no impact is posted", nil
	}
	chat, err := chatKinds[c.Kind](c, conf, clock)
	if err != nil {
		return "", err
	}
	bot, ok := chat.Poster.(interface {
		Check(context.Context) (string, error)
	})
	if !ok {
		return found + "its bot cannot be asked", nil
	}
	err = within(ctx, func(ctx context.Context) error {
		good, err := bot.Check(ctx)
		found += good
		return err
	})
	return found, err
}
