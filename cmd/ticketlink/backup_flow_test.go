package main

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/schema"
)

// A backup taken in the middle of an incident, loaded into an empty database,
// is the same service: every row is there, and the next migration finds its place.
func TestABackupIsTheWholeService(t *testing.T) {
	s := newStory(t)
	s.confirmedIncident(s.Ticket("Payment fails", "My card is refused"))
	file := filepath.Join(t.TempDir(), "ticketlink.dump")
	s.must(dump(t.Context(), s.worker.Database.Config().ConnString(), file))

	p := s.emptyDatabase()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	s.must(p.restore(t.Context(), file, log))
	if diff := cmp.Diff(s.rows(s.worker.Database), s.rows(p.database)); diff != "" {
		t.Errorf("rows in the service and in its backup (-,+):\n%s", diff)
	}
	if err := p.restore(t.Context(), file, log); !errors.Is(err, errNotEmpty) {
		t.Errorf("a second restore over the first: %v, want %v", err, errNotEmpty)
	}
}

// emptyDatabase is a new database on the story's server.
func (s *story) emptyDatabase() *parts {
	s.t.Helper()
	var name string
	s.must(s.worker.Database.QueryRow(s.t.Context(), "select current_database() || '_restored'").Scan(&name))
	quoted := pgx.Identifier{name}.Sanitize()
	_, err := s.worker.Database.Exec(s.t.Context(), "create database "+quoted+" template template0")
	s.must(err)
	was := s.worker.Database.Config()
	p := &parts{address: strings.Replace(was.ConnString(), "/"+was.ConnConfig.Database, "/"+name, 1)}
	p.database, err = schema.Open(s.t.Context(), p.address)
	s.must(err)
	s.t.Cleanup(p.database.Close)
	return p
}

// rows counts every table's rows.
func (s *story) rows(db *pgxpool.Pool) map[string]int64 {
	s.t.Helper()
	rows, err := db.Query(s.t.Context(), `select relname, (xpath('/row/n/text()',
		query_to_xml(format('select count(*) as n from %I', relname), false, true, '')))[1]::text::bigint
		from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`)
	s.must(err)
	counts := map[string]int64{}
	var table string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&table, &n}, func() error { counts[table] = n; return nil })
	s.must(err)
	return counts
}
