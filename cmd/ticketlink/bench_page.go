package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
	"github.com/ticketlink/ticketlink/worker"
)

type benchPageCommand struct {
	benchDatabase
	Rounds int           `help:"How often each page has its turn." default:"50"`
	Open   int           `help:"How many pages stay open." default:"200"`
	Quiet  time.Duration `help:"How long nothing happens to them." default:"20s"`
}

func (benchPageCommand) Help() string {
	return `First paint takes Chromium and a program that is built with -tags browser.`
}

func (b benchPageCommand) Run(ctx context.Context) (err error) {
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	_, o, err := b.open(ctx, &p, "http://127.0.0.1:9")
	if err != nil {
		return err
	}
	paint, stop, err := openBrowser(ctx)
	if err != nil {
		return err
	}
	defer stop()
	o.Helpdesks = nil // nothing to poll
	w := worker.New(o)
	report, err := bench.Page{Pool: p.database, Count: w.CountTickets, Settle: w.RunDue, Handler: w.Handler(), Paint: paint,
		Rounds: b.Rounds, Open: b.Open, Quiet: b.Quiet}.Run(ctx, os.Stderr)
	if err != nil {
		return err
	}
	return report.Write(os.Stdout)
}
