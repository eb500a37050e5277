package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/worker/config"
)

type setupCommand struct {
	Kind       string `arg:"" help:"Which product: a helpdesk's kind in the configuration."`
	Helpdesk   string `help:"Name of the helpdesk in the configuration. Default: the only one of its kind." placeholder:"NAME"`
	ShowSecret bool   `help:"Print the webhook's signing secret, to be put into webhook_secret."`
}

func (setupCommand) Help() string {
	return `Creates or repairs the webhook by which the helpdesk tells of its tickets, or says
what to paste where the product has no API for it. Needs public_url in the
configuration: the helpdesk must reach it. Doing it again changes nothing.

Kinds: ` + strings.Join(kinds(), ", ") + `

Example:
  ticketlink setup zendesk --config ticketlink.yaml --show-secret`
}

func (s setupCommand) Run(ctx context.Context, c *cli) error {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	h, err := s.choose(conf)
	if err != nil {
		return err
	}
	desk, err := connect(h, integrations.Line{Transport: outbound(conf).Transport(), Clock: clock})
	if err != nil {
		return err
	}
	hook, err := integrations.NewHook(conf.PublicURL, h.Name, h.WebhookSecret.Reveal())
	if err != nil {
		return err
	}
	steps, secret, err := desk.client.Setup(ctx, hook)
	for _, step := range steps {
		fmt.Println("-", step)
	}
	if err != nil {
		return err
	}
	s.tellSecret(h, secret)
	return nil
}

// tellSecret says whether the configured secret is the webhook's.
func (s setupCommand) tellSecret(h config.Helpdesk, secret string) {
	switch {
	case secret == "": // the product's own; the steps say where it is
	case h.WebhookSecret.Reveal() == secret:
		fmt.Println("- webhook_secret in the configuration is the one for it: leave it as it is.")
	case s.ShowSecret:
		fmt.Printf("- put this into webhook_secret of %s: %s\n", h.Name, secret)
	default:
		fmt.Println("- webhook_secret in the configuration is not the webhook's yet: run again with --show-secret to see it.")
	}
}

func (s setupCommand) choose(conf *config.Config) (config.Helpdesk, error) {
	if _, known := helpdeskKinds[s.Kind]; !known {
		return config.Helpdesk{}, fmt.Errorf("%q is no kind of helpdesk; expected one of %s", s.Kind, strings.Join(kinds(), ", "))
	}
	found := slices.DeleteFunc(slices.Clone(conf.Helpdesks), func(h config.Helpdesk) bool {
		return h.Kind != s.Kind || cmp.Or(s.Helpdesk, h.Name) != h.Name
	})
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return config.Helpdesk{}, fmt.Errorf("no such %s in the configuration: add one under helpdesks, with its url and credentials", s.Kind)
	}
	return config.Helpdesk{}, fmt.Errorf("several helpdesks of kind %s are configured: name one with --helpdesk", s.Kind)
}
