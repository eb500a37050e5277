package main

import (
	"testing"
)

// Dashboards read views, each of which has rows after an incident, as a role
// that may read nothing else.
func TestViewsAreReadableAndNothingElseIs(t *testing.T) {
	s, _ := payments(t)
	db := s.worker.Database
	conn, err := db.Acquire(t.Context())
	s.must(err)
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "set role ticketlink_reader"); err != nil {
		t.Fatal(err)
	}
	defer conn.Exec(t.Context(), "reset role")
	for _, view := range []string{"incidents", "impact_history", "tickets", "follow_ups", "events", "tickets_per_quarter"} {
		var n int
		if err := conn.QueryRow(t.Context(), "select count(*) from (select * from dashboards."+view+") v").Scan(&n); err != nil || n == 0 {
			t.Errorf("dashboards.%s: %d rows, %v; want some", view, n, err)
		}
	}
	if _, err := conn.Exec(t.Context(), "select * from dashboards.revenue"); err != nil {
		t.Error(err)
	}
	for _, table := range []string{"tickets", "people", "incidents", "inbox"} {
		if _, err := conn.Exec(t.Context(), "select 1 from public."+table); err == nil {
			t.Errorf("the reader may read public.%s", table)
		}
	}
}
