package schematest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

func TestEachTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	one, other := New(t), New(t)
	if _, err := one.Exec(t.Context(), `create table only_here ()`); err != nil {
		t.Fatal(err)
	}
	var migrated, leaked bool
	err := other.QueryRow(t.Context(), `select to_regclass('goose_db_version') is not null,
		to_regclass('only_here') is not null`).Scan(&migrated, &leaked)
	if err != nil {
		t.Fatal(err)
	}
	if !migrated || leaked {
		t.Errorf("migrated: %v, sees the other's table: %v", migrated, leaked)
	}
}

func TestDatabaseIsDroppedAfterItsTest(t *testing.T) {
	var name string
	t.Run("inner", func(t *testing.T) {
		if err := New(t).QueryRow(t.Context(), `select current_database()`).Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	if exists(t, name) {
		t.Errorf("%s is still there", name)
	}
}

func TestSweepDropsOnlyWhatEndedRunsLeft(t *testing.T) {
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	endedRun, livingRun := fmt.Sprintf("%s%d_1", namePrefix, os.Getpid()), fmt.Sprintf("%s%d_2", namePrefix, os.Getpid())
	orphan, living := endedRun+"_7", livingRun+"_7"
	for _, name := range []string{orphan, living} {
		if err := s.exec(t.Context(), "create database "+name); err != nil {
			t.Fatal(err)
		}
	}
	holder, err := pgx.Connect(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close(context.Background())
	if _, err := holder.Exec(t.Context(), `select pg_advisory_lock(hashtext($1))`, livingRun); err != nil {
		t.Fatal(err)
	}
	if err := s.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if exists(t, orphan) || !exists(t, living) || !exists(t, s.template()) {
		t.Errorf("orphan %v, living run's %v, template %v; want false, true, true",
			exists(t, orphan), exists(t, living), exists(t, s.template()))
	}
	if err := s.exec(t.Context(), "drop database "+living); err != nil {
		t.Fatal(err)
	}
}

func exists(t *testing.T, database string) (found bool) {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	err = s.admin.QueryRow(t.Context(), `select exists (select from pg_database where datname = $1)`, database).Scan(&found)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestOldDirectoriesAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	for pid, kept := range map[int]bool{ended.Process.Pid: false, os.Getpid(): true} {
		dir := filepath.Join(os.TempDir(), fmt.Sprintf(dirPattern, pid)+"x")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		removeOldDirs()
		if _, err := os.Stat(dir); (err == nil) != kept {
			t.Errorf("directory of process %d: %v, want kept %v", pid, err, kept)
		}
	}
}

func TestBothKindsOfRedisAnswer(t *testing.T) {
	for name, url := range map[string]string{"embedded": Redis(t).URL(), "real": RealRedis(t).URL()} {
		opts, err := redis.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		client := redis.NewClient(opts)
		defer client.Close()
		if n, err := client.DBSize(t.Context()).Result(); err != nil || n != 0 {
			t.Errorf("%s Redis: %d keys, %v; want an empty one", name, n, err)
		}
	}
}
