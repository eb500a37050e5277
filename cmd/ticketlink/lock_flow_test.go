package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
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

// Tickets change, alerts repeat, people decide and two replicas work, all about
// the same incidents at once: PostgreSQL never has to end one of them.
func TestNobodyWaitsForAnotherForGood(t *testing.T) {
	s := newStory(t)
	tickets := s.PaymentTickets(4)
	alerts := []string{"PaymentsDown", "CheckoutSlow", "CardsRefused"}
	for _, name := range alerts {
		s.Alert("firing", name, name, name, s.clock())
	}
	keys := []string{"INC-1", "INC-2", "INC-3"}
	for _, key := range keys {
		for _, ticket := range tickets {
			s.decide(key, ticket)
		}
	}
	s.Settle()
	for range 15 {
		s.Skip(time.Second)
		for n, ticket := range tickets {
			s.helpdesk.SetTags(ticket, "payments", "at_"+s.clock().Format("150405"))
			s.deliverAlert("firing", alerts[(3-n)%3], alerts[(3-n)%3], alerts[(3-n)%3], s.clock())
		}
		s.helpdesk.Flush(t.Context())
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { _ = s.worker.RunDue(t.Context()) }) // each may find that the other is at it
		}
		all.Go(func() {
			for _, key := range keys {
				s.decide(key, tickets[0])
			}
		})
		all.Go(func() {
			for _, key := range slices.Backward(keys) {
				s.decide(key, tickets[1])
			}
		})
		all.Wait()
	}
	s.Settle()
	s.worker.Database.Close() // connections tell their counts when they end
	again, err := pgx.ConnectConfig(t.Context(), s.worker.Database.Config().ConnConfig)
	s.must(err)
	defer again.Close(t.Context())
	var deadlocks int
	s.must(again.QueryRow(t.Context(), "select deadlocks from pg_stat_database where datname = current_database()").Scan(&deadlocks))
	if deadlocks != 0 {
		t.Errorf("%d transactions waited for each other for good (40P01)", deadlocks)
	}
}

// decide confirms a ticket; unlike API it may be called from any goroutine.
func (s *story) decide(key, ticket string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "PUT", s.service.URL+"/api/v1/incidents/"+key+"/tickets/support/"+ticket,
		strings.NewReader(`{"state": "confirmed"}`))
	if err != nil {
		s.t.Error(err)
		return
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		s.t.Errorf("decision on ticket %s and %s: got %d, want 200", ticket, key, resp.StatusCode)
	}
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
