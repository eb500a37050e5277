package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/pprof"
	"time"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

type benchCommand struct {
	Intake benchIntakeCommand `cmd:"" help:"Webhooks that are durable before they are answered."`
	Load   benchLoadCommand   `cmd:"" help:"An hour of webhooks compressed, and more than can be stored: memory, refusals, latency."`
	Match  benchMatchCommand  `cmd:"" help:"What matching costs, by the number of open incidents and for a whole month."`
	Remind benchRemindCommand `cmd:"" help:"How late reminders come when many fall due at once."`
	Page   benchPageCommand   `cmd:"" help:"What people wait for who open an incident with 5,000 links, and what open pages cost. Empties the tables."`
	Scale  benchScaleCommand  `cmd:"" help:"The same work while millions of tickets pile up behind it. Empties the tables."`
	Impact benchImpactCommand `cmd:"" help:"What it costs to say what one incident did to customers. Empties the tables."`
}

// benchDatabase is where a benchmark works: embedded in a directory that goes
// away, or the one named, whose inbox is emptied.
type benchDatabase struct {
	DatabaseURL string        `help:"Work in this database instead of an embedded one. Its tables are emptied!" placeholder:"URL"`
	RoundTrip   time.Duration `help:"Put the database as far away as this: what a managed one's network costs." placeholder:"1ms"`
}

const benchSecret = "bench-webhook-secret"

const benchConfig = `
data_dir: %q
database_url: %q
helpdesks:
  - {name: support, kind: zendesk, url: "http://127.0.0.1:9", email: bot@example.com, api_token: bench, webhook_secret: %s}
follow_up: {notify: [target], escalate: [target], digest_above: 0}
notify: [{name: target, url: %q}]
`

// open starts what a benchmark stands on and returns the service's options.
func (d benchDatabase) open(ctx context.Context, p *parts, target string) (*config.Config, worker.Options, error) {
	var o worker.Options
	dir, err := os.MkdirTemp("", "ticketlink-bench-")
	if err != nil {
		return nil, o, fmt.Errorf("make a directory for the benchmark: %w", err)
	}
	p.closers = append(p.closers, func(context.Context) error { return os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL may run under another account
		return nil, o, fmt.Errorf("open the benchmark's directory: %w", err)
	}
	text := fmt.Sprintf(benchConfig, dir, d.DatabaseURL, benchSecret, "generic+"+target)
	conf, err := config.Parse("bench", []byte(text), func(string) (string, bool) { return "", false }, nil)
	if err != nil {
		return nil, o, err
	}
	log := slog.New(slog.DiscardHandler)
	if o, err = options(conf, clock, log); err != nil {
		return nil, o, err
	}
	if err := p.openDatabase(ctx, conf, log); err != nil {
		return nil, o, err
	}
	if err := p.migrate(ctx, log); err != nil {
		return nil, o, err
	}
	if d.RoundTrip > 0 {
		if err := p.moveAway(ctx, d.RoundTrip); err != nil {
			return nil, o, err
		}
	}
	o.Database = p.database
	return conf, o, nil
}

// moveAway uses the database over a slower network from here on.
func (p *parts) moveAway(ctx context.Context, roundTrip time.Duration) error {
	address, stop, err := bench.Distance(p.address, roundTrip)
	if err != nil {
		return err
	}
	p.closers = append(p.closers, func(context.Context) error { return stop() })
	if p.database, err = schema.Open(ctx, address); err != nil {
		return err
	}
	p.closers = append(p.closers, closing(p.database))
	return nil
}

type benchIntakeCommand struct {
	benchDatabase
	Rounds  int           `help:"How often each contestant has its turn." default:"3"`
	Each    time.Duration `help:"How long a turn is." default:"4s"`
	Profile string        `help:"Write a CPU profile of our own turns to this file." placeholder:"FILE" type:"path"`
}

func (b benchIntakeCommand) Run(ctx context.Context) (err error) {
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	_, o, err := b.open(ctx, &p, "http://127.0.0.1:9")
	if err != nil {
		return err
	}
	w := worker.New(o)
	if err := w.StartHere(ctx); err != nil {
		return err
	}
	report, err := bench.Intake{
		Database: p.database.Config().ConnString(), Pool: p.database, Handler: w.Handler(), Path: "/webhooks/support",
		Secret: benchSecret, Check: o.Helpdesks[0].Receiver, Rounds: b.Rounds, Each: b.Each, Profile: b.profile,
	}.Run(ctx, os.Stderr)
	if err != nil {
		return err
	}
	return report.Write(os.Stdout)
}

// profile writes the profile of the latest turn.
func (b benchIntakeCommand) profile(running bool) {
	if b.Profile == "" {
		return
	}
	if !running {
		pprof.StopCPUProfile()
		return
	}
	file, err := os.Create(b.Profile)
	if err == nil {
		err = pprof.StartCPUProfile(file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "no profile:", err)
	}
}

type benchRemindCommand struct {
	benchDatabase
	Count  int           `help:"How many follow-ups." default:"1000"`
	Within time.Duration `help:"From the first to the last due time." default:"1m"`
}

func (b benchRemindCommand) Run(ctx context.Context) (err error) {
	target := bench.NewArrivals()
	defer target.Close()
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	conf, o, err := b.open(ctx, &p, target.URL)
	if err != nil {
		return err
	}
	if err := p.openRedis(conf, o.Log); err != nil {
		return err
	}
	o.Redis, o.Helpdesks = p.redis, nil // nothing to poll
	report, err := bench.Remind{Pool: p.database, Redis: p.redis, Count: b.Count, Within: b.Within, Target: target,
		Serve: func(ctx context.Context) error {
			stop, err := worker.New(o).Start(ctx)
			if err != nil {
				return err
			}
			<-ctx.Done()
			return stop()
		}}.Run(ctx, os.Stderr)
	if err != nil {
		return err
	}
	return report.Write(os.Stdout)
}
