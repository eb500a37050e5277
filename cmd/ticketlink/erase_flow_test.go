package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// Columns that an erasure leaves alone, for they hold nothing that a customer
// or somebody about a customer wrote. A new column has to be erased or listed.
var columnsWithoutPeople = map[string]string{
	"words of the helpdesk's or ours from a fixed list": `tickets.status tickets.priority tickets.type tickets.channel tickets.satisfaction
		tickets.language links.engine reminders.target reminders.instead_of incidents.severity follow_ups.severity follow_ups.plan note_references.kind
		incident_references.kind surges.kind surges.symptom answer_tickets.language audit.action`,
	"ids of organizations, forms, groups, agents and other tickets": `tickets.organization_id tickets.assignee_id tickets.group_id tickets.form_id
		tickets.problem_id follow_ups.assignee follow_ups.group_id follow_ups.organization follow_ups.ticket_id follow_ups.ticket_ids
		follow_ups.helpdesk incidents.organizations`,
	"names and words of our own people": `links.decided_by follow_ups.decided_by follow_ups.assigned_by answers.confirmed_by report_sections.updated_by
		incident_references.added_by incident_references.title incident_references.url surges.dismissed_by audit.actor chat_channels.linked_by
		chat_messages.author chat_messages.url chat_people.name incidents.external_url on_call.calendar sessions.name sessions.email sessions.subject`,
	"what incidents are about and what they did, in numbers": `incidents.services incidents.tags incidents.keywords incidents.regions
		incidents.impact incidents.source impact_snapshots.impact impact_snapshots.corrected incident_alerts.name models.model surges.term surges.theme surges.also`,
	"the machinery's own": `helpdesks.cursor helpdesks.last_error backfills.cursor inbox.error on_call.error notices.error chat_channels.post_id
		chat_channels.post_text chat_channels.error sign_ins.nonce sign_ins.verifier sign_ins.next sessions.token sessions.issuer tickets.fields
		organizations.name organizations.tags organizations.fields reminders.error answer_tickets.error`,
}

// The person's id is written into every column that takes free text; after the
// erasure it is in none but those above.
func TestErasureReachesEveryColumn(t *testing.T) {
	s := newStory(t)
	s.Ordinary(30)
	began := s.clock()
	s.PaymentTickets(6)
	person := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Planted Person"})
	ticket := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Payment declined", Description: "Every payment fails at checkout.", RequesterID: person, Tags: []string{"payments", "checkout"}})
	s.helpdesk.AddComment(ticket, person, "Hello?", true)
	s.Settle()
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.FastForward(35 * time.Minute)
	s.ExpectFollowUp("INC-1", "first_reply", ticket, "due")
	for _, sql := range []string{
		"insert into chat_messages select 'town', 'm1', id, 'grace', 'x', now(), '' from incidents",
		"insert into report_sections select id, 'causes', 'x', 'grace', now() from incidents",
		"insert into answers (incident, fingerprint, texts, set_status, confirmed_by, confirmed_at) select id, 'f', '{}', '', 'grace', now() from incidents",
		"insert into answer_tickets (answer, ticket, language) select answers.id, tickets.id, 'en' from answers, tickets where ticket_id = '" + ticket + "'",
		"insert into notices (key, target, message, intent_at) values ('surge/1', 'leads', '{}', now())",
		"insert into note_references select id, 'PAY-1', 'issue', '', now() from tickets where ticket_id = '" + ticket + "'",
		"insert into surges (kind, term, symptom, onset_at, tickets, usual, found_at, seen_at) values ('word', 'x', '', now(), '{}', 0, now(), now())",
	} {
		_, err := s.worker.Database.Exec(t.Context(), sql)
		s.must(err)
	}
	planted := s.plant(person)
	var done struct{ Remaining int }
	s.API("POST", "/privacy/erase", map[string]string{"helpdesk": "support", "requester_id": person}, 200, &done)

	left := map[string]bool{}
	for _, column := range planted {
		table, name, _ := strings.Cut(column, ".")
		var rows int
		s.must(s.worker.Database.QueryRow(t.Context(), fmt.Sprintf("select count(*) from %s where %s::text like '%%' || $1 || '%%'", table, name), person).Scan(&rows))
		if rows > 0 {
			left[column] = true
		}
	}
	listed := map[string]bool{}
	for _, columns := range columnsWithoutPeople {
		for column := range strings.FieldsSeq(columns) {
			listed[column] = slices.Contains(planted, column)
		}
	}
	for column := range left {
		if _, ok := listed[column]; !ok {
			t.Errorf("%s still names the person: erase it in schema/queries/privacy.sql, or list it with a reason", column)
		}
	}
	if len(planted) < 50 {
		t.Errorf("planted in %d columns only: %s", len(planted), planted)
	}
}

// theirs are the person's own rows; in other tables every row may speak of them.
var theirs = map[string]string{
	"tickets": "requester_id = $1", "people": "id = $1", "follow_ups": "customer = 'support/' || $1",
	"replies": ofTheirs, "links": ofTheirs, "write_backs": ofTheirs, "note_references": ofTheirs, "answer_tickets": ofTheirs,
}

