package main

import (
	"testing"
	"time"
)

// A batch of webhooks from two helpdesks locks the tickets of both before an
// incident: a poll of the second helpdesk has them in that order, and neither
// waits for the other for good.
func TestABatchOfTwoHelpdesksLocksTicketsBeforeIncidents(t *testing.T) {
	s, desks := newDesks(t, everyHelpdesk[0])
	shop, support := desks[0], s.Ticket("Payment fails", "The card is declined.")
	delivered := func() {
		t.Helper()
		s.helpdesk.Flush(t.Context())
		s.Told(shop)
	}
	delivered()
	s.Settle()
	key := s.Declare(map[string]any{"title": "Payments fail"}).Key
	for _, ticket := range []string{"support/" + support, shop.kind + "/" + shop.ticket} {
		s.API("PUT", "/incidents/"+key+"/tickets/"+ticket, map[string]any{"state": "confirmed"}, 200, nil)
	}
	s.Settle()
	s.Skip(time.Minute)
	s.helpdesk.SetTags(support, "urgent")
	shop.SetTags(shop.ticket, "urgent")
	delivered()

	poll, err := s.worker.Database.Begin(t.Context())
	s.must(err)
	_, err = poll.Exec(t.Context(), "select from tickets where ticket_id = $1 for update", support)
	s.must(err)
	batch := make(chan error)
	go func() { batch <- s.worker.RunDue(t.Context()) }()
	s.untilWaits(poll.Conn().PgConn().PID())
	if _, err := poll.Exec(t.Context(), "select from incidents where key = $1 for update nowait", key); err != nil {
		t.Errorf("the batch waits for a ticket and has locked an incident: %v", err)
	}
	s.must(poll.Rollback(t.Context()))
	s.must(<-batch)
}

// untilWaits returns once somebody waits for what a connection has locked.
func (s *story) untilWaits(holder uint32) {
	s.t.Helper()
	for waits := false; !waits; {
		err := s.worker.Database.QueryRow(s.t.Context(),
			"select exists (select from pg_locks where not granted and $1 = any(pg_blocking_pids(pid)))", int32(holder)).Scan(&waits)
		s.must(err)
	}
}
