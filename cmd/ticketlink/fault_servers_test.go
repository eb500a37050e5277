package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
	"github.com/ticketlink/ticketlink/worker/embedded"
)

// servers are a PostgreSQL that may crash, a Redis and the program itself,
// shared by all fault tests.
type servers struct {
	program string
	dir     string // of PostgreSQL's data
	moves   int
	pg      *embedded.Postgres
	redis   *embedded.RedisServer
}

func newServers(t *testing.T) *servers {
	t.Helper()
	s := &servers{program: build(t, ".", "-tags", "faults"), redis: schematest.RealRedis(t)}
	dir, err := os.MkdirTemp("", "ticketlink-faults-") // short: a socket lives in it
	if err == nil {
		err = os.Chmod(dir, 0o711) // PostgreSQL may run under another account
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.dir = filepath.Join(dir, "pg")
	s.startPostgres(t)
	t.Cleanup(func() {
		if err := s.pg.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s.exec(t, "create database "+migrated)
	pool := s.pool(t, migrated)
	defer pool.Close()
	if _, err := schema.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	return s
}

// build compiles the program from a source tree.
func build(t *testing.T, tree string, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "ticketlink")
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"build", "-o", program}, flags...), ".")...)
	cmd.Dir = tree
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program in %s: %v\n%s", tree, err, out)
	}
	return program
}

func (s *servers) startPostgres(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	pg, err := embedded.OpenPostgres(ctx, s.dir, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.pg = pg
}

// crashPostgres ends the server as kill -9 does.
func (s *servers) crashPostgres(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err == nil {
		err = s.pg.Close(t.Context()) // waits for it
	}
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatal(err)
	}
}

// movePostgres puts the data of a stopped server where its successor will run.
func (s *servers) movePostgres(t *testing.T) {
	t.Helper()
	s.moves++
	next := filepath.Join(filepath.Dir(s.dir), fmt.Sprintf("pg%d", s.moves))
	if err := os.Rename(s.dir, next); err != nil {
		t.Fatal(err)
	}
	s.dir = next
}

// at is PostgreSQL's socket.
func (s *servers) at() address {
	u, err := url.Parse(s.pg.URL())
	if err != nil {
		panic(err)
	}
	return address{"unix", filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port"))}
}

// pool connects past every proxy.
func (s *servers) pool(t *testing.T, database string) *pgxpool.Pool {
	t.Helper()
	pool, err := schema.Open(t.Context(), strings.Replace(s.pg.URL(), "/postgres?", "/"+database+"?", 1))
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func (s *servers) exec(t *testing.T, sql string) {
	t.Helper()
	pool := s.pool(t, "postgres")
	defer pool.Close()
	if _, err := pool.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}
