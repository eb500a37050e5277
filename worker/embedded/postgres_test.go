package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// tempDir is a directory that an account other than root can be given a part of.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "embedded-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func open(t *testing.T, dir string) *Postgres {
	t.Helper()
	p, err := OpenPostgres(t.Context(), dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, p) })
	return p
}

func shut(t *testing.T, p *Postgres) {
	t.Helper()
	if err := p.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// query runs SQL that returns one text.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var s string
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFirstStartCreatesTheDirectory(t *testing.T) {
	p := open(t, filepath.Join(tempDir(t), "data", "postgres"))
	if p.Attached() {
		t.Error("attached, though nobody else runs a server")
	}
	got := query(t, p.URL(), `select concat_ws(' ', getdatabaseencoding(), datcollate, datctype,
		current_setting('TimeZone'), current_setting('listen_addresses'), lower('ÉCOLE'))
		from pg_database where datname = current_database()`)
	if want := "UTF8 C " + ctype + " UTC  école"; got != want {
		t.Errorf("encoding, collation, time zone, addresses, folding: got %q, want %q", got, want)
	}
}

func TestRestartKeepsData(t *testing.T) {
	dir := tempDir(t) // an empty directory will do
	p := open(t, dir)
	conn, err := pgx.Connect(t.Context(), p.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `create table kept as select 'still here' as word`); err != nil {
		t.Fatal(err)
	}
	shut(t, p) // also cuts the open connection
	p = open(t, dir)
	if got := query(t, p.URL(), `select word from kept`); got != "still here" {
		t.Errorf("after a restart: %q", got)
	}
}

func TestSecondOpenAttachesAndLeavesTheServerRunning(t *testing.T) {
	dir := filepath.Join(tempDir(t), "postgres")
	first := open(t, dir)
	second := open(t, dir)
	if !second.Attached() {
		t.Fatal("started a second server on the same directory")
	}
	if first.URL() != second.URL() {
		t.Errorf("the same server at %s and %s", first.URL(), second.URL())
	}
	shut(t, second)
	query(t, first.URL(), `select 'alive'`)
}

func TestSimultaneousFirstStartsShareOneServer(t *testing.T) {
	dir := filepath.Join(tempDir(t), "postgres")
	type result struct {
		p   *Postgres
		err error
	}
	results := make(chan result)
	const openers = 2
	for range openers {
		go func() {
			p, err := OpenPostgres(t.Context(), dir, Options{NoSync: true})
			results <- result{p, err}
		}()
	}
	started := 0
	for range openers {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
			continue
		}
		t.Cleanup(func() { shut(t, r.p) })
		if !r.p.Attached() {
			started++
		}
	}
	if started != 1 {
		t.Errorf("%d servers were started, want 1", started)
	}
	if left, _ := filepath.Glob(dir + ".init-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStalePidFileIsNoObstacle(t *testing.T) {
	dir := filepath.Join(tempDir(t), "postgres")
	p := open(t, dir)
	if err := p.server.kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "postmaster.pid")); err != nil {
		t.Fatalf("a killed server should leave its pid file: %v", err)
	}
	again := open(t, dir)
	query(t, again.URL(), `select 'recovered'`)
}

func TestLongDirectoryGetsAShortSocket(t *testing.T) {
	base := tempDir(t)
	fits := base + "/" + strings.Repeat("d", maxSocketPath-len(base)-len("//"+socketName))
	for name, tc := range map[string]struct {
		dir   string
		short bool
	}{
		"exactly at the limit": {fits, false},
		"one byte over":        {fits + "d", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, tc.dir)
			query(t, p.URL(), `select 'reached'`)
			if short := p.socket != ""; short != tc.short {
				t.Fatalf("socket in a directory of its own: %v, want %v", short, tc.short)
			}
			attached := open(t, tc.dir)
			query(t, attached.URL(), `select 'reached too'`)
			shut(t, p)
			if _, err := os.Stat(p.socket); tc.short && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the socket's directory is still there: %v", err)
			}
		})
	}
}

func TestForeignDirectories(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"another major version": {"PG_VERSION", "9\n", "of major version 9, which wrote this data directory, only "},
		"not a cluster":         {"notes.md", "hello", "holds something that is not a PostgreSQL cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tempDir(t)
			if err := os.WriteFile(filepath.Join(dir, tc.file), []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := OpenPostgres(t.Context(), dir, Options{})
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("got error %v, want it to name %s and say %q", err, dir, tc.want)
			}
		})
	}
}

func TestMissingProgramsSayWhatToInstall(t *testing.T) {
	t.Setenv(binVariable, t.TempDir())
	_, err := OpenPostgres(t.Context(), filepath.Join(t.TempDir(), "postgres"), Options{})
	if !errors.Is(err, ErrNoPostgres) {
		t.Fatalf("got %v, want ErrNoPostgres", err)
	}
	for _, want := range []string{"apt-get install postgresql", "brew install postgresql", binVariable, "database_url"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %q: %v", want, err)
		}
	}
}

func TestOpenGivesUpWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(tempDir(t), "postgres")
	if _, err := OpenPostgres(ctx, dir, Options{NoSync: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a half-made cluster is left behind")
	}
}
