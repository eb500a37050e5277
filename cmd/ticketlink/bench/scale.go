package bench

import (
	"context"
	"fmt"
	"io"
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
}

const (
	scalePage     = 1000
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

const scaleLinks = `with i as (
    insert into incidents (key, title, started_at, declared_at, created_at, updated_at)
    values ($1, 'Benchmark', now() - interval '5 hours', now() - interval '4 hours', now(), now()) returning id)
insert into links (incident, ticket, state, confidence, log_odds, linked_at, changed_at)
select i.id, t.id, 'auto', 0.95, 3, now(), now() from i, tickets t where t.ticket_id::int < 2000`

// A step is one thing that is done all day.
type scaleStep struct {
	name string
	do   func(ctx context.Context, round int) error
}

// Run fills the tables and measures at each size.
func (b Scale) Run(ctx context.Context, progress io.Writer) (Report, error) {
	r := Report{Title: "Scale: the same work while the history grows"}
	if _, err := b.Pool.Exec(ctx, seedClear); err != nil {
		return r, fmt.Errorf("empty the tables: %w", err)
	}
	first, have := map[string]Figure{}, 0
	for _, size := range b.Sizes {
		if err := b.grow(ctx, have, size); err != nil {
			return r, err
		}
		var bytes int64
		if err := b.Pool.QueryRow(ctx, "select pg_total_relation_size('tickets')").Scan(&bytes); err != nil {
			return r, fmt.Errorf("read the table's size: %w", err)
		}
		r.Details = append(r.Details, fmt.Sprintf("%d tickets take %d MB with their indexes", size, bytes>>20))
		for _, step := range b.steps(size) {
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
		fmt.Fprintf(progress, "%d tickets measured\n", size)
		have = size
	}
	return r, nil
}

// grow adds what is older, and with the first an incident of the newest.
func (b Scale) grow(ctx context.Context, have, size int) error {
	if _, err := b.Pool.Exec(ctx, scaleTickets, have+1, size); err != nil {
		return fmt.Errorf("make %d tickets: %w", size-have, err)
	}
	if have == 0 {
		if _, err := b.Pool.Exec(ctx, scaleLinks, scaleIncident); err != nil {
			return fmt.Errorf("make an incident: %w", err)
		}
	}
	if _, err := b.Pool.Exec(ctx, "vacuum analyze tickets"); err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	return nil
}

func (b Scale) steps(size int) []scaleStep {
	q := schema.New(b.Pool)
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
		{"1000 old tickets purged", func(ctx context.Context, round int) error {
			_, err := q.PurgeTickets(ctx, schema.PurgeTicketsParams{Before: oldest.Add(time.Duration(b.Rounds*scalePage) * scaleApart), Batch: scalePage})
			return err
		}},
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
