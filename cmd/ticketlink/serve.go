package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker"
)

type serveCommand struct{}

func (serveCommand) Help() string {
	return `Without database_url and redis_url it brings its own PostgreSQL and Redis and
keeps its data under data_dir.

Examples:
  ticketlink serve
  ticketlink serve --config ticketlink.yaml`
}

func (serveCommand) Run(ctx context.Context, c *cli) (err error) {
	conf, log, err := c.load()
	if err != nil {
		return err
	}
	o, err := options(conf, clock, log)
	if err != nil {
		return err
	}
	p := parts{limits: schema.Serving}
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	if err := p.openDatabase(ctx, conf, log); err != nil {
		return err
	}
	if err := p.openRedis(conf, log); err != nil {
		return err
	}
	if o.Tracing, err = p.openTracing(ctx, conf.Tracing, log); err != nil {
		return err
	}
	if conf.Migrate {
		if err := p.migrate(ctx, log); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", conf.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", conf.Listen, err)
	}
	log.Info("ready", "listen", listener.Addr().String())
	o.Database, o.Redis = p.database, p.redis
	if o.Password, err = localPassword(conf, log); err != nil {
		return err
	}
	return worker.New(o).Serve(ctx, listener)
}

type migrateCommand struct{}

func (migrateCommand) Run(ctx context.Context, c *cli) error {
	return c.onDatabase(ctx, func(p *parts, log *slog.Logger) error {
		if err := p.migrate(ctx, log); err != nil {
			return err
		}
		fmt.Println("The database is at this version.")
		return nil
	})
}
