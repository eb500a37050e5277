package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/worker/config"
)

type setupCommand struct {
	Zendesk setupZendeskCommand `cmd:"" help:"Create or repair the webhook and its subscriptions in Zendesk."`
}

type setupZendeskCommand struct {
	Helpdesk   string `help:"Name of the helpdesk in the configuration. Default: the only Zendesk." placeholder:"NAME"`
	ShowSecret bool   `help:"Print the webhook's signing secret, to be put into webhook_secret."`
}

func (setupZendeskCommand) Help() string {
	return `Needs public_url in the configuration: Zendesk must reach it. Doing it again
changes nothing.

Example:
  ticketlink setup zendesk --config ticketlink.yaml --show-secret`
}

func (s setupZendeskCommand) Run(ctx context.Context, c *cli) error {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	h, err := s.choose(conf)
	if err != nil {
		return err
	}
	client, err := zendesk.New(zendesk.Config{URL: h.URL, Email: h.Email, APIToken: h.APIToken.Reveal(), OAuthToken: h.OAuthToken.Reveal()})
	if err != nil {
		return err
	}
	steps, secret, err := client.Setup(ctx, conf.PublicURL, h.Name)
	for _, step := range steps {
		fmt.Println("-", step)
	}
	if err != nil {
		return err
	}
	return s.tellSecret(h, secret)
}

// tellSecret says whether the configured secret is the webhook's.
func (s setupZendeskCommand) tellSecret(h config.Helpdesk, secret string) error {
	switch {
	case h.WebhookSecret.Reveal() == secret:
		fmt.Println("- webhook_secret in the configuration is the webhook's: done.")
	case s.ShowSecret:
		fmt.Printf("- put this into webhook_secret of %s: %s\n", h.Name, secret)
	default:
		fmt.Println("- webhook_secret in the configuration is not the webhook's yet: run again with --show-secret to see it.")
	}
	return nil
}

func (s setupZendeskCommand) choose(conf *config.Config) (config.Helpdesk, error) {
	var found []config.Helpdesk
	for _, h := range conf.Helpdesks {
		if h.Kind == "zendesk" && (s.Helpdesk == "" || s.Helpdesk == h.Name) {
			found = append(found, h)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return config.Helpdesk{}, errors.New("no such Zendesk in the configuration: add one under helpdesks, with url, email and api_token")
	}
	return config.Helpdesk{}, errors.New("several Zendesks are configured: name one with --helpdesk")
}
