package main

import (
	"strings"
	"testing"
	"time"
)

// A re-score is written as a whole or not at all: wherever it fails, links and
// what the helpdesk is to be told stand as they stood, and the next try does it.
func TestARescoreIsWholeOrNothing(t *testing.T) {
	s, tickets := linkedPayments(t, 8)
	s.API("PATCH", "/incidents/INC-1", map[string]any{"started_at": s.clock().Add(20 * time.Hour), "declared_at": s.clock().Add(20 * time.Hour)}, 200, nil)
	s.exec("create function planted() returns trigger language plpgsql as 'begin raise exception ''planted''; end'")
	before := s.standing()
	for _, step := range []struct{ table, when string }{
		{"links", "update on links for each row"},
		{"links", "update on links for each row when (new.ticket = " + s.rowOf(tickets[7]) + ")"},
		{"write_backs", "update of wanted on write_backs for each statement"},
		{"incidents", "update of plan_due_at on incidents for each row when (new.rescore_due_at is null)"},
	} {
		s.exec("create trigger planted before " + step.when + " execute function planted()")
		if err := s.worker.RunDue(t.Context()); err == nil || !strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: the re-score did not fail: %v", step.when, err)
		}
		if after := s.standing(); after != before {
			t.Errorf("failed at %s, what stood changed from\n%s\nto\n%s", step.when, before, after)
		}
		s.exec("drop trigger planted on " + step.table)
		s.Skip(3 * time.Minute) // the next try
	}
	s.FastForward(time.Minute)
	for _, id := range tickets {
		s.ExpectState("INC-1", id, "")
	}
}

// standing is all that a re-score writes, as text.
func (s *story) standing() string {
	s.t.Helper()
	return s.value(`select string_agg(row, E'\n' order by row) from (select l::text as row from links l
		union all select w::text from write_backs w union all select 'due' from incidents where rescore_due_at is not null) r`)
}

// rowOf is a ticket's row id.
func (s *story) rowOf(ticket string) string {
	s.t.Helper()
	return s.value("select id::text from tickets where ticket_id = '" + ticket + "'")
}

func (s *story) value(sql string) (text string) {
	s.t.Helper()
	s.must(s.worker.Database.QueryRow(s.t.Context(), sql).Scan(&text))
	return text
}
