package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// decision is a person's word about one ticket and one incident.
type decision struct {
	remote
	Key    string `arg:"" help:"The incident, for example INC-42."`
	Ticket string `arg:"" help:"The helpdesk's name and the ticket's id: support/1234."`
	By     string `help:"Who decides. Default: the user of this machine."`
}

type linkCommand struct{ decision }

func (linkCommand) Help() string {
	return `Example:
  ticketlink confirm INC-42 support/1234 --by maria`
}

func (l linkCommand) Run(ctx context.Context, c *cli) error { return l.decide(ctx, c, "confirmed") }

type rejectCommand struct{ decision }

func (rejectCommand) Help() string {
	return `Example:
  ticketlink reject INC-42 support/1234 --by maria`
}

func (r rejectCommand) Run(ctx context.Context, c *cli) error { return r.decide(ctx, c, "rejected") }

func (d *decision) decide(ctx context.Context, c *cli, state string) error {
	helpdesk, id, ok := strings.Cut(d.Ticket, "/")
	if !ok || helpdesk == "" || id == "" {
		return fmt.Errorf("ticket %q: expected the helpdesk's name, a slash and the id, for example support/1234", d.Ticket)
	}
	if err := d.connect(c); err != nil {
		return err
	}
	by := d.By
	if by == "" {
		by = os.Getenv("USER")
	}
	path := incidentPath(d.Key, "/tickets/"+url.PathEscape(helpdesk)+"/"+url.PathEscape(id))
	if err := d.call(ctx, "PUT", path, map[string]string{"state": state, "by": by}, nil); err != nil {
		return err
	}
	fmt.Printf("%s: ticket %s is %s.\n", d.Key, d.Ticket, state)
	return nil
}
