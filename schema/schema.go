// Package schema holds the database: migrations, the queries that the worker
// runs, and the code that sqlc made of them (*.sql.go, db.go, models.go; make
// generate). Times are passed in and come back in UTC.
package schema

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Limits bound what a connection may take of the database; 0 is no bound.
type Limits struct {
	Statement   time.Duration // one statement
	Lock        time.Duration // its wait for one lock
	Transaction time.Duration // a transaction's pause between two statements
}

// Serving are the limits of a replica. No statement of the service comes near a
// minute, which is the whole time of most of its jobs; a pause is as long as the
// helpdesks' answers that a transaction waits for, and a replica that is frozen
// or cut off in one gives its locks back.
var Serving = Limits{Statement: time.Minute, Lock: 30 * time.Second, Transaction: 5 * time.Minute}

// Open connects a pool without limits: migrations, checks and repairs take as
// long as they take.
func Open(ctx context.Context, url string) (*pgxpool.Pool, error) { return Limits{}.Open(ctx, url) }

// Open connects a pool to the database at url. Times scan as UTC, whatever the
// zone of the machine. A limit that the operator chose, in the address or for the
// user or the database, stays.
func (l Limits) Open(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// pgx blanks the password in its parse errors.
		return nil, fmt.Errorf("read database_url: %w", err)
	}
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		// Compiling a plan takes longer than any of ours takes to run.
		if _, err := c.Exec(ctx, "set jit = off"); err != nil {
			return fmt.Errorf("set up a connection: %w", err)
		}
		c.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return l.set(ctx, c)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return pool, nil
}

// set bounds a connection. It is a statement, for a connection pooler in between
// would refuse parameters at the start of a connection.
func (l Limits) set(ctx context.Context, c *pgx.Conn) error {
	if l == (Limits{}) {
		return nil
	}
	_, err := c.Exec(ctx, `select set_config(name, value || 'ms', false)
		from unnest(array['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'], $1::text[]) as wanted(name, value)
		where current_setting(name) = '0'`,
		[]string{ms(l.Statement), ms(l.Lock), ms(l.Transaction)})
	if err != nil {
		return fmt.Errorf("set the limits of a connection: %w", err)
	}
	return nil
}

func ms(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// Migrate brings the database to this version and returns the names of the
// migrations it applied. Any number of replicas may call it at once: one works
// under an advisory lock, the others wait. One that came to the code after a
// higher number had been applied is applied as well: migrations only add. It has
// connections of its own, without the pool's limits.
func Migrate(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("make migration lock: %w", err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	db := stdlib.OpenDB(*pool.Config().ConnConfig)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker), goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate database: %w", err)
	}
	var applied []string
	for _, r := range results {
		applied = append(applied, r.Source.Path)
	}
	return applied, nil
}
