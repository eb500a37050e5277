package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/worker/embedded"
)

type backupCommand struct {
	To string `arg:"" type:"path" placeholder:"FILE" help:"Where to write it; an existing file is refused."`
}

func (backupCommand) Help() string {
	return `Writes the whole database to one file, as it is at one moment, while the service
runs on. Redis holds nothing that must be kept.

Example:
  ticketlink backup /backups/ticketlink-$(date +%F).dump`
}

func (b backupCommand) Run(ctx context.Context, c *cli) error {
	if _, err := os.Stat(b.To); err == nil {
		return fmt.Errorf("back up to %s: the file exists; choose another name", b.To)
	}
	return c.onDatabase(ctx, func(p *parts, _ *slog.Logger) error { return dump(ctx, p.address, b.To) })
}

func dump(ctx context.Context, address, file string) error {
	if err := postgresProgram(ctx, "pg_dump", address, "--format=custom", "--no-owner", "--no-privileges", "--file", file); err != nil {
		os.Remove(file) // half a backup looks like a whole one
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	fmt.Println("Written:", file)
	return nil
}

type restoreCommand struct {
	From string `arg:"" type:"existingfile" placeholder:"FILE" help:"What ticketlink backup wrote."`
}

func (restoreCommand) Help() string {
	return `Loads a backup into an empty database, brings it to this version, and changes
nothing if any of it fails. What came to the helpdesks since the backup is read
again by the next poll.

Example: a new data_dir, the backup, then the service
  TICKETLINK_DATA_DIR=./data-new ticketlink restore /backups/ticketlink-2026-11-25.dump
  ticketlink verify --repair`
}

func (r restoreCommand) Run(ctx context.Context, c *cli) error {
	return c.onDatabase(ctx, func(p *parts, log *slog.Logger) error { return p.restore(ctx, r.From, log) })
}

var errNotEmpty = errors.New("the database is not empty; name an empty one by database_url, or an empty data_dir")

func (p *parts) restore(ctx context.Context, file string, log *slog.Logger) error {
	empty, err := isEmpty(ctx, p.database)
	if err == nil && !empty {
		err = errNotEmpty
	}
	if err == nil {
		err = postgresProgram(ctx, "pg_restore", p.address, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", file)
	}
	if err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	if err := p.migrate(ctx, log); err != nil {
		return err
	}
	fmt.Println("Restored. Now: ticketlink verify")
	return nil
}

func isEmpty(ctx context.Context, db *pgxpool.Pool) (empty bool, err error) {
	err = db.QueryRow(ctx, "select not exists (select 1 from pg_tables where schemaname = 'public')").Scan(&empty)
	return empty, err
}

// postgresProgram runs one of PostgreSQL's programs on a database. The password
// goes by the environment: everybody on the machine can read a command line.
func postgresProgram(ctx context.Context, name, address string, args ...string) error {
	program, err := embedded.Program(ctx, name)
	if err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("database_url cannot be read") // err may quote a password
	}
	password, _ := u.User.Password()
	query := u.Query()
	if query.Has("password") {
		password = query.Get("password")
		query.Del("password")
		u.RawQuery = query.Encode()
	}
	u.User = url.User(u.User.Username())
	cmd := exec.CommandContext(ctx, program, append([]string{"--dbname", u.String()}, args...)...)
	cmd.Env = append(embedded.PlainEnvironment(os.Environ()), "PGPASSWORD="+password)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