const ofTheirs = "ticket in (select id from tickets where requester_id = $1)"

// plant writes the id into every column that is free to hold it and has rows,
// but for those by which rows are found, and returns the columns.
func (s *story) plant(id string) (planted []string) {
	s.t.Helper()
	ctx, db := s.t.Context(), s.worker.Database
	rows, err := db.Query(ctx, `select c.table_name || '.' || c.column_name, c.udt_name from information_schema.columns c
		join information_schema.tables t using (table_schema, table_name)
		where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.udt_name in ('text', 'jsonb', '_text')
		  and not exists (select from information_schema.key_column_usage k where k.table_name = c.table_name and k.column_name = c.column_name)
		  and not exists (select from information_schema.constraint_column_usage u where u.table_name = c.table_name and u.column_name = c.column_name)
		  and c.table_name || '.' || c.column_name not in ('tickets.requester_id', 'follow_ups.customer', 'replies.author_id')
		order by 1`)
	s.must(err)
	columns := map[string]string{}
	for rows.Next() {
		var column, kind string
		s.must(rows.Scan(&column, &kind))
		columns[column] = kind
	}
	s.must(rows.Err())
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		table, name, _ := strings.Cut(column, ".")
		value := map[string]string{"text": name + " || ' planted ' || $1::text", "_text": "array_append(" + name + ", $1::text)",
			"jsonb": "jsonb_build_object('planted', $1::text)"}[columns[column]]
		done, err := db.Exec(ctx, fmt.Sprintf("update %s set %s = %s where %s", table, name, value, cmp.Or(theirs[table], "$1 <> ''")), id)
		s.must(err)
		if done.RowsAffected() > 0 {
			planted = append(planted, column)
		}
	}
	return planted
}

// An erased person's ticket stays linked when its incident is scored anew: by
// another process, too, that never saw its text.
func TestErasedTicketsStayLinked(t *testing.T) {
	var text string
	s := newStory(t, func(all string) string { text = all; return all })
	tickets := s.secretive()
	before := s.Links("INC-1")
	var person string
	s.must(s.worker.Database.QueryRow(t.Context(), "select requester_id from tickets where ticket_id = $1", tickets[0]).Scan(&person))
	s.API("POST", "/privacy/erase", map[string]string{"helpdesk": "support", "requester_id": person}, 200, nil)
	s.logTo(t.Output(), text)
	_, err := s.worker.Database.Exec(t.Context(), "update incidents set rescore_due_at = $1", s.clock())
	s.must(err)
	s.FastForward(2 * time.Minute)
	if after := s.Links("INC-1")[tickets[0]]; after.State != before[tickets[0]].State {
		t.Errorf("the erased ticket is %q, want %q as before", after.State, before[tickets[0]].State)
	}
}

// Each table keeps a row to the second of its age, and not longer.
func TestRetention(t *testing.T) {
	s := newStory(t, func(text string) string { return text + "retention: {webhooks: 7d, tickets: 365d}\n" })
	const ticket = `insert into tickets (helpdesk, ticket_id, status, requester_id, created_at, updated_at, stamp, seen_at, changed_at)
		values ('support', $2, 'closed', $2, $1, $1, $1, $1, $1)`
	tests := []struct {
		table, insert string
		age           time.Duration
	}{
		{"sessions", "insert into sessions (hash, name, role, created_at, expires_at) values (convert_to($2, 'UTF8'), '', 'viewer', $1, $1)", 0},
		{"notices", "insert into notices (key, target, message, intent_at) values ($2, 'leads', '{}', $1)", 90 * day},
		{"surges", "insert into surges (kind, term, symptom, onset_at, tickets, usual, found_at, seen_at) values ('tag', $2, '', $1, '{}', 0, $1, $1)", 90 * day},
		{"inbox where source = 'support'", "insert into inbox (source, dedup_key, received_at, body, processed_at) values ('support', $2, $1, '', $1)", 7 * day},
		{"inbox where source = 'dead'", "insert into inbox (source, dedup_key, received_at, body, dead_at) values ('dead', $2, $1, 'said', $1)", 90 * day},
		{"tickets", ticket, 365 * day},
		{"people", "insert into people (helpdesk, id, role, updated_at) values ('support', 'p' || $2, 'end-user', $1)", 365 * day},
	}
	got, want := map[string]int{}, map[string]int{}
	for _, test := range tests {
		for name, at := range map[string]time.Time{"old": s.clock().Add(-test.age - time.Second), "young": s.clock().Add(-test.age + time.Second)} {
			_, err := s.worker.Database.Exec(t.Context(), test.insert, at, name)
			s.must(err)
		}
		want[test.table] = 1
	}
	s.purge()
	for _, test := range tests {
		from, where, _ := strings.Cut(test.table, " where ")
		if where == "" {
			where = "true"
		}
		var rows int
		s.must(s.worker.Database.QueryRow(t.Context(), "select count(*) from "+from+" where "+where).Scan(&rows))
		got[test.table] = rows
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
