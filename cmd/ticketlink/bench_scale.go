package main

import (
	"context"
	"errors"
	"os"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
	"github.com/ticketlink/ticketlink/worker"
)

type benchScaleCommand struct {
	benchDatabase
	Tickets []int `help:"Sizes of the history, ascending; a million take about 1.5 GB of disk." default:"100000,1000000"`
	Rounds  int   `help:"How often each thing is done at each size." default:"9"`
}

func (b benchScaleCommand) Run(ctx context.Context) (err error) {
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	_, o, err := b.open(ctx, &p, "http://127.0.0.1:9")
	if err != nil {
		return err
	}
	o.Helpdesks = nil // nothing to poll
	w := worker.New(o)
	report, err := bench.Scale{Pool: p.database, Sizes: b.Tickets, Rounds: b.Rounds, Measure: w.MeasureNow, Handler: w.Handler(),
		Match: func(ctx context.Context, key string) error { return worker.New(o).MatchNow(ctx, key) }}.Run(ctx, os.Stderr)
	if err != nil {
		return err
	}
	return report.Write(os.Stdout)
}
