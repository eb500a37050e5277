package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ticketlink/ticketlink/worker"
)

type backfillCommand struct {
	Since    time.Duration `help:"How far back, for example 720h." required:""`
	Helpdesk string        `help:"Only this one." placeholder:"NAME"`
}

func (backfillCommand) Help() string {
	return `Reads the helpdesk's export from then on, next to the poller, at the pace the
helpdesk allows. Stop it at any time: the same command goes on where it stopped.

Example:
  ticketlink backfill --since 720h --config ticketlink.yaml`
}

func (b backfillCommand) Run(ctx context.Context, c *cli) (err error) {
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
	if err := p.migrate(ctx, log); err != nil {
		return err
	}
	o.Database = p.database
	w := worker.New(o)
	found := false
	for _, h := range conf.Helpdesks {
		if b.Helpdesk != "" && b.Helpdesk != h.Name {
			continue
		}
		found = true
		bar := progress{name: h.Name, from: clock().Add(-b.Since), to: clock()}
		if err := w.Backfill(ctx, h.Name, clock().Add(-b.Since), bar.show); err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr)
	}
	if !found {
		return errors.New("no such helpdesk in the configuration")
	}
	return nil
}

// progress draws how far a walk through time has come.
type progress struct {
	name     string
	from, to time.Time
}

const barWidth = 30

func (p progress) show(tickets int64, reached time.Time, done bool) {
	part := 0.0
	if reached.After(p.from) {
		part = min(float64(reached.Sub(p.from))/float64(p.to.Sub(p.from)), 1)
	}
	if done {
		part = 1
	}
	filled := int(part * barWidth)
	fmt.Fprintf(os.Stderr, "\r%s [%-*s] %3.0f %% %d tickets, up to %s ", p.name, barWidth,
		"##############################"[:filled], 100*part, tickets, reached.UTC().Format("2006-01-02 15:04"))
}
