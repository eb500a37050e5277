package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker"
)

// A customer asks what is held about her, then to be forgotten. All that is
// held is told; afterwards no table names her, the incident's figures are as
// they were, nobody is reminded of her, and asking again finds nothing.
func TestPersonIsExportedAndErased(t *testing.T) {
	s := newStory(t)
	s.Ordinary(30)
	began := s.clock()
	others := s.PaymentTickets(6)
	person := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Planted Person"})
	ticket := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Planted payment declined at checkout",
		Description: "Every payment fails with an error at checkout. Planted text.", RequesterID: person, Tags: []string{"payments", "checkout"}})
	s.Settle()
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	key := "INC-1"
	s.ExpectLinked(key, append(others, ticket)...)
	s.FastForward(5 * time.Minute) // the export brings the person
	s.helpdesk.CustomerWrites(ticket, "Planted comment.", s.clock())
	s.Settle()
	s.ExpectFollowUp(key, "first_reply", ticket, "pending")
	type figures struct {
		Tickets   map[string]any
		Customers int
	}
	var before, after figures
	s.API("GET", "/incidents/"+key+"/impact", nil, 200, &before)
	// A delivery that waits and one that is dead name her too.
	_, err := s.worker.Database.Exec(t.Context(), `insert into inbox (source, dedup_key, received_at, body, due_at, dead_at) values
		('support', 'a', now(), convert_to('{"detail":{"requester_id":"`+person+`"}}', 'UTF8'), '2100-01-01', null),
		('support', 'b', now(), convert_to('{"detail":{"id":"`+ticket+`","subject":"Planted"}}', 'UTF8'), null, now()),
		('support', 'c', now(), convert_to('{"detail":{"requester_id":"`+person+`9"}}', 'UTF8'), null, now())`)
	s.must(err)

	who := map[string]string{"helpdesk": "support", "requester_id": person}
	var held json.RawMessage
	s.API("POST", "/privacy/export", who, 200, &held)
	for _, want := range []string{"Planted Person", "Planted payment declined", "Planted text", "Planted comment", `"first_reply"`, key} {
		if !strings.Contains(string(held), want) {
			t.Errorf("the export lacks %q", want)
		}
	}

	var done struct {
		People, Tickets, Deliveries, Remaining int
	}
	s.API("POST", "/privacy/erase", who, 200, &done)
	if done.People != 1 || done.Tickets != 1 || done.Deliveries != 2 || done.Remaining != 0 {
		t.Errorf("erased %+v, want 1 person, 1 ticket, 2 deliveries and nothing left", done)
	}
	s.expectNowhere("Planted", `"`+person+`"`, "support/"+person)
	s.API("GET", "/incidents/"+key+"/impact", nil, 200, &after)
	if diff := cmp.Diff(before, after); diff != "" || before.Customers != 7 {
		t.Errorf("%d customers; erasing changed the impact: %s", before.Customers, diff)
	}
	f := s.ExpectFollowUp(key, "first_reply", ticket, "cancelled")
	if f.Reason != "the customer was erased" {
		t.Errorf("the follow-up's reason is %q", f.Reason)
	}

	s.API("POST", "/privacy/erase", who, 200, &done)
	if done.People+done.Tickets+done.Deliveries+done.Remaining != 0 {
		t.Errorf("the second time erased %+v, want nothing", done)
	}
	s.API("POST", "/privacy/erase", map[string]string{"helpdesk": "support", "requester_id": "a|b"}, 422, nil)
}

// expectNowhere requires that no row of any table holds one of the texts.
func (s *story) expectNowhere(texts ...string) {
	s.t.Helper()
	dump := s.dump()
	for _, text := range texts {
		for _, line := range strings.Split(dump, "\n") {
			if strings.Contains(line, text) {
				s.t.Errorf("%q is still in the database: %.300s", text, line)
			}
		}
	}
}

// dump is every row of every table as JSON, stored bytes as text.
func (s *story) dump() string {
	s.t.Helper()
	ctx, db := s.t.Context(), s.worker.Database
	rows, err := db.Query(ctx, "select tablename::text from pg_tables where schemaname = 'public' order by 1")
	s.must(err)
	var tables []string
	for rows.Next() {
		var name string
		s.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	s.must(rows.Err())
	var out strings.Builder
	for _, table := range tables {
		var text string
		s.must(db.QueryRow(ctx, "select coalesce(string_agg('"+table+" ' || to_jsonb(t)::text, E'\\n'), '') from "+table+" t").Scan(&text))
		out.WriteString(text + "\n")
	}
	var bodies string
	s.must(db.QueryRow(ctx, "select coalesce(string_agg('inbox ' || encode(body, 'escape'), E'\\n'), '') from inbox").Scan(&bodies))
	return out.String() + bodies
}

// Erasing reads whole tables, and takes longer than any other statement may.
func TestErasingTakesAllTheTimeItNeeds(t *testing.T) {
	s := newStory(t)
	s.Settle()
	s.exec(`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return old; end $$;
		insert into people (helpdesk, id, name, updated_at) values ('support', '77', 'Ada', now());
		create trigger slow before delete on people for each row execute function slow()`)
	limited, err := schema.Limits{Statement: time.Second}.Open(t.Context(), s.worker.Database.Config().ConnString())
	s.must(err)
	t.Cleanup(limited.Close)
	if _, err := limited.Exec(t.Context(), "select pg_sleep(2)"); err == nil {
		t.Error("the database cuts nothing: the test says less than it means to")
	}
	o := s.worker.Options
	o.Database, o.Metrics = limited, worker.NewMetrics()
	s.worker = worker.New(o)
	var done struct{ People int }
	s.API("POST", "/privacy/erase", map[string]any{"helpdesk": "support", "requester_id": "77"}, 200, &done)
	if done.People != 1 {
		t.Errorf("%d rows of the person went, want 1", done.People)
	}
}
