package main

import "context"

type privacyCommand struct {
	Erase  erasePersonCommand  `cmd:"" help:"Remove a person from every table. Erase them in the helpdesk first."`
	Export exportPersonCommand `cmd:"" help:"Print all that is held about a person, as JSON."`
}

// A personFlags names somebody as their helpdesk does.
type personFlags struct {
	remote
	Helpdesk  string `required:"" help:"The helpdesk's configured name." placeholder:"NAME"`
	Requester string `required:"" help:"The helpdesk's own id of the person." placeholder:"ID"`
}

func (p personFlags) ask(ctx context.Context, c *cli, what string) error {
	return p.print(ctx, c, "POST", "/api/v1/privacy/"+what, map[string]string{"helpdesk": p.Helpdesk, "requester_id": p.Requester})
}

type erasePersonCommand struct{ personFlags }

func (erasePersonCommand) Help() string {
	return `Their tickets lose text, tags and requester and still count in incidents; open
follow-ups end; stored webhooks that name them go. It may be run again.

Example:
  ticketlink privacy erase --helpdesk support --requester 20978392`
}

func (e erasePersonCommand) Run(ctx context.Context, c *cli) error { return e.ask(ctx, c, "erase") }

type exportPersonCommand struct{ personFlags }

func (e exportPersonCommand) Run(ctx context.Context, c *cli) error { return e.ask(ctx, c, "export") }
