package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/ticketlink/ticketlink/worker"
)

type verifyCommand struct {
	Repair bool `help:"Give what differs its due time back, so that the running service does it again."`
}

func (verifyCommand) Help() string {
	return `Counts from scratch what the tables say and compares: links with the engine's
word, impact with a recount, follow-ups with what planning says, deliveries and
reminders with their outcomes, due times with the clock. Changes nothing, and
may run beside the service. Exits with 1 if anything differs.

--repair has the service's own jobs do again what differs; run verify once more
a minute later.

Examples:
  ticketlink verify
  ticketlink verify --repair`
}

func (v verifyCommand) Run(ctx context.Context, c *cli) (err error) {
	conf, log, err := c.load()
	if err != nil {
		return err
	}
	o, err := options(conf, clock, log)
	if err != nil {
		return err
	}
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	if err := p.openDatabase(ctx, conf, log); err != nil {
		return err
	}
	o.Database = p.database
	checks, err := worker.New(o).Verify(ctx, v.Repair)
	if err != nil {
		return err
	}
	if err := printChecks(os.Stdout, checks); err != nil {
		return err
	}
	return verdict(checks, v.Repair)
}

// shownExamples is how many of a check's differences are named.
const shownExamples = 5

func printChecks(out io.Writer, checks []worker.Check) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CHECK\tDIFFER\tFOR EXAMPLE")
	for _, c := range checks {
		examples := strings.Join(c.Found[:min(len(c.Found), shownExamples)], ", ")
		if len(c.Found) > 0 && c.Mended {
			examples += " (due again)"
		}
		fmt.Fprintf(table, "%s\t%d\t%s\n", c.Name, len(c.Found), examples)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print checks: %w", err)
	}
	return nil
}

// verdict is an error while something differs that no job will do again.
func verdict(checks []worker.Check, repair bool) error {
	differ, left := 0, 0
	for _, c := range checks {
		if len(c.Found) == 0 {
			continue
		}
		differ++
		if !c.Mended {
			left++
		}
	}
	switch {
	case left == 0:
		return nil
	case repair:
		return fmt.Errorf("%d of %d differences need a person: see the README, Verify", left, differ)
	}
	return fmt.Errorf("%d checks differ; ticketlink verify --repair has the service do the work again", differ)
}
