package schematest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/ticketlink/ticketlink/worker/embedded"
)

// namePrefix begins the name of every database of every test run.
const namePrefix = "ticketlink_test_"

// dirPattern is the data directory of an embedded server; the process that
// runs it is the number.
const dirPattern = "ticketlink-test-%d-"

// serverURL is the named server's, or that of a new embedded one.
func serverURL(ctx context.Context) (string, error) {
	if url := os.Getenv(urlVariable); url != "" {
		return url, nil
	}
	removeOldDirs()
	dir, err := os.MkdirTemp("", fmt.Sprintf(dirPattern, os.Getpid()))
	if err != nil {
		return "", err
	}
	pg, err := embedded.OpenPostgres(ctx, dir, embedded.Options{NoSync: true})
	if err != nil {
		return "", err
	}
	return pg.URL(), nil
}

// removeOldDirs removes the data directories of processes that have ended. One
// whose server is still shutting down is left for the next run.
func removeOldDirs() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), "ticketlink-test-*")) // the only error is a bad pattern
	for _, dir := range dirs {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), dirPattern, &pid); err == nil && !alive(pid) {
			_ = os.RemoveAll(dir)
		}
	}
}

func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}

// sweep drops the databases of test runs that have ended, which is when their
// advisory lock is free.
func (s *server) sweep(ctx context.Context) error {
	rows, err := s.lock.Query(ctx, "select datname from pg_database where starts_with(datname, $1)", namePrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.dropIfOrphan(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) dropIfOrphan(ctx context.Context, name string) error {
	run := name[:strings.LastIndexByte(name, '_')]
	if run == s.prefix {
		return nil // our own lock is free to us
	}
	var free bool
	if err := s.lock.QueryRow(ctx, "select pg_try_advisory_lock(hashtext($1))", run).Scan(&free); err != nil || !free {
		return err
	}
	// Two runs may sweep at once; dropping under the lock keeps them apart.
	if err := s.exec(ctx, "drop database if exists "+name+" with (force)"); err != nil {
		return err
	}
	_, err := s.lock.Exec(ctx, "select pg_advisory_unlock(hashtext($1))", run)
	return err
}
