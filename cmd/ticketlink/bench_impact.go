package main

import (
	"context"
	"errors"
	"os"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
	"github.com/ticketlink/ticketlink/worker"
)

type benchImpactCommand struct {
	benchDatabase
	Rounds int `help:"How often each contestant has its turn." default:"15"`
}

func (b benchImpactCommand) Run(ctx context.Context) (err error) {
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	_, o, err := b.open(ctx, &p, "http://127.0.0.1:9")
	if err != nil {
		return err
	}
	o.Helpdesks = nil // nothing to poll
	w := worker.New(o)
	report, err := bench.Impact{Pool: p.database, Count: w.CountTickets, Measure: w.MeasureNow, Settle: w.RunDue, Metrics: w.Handler(),
		Rounds: b.Rounds}.Run(ctx, os.Stderr)
	if err != nil {
		return err
	}
	return report.Write(os.Stdout)
}
