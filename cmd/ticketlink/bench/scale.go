package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/schema"
)

// Scale measures what the service does all day while its history grows: 10,000
// tickets a day, so that ten million are 1,000 days. Only the past grows.
type Scale struct {
	Pool    *pgxpool.Pool // a migrated database that may be emptied
	Sizes   []int         // of the history, ascending
	Rounds  int
	Measure func(ctx context.Context, key string) error // of one incident's impact
	Match   func(ctx context.Context, key string) error // one incident, by a service that has just started
	Handler http.Handler                                // the service's pages and metrics
}

const (
	scalePage     = 1000
	scaleChunk    = 500_000
	scaleIncident = "SCALE-1"
	scaleApart    = 8640 * time.Millisecond
)

// The n-th newest ticket. The last two days' are open.
const scaleTickets = `insert into tickets (helpdesk, ticket_id, subject, description, status, channel, tags, requester_id, organization_id,
    created_at, updated_at, stamp, seen_at, changed_at, first_reply_at)
select 'support', n::text, 'Payment declined at checkout ' || n, repeat('Every payment fails with an error at checkout. ', 10),
    case when n < 20000 then 'open' else 'closed' end, 'email', array['payments', 'area_' || n % 97], (n % 200000)::text, (n % 5000)::text,
    at, at, at, at, at, at + interval '1 hour'
from (select n, now() - n * interval '8.64 seconds' as at from generate_series($1::int, $2::int) n) x`

const scalePeople = `insert into people (helpdesk, id, name, role, organization_id, updated_at)
select 'support', n::text, 'Customer ' || n, 'end-user', (n % 5000)::text, now() from generate_series(0, 199999) n`

const scaleLinks = `with i as (
    insert into incidents (key, title, started_at, declared_at, created_at, updated_at)
    values ($1, 'Benchmark', now() - interval '5 hours', now() - interval '4 hours', now(), now()) returning id)
insert into links (incident, ticket, state, confidence, log_odds, linked_at, changed_at)
select i.id, t.id, 'auto', 0.95, 3, now(), now() from i, tickets t where t.ticket_id::int < 2000`

// A day has an incident with 300 tickets, which were answered.
const scalePast = `with past as (
    insert into incidents (key, title, status, started_at, declared_at, resolved_at, created_at, updated_at)
    select 'PAST-' || day, 'Benchmark', 'resolved', at, at, at + interval '3 hours', at, at
    from (select day, now() - day * interval '1 day' as at from generate_series($1::int / 10000 + 1, $2::int / 10000 - 1) day) d
    returning id, key, started_at
), linked as (
    insert into links (incident, ticket, state, confidence, log_odds, linked_at, changed_at, decided_by, decided_at)
    select p.id, t.id, 'confirmed', 0.95, 3, t.created_at, t.created_at, 'ada', t.created_at
    from past p, generate_series(1, 300) n, tickets t
    where t.helpdesk = 'support' and t.ticket_id = (substr(p.key, 6)::int * 10000 - n)::text returning incident, ticket, linked_at
), answered as (
    insert into replies (ticket, reply_id, agent, public, at) select ticket, 'r', true, true, linked_at + interval '1 hour' from linked
)
insert into follow_ups (incident, key, kind, phase, customer, helpdesk, ticket_id, ticket_ids, severity, plan, organization,
    assignee, group_id, since, due_at, status, reason, created_at, ended_at)
select incident, incident || '/' || ticket, 'first_reply', 0, ticket::text, 'support', ticket::text, '{}', '', '', '',
    '7', '', linked_at, linked_at, 'done', 'answered', linked_at, linked_at from linked`

// A step is one thing that is done all day.
type scaleStep struct {
	name string
	do   func(ctx context.Context, round int) error
}

// Run fills the tables and measures at each size.
func (b Scale) Run(ctx context.Context, progress io.Writer) (Report, error) {
	r := Report{Title: "Scale: the same work while the history grows"}
	if _, err := b.Pool.Exec(ctx, seedClear+"; truncate people; "+scalePeople); err != nil {
		return r, fmt.Errorf("empty the tables: %w", err)
	}
	address, stop, err := serve(b.Handler)
	if err != nil {
		return r, err
	}
	defer stop()
	first, have := map[string]Figure{}, 0
	for _, size := range b.Sizes {
		if err := b.grow(ctx, have, size, progress); err != nil {
			return r, err
		}
		var tickets, all int64
		if err := b.Pool.QueryRow(ctx, "select pg_total_relation_size('tickets'), pg_database_size(current_database())").Scan(&tickets, &all); err != nil {
			return r, fmt.Errorf("read the table's size: %w", err)
		}
		for _, step := range b.steps(size, "http://"+address) {
			f, err := b.time(ctx, step)
			if err != nil {
				return r, fmt.Errorf("%s among %d tickets: %w", step.name, size, err)
			}
			if have == 0 {
				first[step.name] = f
			} else {
				r.Goals = append(r.Goals, Goal{Name: fmt.Sprintf("%s, %d of %d", step.name, size, b.Sizes[0]),
					Measured: float64(f.P50) / float64(first[step.name].P50), Limit: 2, AtMost: true})
			}
			f.Note = fmt.Sprintf("%d tickets", size)
			r.Figures = append(r.Figures, f)
		}
		r.Details = append(r.Details, fmt.Sprintf("%d tickets take %d MB with their indexes, the database %d MB",
			size, tickets>>20, all>>20))
		fmt.Fprintf(progress, "%d tickets measured\n", size)
		have = size
	}
	return r, nil
}

