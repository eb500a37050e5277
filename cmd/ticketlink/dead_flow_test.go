package main

import (
	"fmt"
	"testing"
	"time"
)

// A delivery that cannot be read is kept with its reason, is seen, and can be
// tried again; it keeps no other from its way.
func TestDeadLettersAreKeptAndReplayed(t *testing.T) {
	s := newStory(t)
	s.Settle()
	s.exec(`insert into inbox (source, dedup_key, received_at, due_at, body) values ('support', 'poison', '2026-11-23', '2026-11-23', '{"detail": 17')`)
	s.PostSigned(`{"ticket_id":"1001"}`)
	s.Ticket("Behind the poison", "It waits in the same batch.")
	s.Settle()
	s.TicketAnswer("1001")
	s.ExpectMetric("ticketlink_inbox_dead", "1")

	var dead struct {
		Items []struct {
			ID            int64
			Source, Error string
		}
	}
	s.API("GET", "/dead-letters", nil, 200, &dead)
	if len(dead.Items) != 1 || dead.Items[0].Source != "support" || dead.Items[0].Error == "" {
		t.Fatalf("dead letters are %+v, want the one with its reason", dead.Items)
	}
	s.exec(`update inbox set body = '{"ticket_id":"1001"}' where dedup_key = 'poison'`)
	var answer struct{ Replayed int }
	s.API("POST", fmt.Sprintf("/dead-letters/%d/replay", dead.Items[0].ID), nil, 200, &answer)
	s.FastForward(time.Minute)
	s.ExpectMetric("ticketlink_inbox_dead", "0")
	if answer.Replayed != 1 {
		t.Errorf("%d were replayed, want 1", answer.Replayed)
	}
	s.ExpectVerified()
}
