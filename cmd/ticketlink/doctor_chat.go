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
	bot, ok := chat.Poster.(interface{ Check(context.Context) error })
	if !ok {
		return found + "its bot cannot be asked", nil
	}
	return found + "the bot's token is good", within(ctx, bot.Check)
}
