package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/config"
	"github.com/ticketlink/ticketlink/worker/embedded"
)

// parts are the servers that the service stands on: those configured, or
// embedded ones.
type parts struct {
	limits   schema.Limits // of the database's connections; none for maintenance
	database *pgxpool.Pool
	address  string // of the database
	redis    asynq.RedisConnOpt
	closers  []func(context.Context) error // in the order of opening
}

// openDatabase connects to the configured PostgreSQL or starts the embedded one.
func (p *parts) openDatabase(ctx context.Context, c *config.Config, log *slog.Logger) error {
	address := c.DatabaseURL.Reveal()
	if address == "" {
		dir := filepath.Join(c.DataDir, "postgres")
		postgres, err := embedded.OpenPostgres(ctx, dir, embedded.Options{})
		if err != nil {
			return err
		}
		p.closers = append(p.closers, postgres.Close)
		log.Info("embedded PostgreSQL", "dir", dir, "attached", postgres.Attached())
		address = postgres.URL()
	}
	p.address = address
	var err error
	if p.database, err = p.limits.Open(ctx, address); err != nil {
		return err
	}
	p.closers = append(p.closers, closing(p.database))
	return nil
}

func closing(pool *pgxpool.Pool) func(context.Context) error {
	return func(context.Context) error { pool.Close(); return nil }
}

// onDatabase runs what a command does with the configured database alone.
func (c *cli) onDatabase(ctx context.Context, do func(p *parts, log *slog.Logger) error) (err error) {
	conf, log, err := c.load()
	if err != nil {
		return err
	}
	var p parts
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	if err := p.openDatabase(ctx, conf, log); err != nil {
		return err
	}
	return do(&p, log)
}

// openRedis reads the configured address or starts the embedded Redis.
func (p *parts) openRedis(c *config.Config, log *slog.Logger) error {
	address := c.RedisURL.Reveal()
	if address == "" {
		redis, err := embedded.OpenRedis()
		if err != nil {
			return err
		}
		p.closers = append(p.closers, func(context.Context) error { redis.Close(); return nil })
		log.Info("embedded Redis", "keeps", "nothing: the database holds what is due")
		address = redis.URL()
	}
	redis, err := redisOptions(address)
	if err != nil {
		return errors.New("redis_url cannot be read; see the reference for its forms") // err may quote a password
	}
	p.redis = redis
	return nil
}

const redisTimeout = time.Second // of one call; Redis only nudges

// redisOptions reads asynq's forms of an address, and redis-cluster://host,host,
// which asynq can use and has no form for. A Redis that does not answer must
// hold nobody up, whichever form it has.
func redisOptions(address string) (asynq.RedisConnOpt, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "redis-cluster" {
		o, err := asynq.ParseRedisURI(address)
		switch one := o.(type) {
		case asynq.RedisClientOpt:
			one.DialTimeout, one.ReadTimeout, one.WriteTimeout = redisTimeout, redisTimeout, redisTimeout
			o = one
		case asynq.RedisFailoverClientOpt:
			one.DialTimeout, one.ReadTimeout, one.WriteTimeout = redisTimeout, redisTimeout, redisTimeout
			o = one
		}
		return o, err
	}
	password, _ := u.User.Password()
	return asynq.RedisClusterClientOpt{Addrs: strings.Split(u.Host, ","), Username: u.User.Username(), Password: password,
		DialTimeout: redisTimeout, ReadTimeout: redisTimeout, WriteTimeout: redisTimeout}, nil
}

// close closes what was opened, last first.
func (p *parts) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var errs []error
	for i := len(p.closers) - 1; i >= 0; i-- {
		errs = append(errs, p.closers[i](ctx))
	}
	return errors.Join(errs...)
}

// migrate brings the database up to date and says what it did.
func (p *parts) migrate(ctx context.Context, log *slog.Logger) error {
	applied, err := schema.Migrate(ctx, p.database)
	if err != nil {
		return fmt.Errorf("%w; is the database reachable and its user allowed to create tables?", err)
	}
	for _, name := range applied {
		log.Info("migrated", "migration", name)
	}
	return nil
}
