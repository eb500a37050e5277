// Package schematest gives each test a migrated PostgreSQL database, and a
// Redis, of its own.
//
// One server serves the whole test process. It is the one that
// TICKETLINK_TEST_DATABASE_URL names (a superuser's URL), else an embedded one
// without durability, which ends with the process. Nobody tells a package that
// its last test is over, so each run sweeps up what ended runs left behind.
package schematest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/ticketlink/ticketlink/schema"
)

const urlVariable = "TICKETLINK_TEST_DATABASE_URL"

// startLimit covers a cold start on a busy machine.
const startLimit = 2 * time.Minute

// server is where this process's databases live. Their names begin with prefix.
type server struct {
	url    string
	prefix string
	count  atomic.Int64
	admin  *pgxpool.Pool
	lock   *pgx.Conn // its advisory lock says that the process lives
}

var shared = sync.OnceValues(start)

// New opens a migrated, empty database that is dropped when the test ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := schema.Open(t.Context(), URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL creates a migrated, empty database that is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("start the test database server: %v", err)
	}
	name := fmt.Sprintf("%s_%d", s.prefix, s.count.Add(1))
	if err := s.exec(t.Context(), "create database "+name+" template "+s.template()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	return s.urlOf(name)
}

func start() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	url, err := serverURL(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{url: url, prefix: fmt.Sprintf("%s%d_%d", namePrefix, os.Getpid(), time.Now().UnixNano())}
	if s.admin, err = pgxpool.New(ctx, url); err != nil {
		return nil, err
	}
	if s.lock, err = pgx.Connect(ctx, url); err != nil {
		return nil, err
	}
	if _, err = s.lock.Exec(ctx, "select pg_advisory_lock(hashtext($1))", s.prefix); err != nil {
		return nil, err
	}
	if err := s.sweep(ctx); err != nil {
		return nil, fmt.Errorf("drop what ended test runs left: %w", err)
	}
	return s, s.createTemplate(ctx)
}

// createTemplate migrates one database; a copy takes a tenth of the time.
func (s *server) createTemplate(ctx context.Context) error {
	if err := s.exec(ctx, "create database "+s.template()); err != nil {
		return err
	}
	pool, err := schema.Open(ctx, s.urlOf(s.template()))
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = schema.Migrate(ctx, pool)
	return err
}

func (s *server) template() string { return s.prefix + "_template" }

func (s *server) exec(ctx context.Context, sql string) error {
	if _, err := s.admin.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

// urlOf is the server's URL with another database in it.
func (s *server) urlOf(database string) string {
	u, err := url.Parse(s.url)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		panic(urlVariable + " is not of the form postgres://user@host/postgres")
	}
	u.Path = "/" + database
	return u.String()
}
