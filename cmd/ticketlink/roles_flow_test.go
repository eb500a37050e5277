package main

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/worker"
)

// The service does its whole work as a role that cannot create, change or drop
// anything: an incident is declared, its tickets linked, a customer reminded of
// and erased.
func TestServiceRunsWithoutTheRightToChangeTables(t *testing.T) {
	s := newStory(t)
	s.serveAs(s.serviceLogin())
	s.Ordinary(30)
	began := s.clock()
	tickets := s.PaymentTickets(6)
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.ExpectLinked("INC-1", tickets...)
	s.FastForward(31 * time.Minute)
	s.ExpectReminders(tickets[0], "first_reply", 1)
	var done struct{ Tickets int }
	s.API("POST", "/privacy/erase", map[string]string{"helpdesk": "support", "requester_id": s.customer}, 200, &done)
	if done.Tickets != 30 {
		t.Errorf("erased %d tickets, want the 30 ordinary ones", done.Tickets)
	}
	s.Alert("resolved", "PaymentsDown", "payments", "f1", began)
	s.ExpectFollowUp("INC-1", "closing", tickets[0], "pending")
}

func TestServiceRoleIsRefusedTheRest(t *testing.T) {
	s := newStory(t)
	service := s.serviceLogin()
	for _, sql := range []string{
		"create table planted (id int)", "drop table tickets", "alter table tickets add column planted int", "truncate tickets",
		"create index on tickets (subject)", "create schema planted", "update goose_db_version set version_id = 1",
		"create role planted", "copy tickets to program 'true'", "select * from pg_authid",
	} {
		_, err := service.Exec(t.Context(), sql)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" { // insufficient_privilege
			t.Errorf("%s: got %v, want it refused", sql, err)
		}
	}
	_, err := s.worker.Database.Exec(t.Context(), "create table later (id int)") // as a migration would
	s.must(err)
	_, err = service.Exec(t.Context(), "insert into later values (1)")
	s.must(err)
	var closed string // every migration's tables are open to the service, but for the list of migrations
	s.must(s.worker.Database.QueryRow(t.Context(), `select coalesce(string_agg(relname, ' '), '') from pg_class
		where relkind = 'r' and relnamespace = 'public'::regnamespace
		  and exists (select from unnest(array['select', 'insert', 'update', 'delete']) wanted where not has_table_privilege('ticketlink_service', oid, wanted))`).Scan(&closed))
	if closed != "goose_db_version" {
		t.Errorf("the service may not use %q, want goose_db_version alone", closed)
	}
}

// serviceLogin runs schema/roles.sql and connects as a login in its service role.
func (s *story) serviceLogin() *pgxpool.Pool {
	s.t.Helper()
	script, err := os.ReadFile("../../schema/roles.sql")
	s.must(err)
	ctx, owner := s.t.Context(), s.worker.Database
	for range 2 { // it may be run again
		_, err = owner.Exec(ctx, string(script), pgx.QueryExecModeSimpleProtocol)
		s.must(err)
	}
	conf := owner.Config()
	login := "tl_serve_" + conf.ConnConfig.Database
	_, err = owner.Exec(ctx, "create role "+login+" login password 'x' in role ticketlink_service")
	s.must(err)
	conf.ConnConfig.User, conf.ConnConfig.Password = login, "x"
	service, err := pgxpool.NewWithConfig(ctx, conf)
	s.must(err)
	s.t.Cleanup(func() {
		service.Close()
		if _, err := owner.Exec(context.Background(), "drop role "+login); err != nil {
			s.t.Error(err)
		}
	})
	return service
}

// serveAs goes on with a worker on another connection to the same database.
func (s *story) serveAs(pool *pgxpool.Pool) {
	s.t.Helper()
	o := s.worker.Options
	o.Database, o.Metrics = pool, worker.NewMetrics()
	s.worker = worker.New(o)
	s.must(s.worker.StartHere(s.t.Context()))
}
