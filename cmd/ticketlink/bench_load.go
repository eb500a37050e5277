package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
	"github.com/ticketlink/ticketlink/worker"
)

type benchLoadCommand struct {
	benchDatabase
	Count int           `help:"How many webhooks make the hour: 20 a second are a large company's." default:"72000"`
	Top   time.Duration `help:"How long the highest rate is looked for." default:"5s"`
	Jam   time.Duration `help:"How long nothing can be stored." default:"12s"`
}

func (b benchLoadCommand) Run(ctx context.Context) (err error) {
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	conf, o, err := b.open(ctx, &p, "http://127.0.0.1:9")
	if err != nil {
		return err
	}
	if err := p.openRedis(conf, o.Log); err != nil {
		return err
	}
	o.Redis = p.redis
	w := worker.New(o)
	stop, err := w.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	report, err := bench.Load{
		Database: p.database.Config().ConnString(), Pool: p.database, Handler: w.Handler(), Path: "/webhooks/support",
		Secret: benchSecret, Count: b.Count, Top: b.Top, Jam: b.Jam,
	}.Run(ctx, os.Stderr)
	if err != nil {
		return err
	}
	return report.Write(os.Stdout)
}