// grow adds what is older, and with the first an incident of the newest.
func (b Scale) grow(ctx context.Context, have, size int, progress io.Writer) error {
	first := have == 0
	for have < size {
		next := min(have+scaleChunk, size)
		if _, err := b.Pool.Exec(ctx, scaleTickets, have+1, next); err != nil {
			return fmt.Errorf("make %d tickets: %w", next-have, err)
		}
		if _, err := b.Pool.Exec(ctx, scalePast, have, next); err != nil {
			return fmt.Errorf("make past incidents: %w", err)
		}
		have = next
		fmt.Fprintf(progress, "%d of %d tickets\n", have, size)
	}
	if first {
		if _, err := b.Pool.Exec(ctx, scaleLinks, scaleIncident); err != nil {
			return fmt.Errorf("make an incident: %w", err)
		}
	}
	if _, err := b.Pool.Exec(ctx, "delete from tickets where ticket_id like 'new-%'"); err != nil { // of the last size's rounds
		return fmt.Errorf("delete new tickets: %w", err)
	}
	debug.FreeOSMemory()
	if _, err := b.Pool.Exec(ctx, "vacuum analyze"); err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	return nil
}

func (b Scale) steps(size int, address string) []scaleStep {
	q := schema.New(b.Pool)
	page := func(path string) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error { _, err := get(ctx, address+path); return err }
	}
	oldest := time.Now().Add(-time.Duration(size) * scaleApart)
	return []scaleStep{
		{"1000 tickets stored", func(ctx context.Context, round int) error { return b.page(ctx, q, size, round) }},
		{"sweep", func(ctx context.Context, _ int) error { now := time.Now(); _, err := q.Due(ctx, &now); return err }},
		{"1000 changes read by the matcher", func(ctx context.Context, _ int) error {
			_, err := q.CorpusChanges(ctx, schema.CorpusChangesParams{RegionField: "region", Since: time.Now().Add(-time.Minute),
				CreatedSince: time.Now().AddDate(0, 0, -28), Batch: scalePage})
			return err
		}},
		{"matched", func(ctx context.Context, _ int) error {
			now := time.Now().Truncate(time.Microsecond)
			lease := now.Add(time.Minute)
			ids, err := q.ClaimMatch(ctx, schema.ClaimMatchParams{Now: &now, Lease: &lease, Batch: scalePage})
			if err != nil {
				return err
			}
			return q.FinishMatch(ctx, schema.FinishMatchParams{Ids: ids, Lease: &lease})
		}},
		{"tickets counted by time", func(ctx context.Context, _ int) error { return q.CountBins(ctx, time.Now().Add(-time.Minute)) }},
		{"impact of 2000 links", func(ctx context.Context, _ int) error { return b.Measure(ctx, scaleIncident) }},
		{"what surges leave out", func(ctx context.Context, _ int) error {
			_, err := q.ExplainedTickets(ctx, schema.ExplainedTicketsParams{Since: time.Now().Add(-12 * time.Hour),
				ResolvedSince: time.Now().Add(-36 * time.Hour), Lately: time.Now().Add(-30 * time.Minute)})
			return err
		}},
		{"/metrics", page("/metrics")},
		{"now, as a page", page("/")},
		{"the incident, as a page", page("/incidents/" + scaleIncident)},
		{"1000 old tickets purged", func(ctx context.Context, round int) error {
			_, err := q.PurgeTickets(ctx, schema.PurgeTicketsParams{Before: oldest.Add(time.Duration(b.Rounds*scalePage) * scaleApart), Batch: scalePage})
			return err
		}},
		// Last: what it leaves for the collector would slow the others.
		{"matched anew, after a start", func(ctx context.Context, _ int) error { return b.Match(ctx, scaleIncident) }},
	}
}

// page stores new tickets as a poll does.
func (b Scale) page(ctx context.Context, q *schema.Queries, size, round int) (err error) {
	now := time.Now()
	rows := make([]schema.UpsertTicketParams, 0, scalePage)
	for n := range scalePage {
		rows = append(rows, schema.UpsertTicketParams{Helpdesk: "support", TicketID: fmt.Sprintf("new-%d-%d-%d", size, round, n),
			Subject: "Payment fails", Description: event, Status: "open", Tags: []string{"payments"}, Words: []int64{}, Fields: []byte("{}"),
			CreatedAt: now, UpdatedAt: now, Stamp: now, Now: now})
	}
	q.UpsertTicket(ctx, rows).Query(func(_ int, _ []int64, rowErr error) {
		if err == nil {
			err = rowErr
		}
	})
	return err
}

func (b Scale) time(ctx context.Context, step scaleStep) (Figure, error) {
	var took []time.Duration
	begin := time.Now()
	for round := range b.Rounds {
		at := time.Now()
		if err := step.do(ctx, round); err != nil {
			return Figure{}, err
		}
		took = append(took, time.Since(at))
	}
	return figureOf(step.name, b.Rounds, time.Since(begin), took), nil
}
