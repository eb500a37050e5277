package schema_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

// limited is a pool of one connection with short limits.
func limited(t *testing.T, l schema.Limits, more string) *pgxpool.Pool {
	t.Helper()
	url := schematest.URL(t)
	mark := "?"
	if strings.Contains(url, "?") {
		mark = "&"
	}
	pool, err := l.Open(t.Context(), url+mark+"pool_max_conns=1"+more)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// A statement that runs away, or waits for a lock that nobody gives back, is
// refused with its reason, and its connection serves the next one.
func TestARunawayStatementGivesItsConnectionBack(t *testing.T) {
	pool := limited(t, schema.Limits{Statement: 500 * time.Millisecond, Lock: 100 * time.Millisecond}, "")
	pid := func() (pid int) {
		if err := pool.QueryRow(t.Context(), "select pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		return pid
	}
	first := pid()
	_, err := pool.Exec(t.Context(), "select pg_sleep(60)")
	if code(err) != "57014" || !strings.Contains(err.Error(), "statement timeout") {
		t.Errorf("the runaway ends with %v", err)
	}
	if pid() != first {
		t.Error("the connection did not come back")
	}

	other, err := schema.Open(t.Context(), pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec(t.Context(), "select pg_advisory_lock(7)"); err != nil { // its only connection holds it
		t.Fatal(err)
	}
	if _, err = pool.Exec(t.Context(), "select pg_advisory_lock(7)"); code(err) != "55P03" {
		t.Errorf("the wait for a lock ends with %v", err)
	}
	if pid() != first {
		t.Error("the connection did not come back")
	}
}

// Maintenance and migrations are never cut, and what an operator chose stays.
func TestWhoHasLimits(t *testing.T) {
	setting := func(pool *pgxpool.Pool, name string) (value string) {
		if err := pool.QueryRow(t.Context(), "select current_setting($1)", name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	for _, c := range []struct {
		who, more                    string
		limits                       schema.Limits
		statement, lock, transaction string
	}{
		{"serve", "", schema.Serving, "1min", "30s", "5min"},
		{"maintenance", "", schema.Limits{}, "0", "0", "0"},
		{"an operator's choice", "&statement_timeout=7s", schema.Serving, "7s", "30s", "5min"},
	} {
		pool := limited(t, c.limits, c.more)
		got := [3]string{setting(pool, "statement_timeout"), setting(pool, "lock_timeout"), setting(pool, "idle_in_transaction_session_timeout")}
		if want := [3]string{c.statement, c.lock, c.transaction}; got != want {
			t.Errorf("%s: limits are %v, want %v", c.who, got, want)
		}
	}

	pool := limited(t, schema.Limits{Statement: 100 * time.Millisecond}, "")
	reset := "drop schema dashboards cascade; drop schema public cascade; create schema public"
	if _, err := pool.Exec(t.Context(), "set statement_timeout = 0; "+reset+"; set statement_timeout = '100ms'"); err != nil {
		t.Fatal(err)
	}
	slow := `create function wait_long() returns event_trigger language plpgsql as $$ begin perform pg_sleep(0.3); end $$;
		create event trigger slow on ddl_command_end when tag in ('CREATE SCHEMA') execute function wait_long()`
	if _, err := pool.Exec(t.Context(), slow); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "create schema cut"); code(err) != "57014" {
		t.Errorf("a slow change in the limited pool ends with %v", err)
	}
	if _, err := schema.Migrate(t.Context(), pool); err != nil {
		t.Errorf("a slow migration is cut: %v", err)
	}
}

// A name that a stopping replica was asking for is asked for again at once, by
// whoever goes on; the attempt that was cut short does not count.
func TestANameIsGivenBack(t *testing.T) {
	pool := schematest.New(t)
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	lease, other := now.Add(time.Minute), now.Add(2*time.Minute)
	_, err := pool.Exec(t.Context(), `insert into chat_people (chat, id, name_due_at, attempts) values ('town', 'held', $1, 2), ('town', 'anothers', $2, 2)`, lease, other)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.New(pool).GiveBack(t.Context(), schema.GiveBackParams{Lease: &lease, Now: &now}); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]time.Time{"held": now, "anothers": other} {
		var due time.Time
		var attempts int
		if err := pool.QueryRow(t.Context(), "select name_due_at, attempts from chat_people where id = $1", id).Scan(&due, &attempts); err != nil {
			t.Fatal(err)
		}
		if !due.Equal(want) || (attempts == 1) != (id == "held") {
			t.Errorf("%s is due at %v after %d attempts, want %v", id, due, attempts, want)
		}
	}
}
