package bench

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Impact measures what it costs to say what one incident did to customers,
// against a bare count over the same links, while other incidents grow from 10
// to 1,000.
type Impact struct {
	Pool    *pgxpool.Pool
	Count   func(ctx context.Context) error             // tickets by time, once
	Measure func(ctx context.Context, key string) error // one incident's impact
	Rounds  int
}

// The world: incidents are as skewed as real ones, see facts of the largest
// and of an ordinary one below.
const (
	impactTickets = 200_000
	impactLargest = 23_334 // links of incident 1; incident n has a share of 1/n^0.6
	impactFew     = 10
	impactMany    = 1_000
	ordinary      = 10 // looked at besides the largest: there from the start
)

// Run seeds the database, whose tables it empties, and measures.
func (b Impact) Run(ctx context.Context, progress io.Writer) (Report, error) {
	r := Report{Title: "Impact of one incident against a bare count over its links",
		Details: []string{fmt.Sprintf("%d tickets; the largest incident has %d links; %d rounds, taking turns", impactTickets, impactLargest, b.Rounds)}}
	fmt.Fprintln(progress, "tickets …")
	if err := b.exec(ctx, seedClear, seedOrganizations, seedTickets); err != nil {
		return r, err
	}
	if err := b.Count(ctx); err != nil {
		return r, err
	}
	largest := map[int]time.Duration{}
	for _, incidents := range []int{impactFew, impactMany} {
		fmt.Fprintf(progress, "%d incidents …\n", incidents)
		if err := b.incidents(ctx, incidents); err != nil {
			return r, err
		}
		for _, n := range []int{1, ordinary} {
			bare, ours, err := b.turns(ctx, n)
			if err != nil {
				return r, err
			}
			name := fmt.Sprintf("incident %d of %d", n, incidents)
			r.Figures = append(r.Figures, figureOf("bare count, "+name, len(bare), sum(bare), bare), figureOf("impact, "+name, len(ours), sum(ours), ours))
			ratio := float64(percentile(ours, 0.5)) / float64(percentile(bare, 0.5))
			r.Goals = append(r.Goals, Goal{Name: "impact against count, " + name, Measured: ratio, Limit: 6, AtMost: true, Unit: "x"})
			if n == 1 {
				largest[incidents] = percentile(ours, 0.5)
			}
		}
	}
	growth := float64(largest[impactMany]) / float64(largest[impactFew])
	r.Goals = append(r.Goals, Goal{Name: "the largest, 1,000 incidents against 10", Measured: growth, Limit: 1.5, AtMost: true, Unit: "x"})
	return r, nil
}

// turns lets both contestants take turns and returns their sorted times.
func (b Impact) turns(ctx context.Context, n int) (bare, ours []time.Duration, err error) {
	key := fmt.Sprintf("BENCH-%d", n)
	for round := range b.Rounds + 2 {
		began := time.Now()
		var count int64
		if err := b.Pool.QueryRow(ctx, bareCount, key).Scan(&count); err != nil {
			return nil, nil, fmt.Errorf("count links of %s: %w", key, err)
		}
		counted := time.Now()
		if err := b.Measure(ctx, key); err != nil {
			return nil, nil, err
		}
		if round >= 2 { // the first fill caches
			bare, ours = append(bare, counted.Sub(began)), append(ours, time.Since(counted))
		}
	}
	slices.Sort(bare)
	slices.Sort(ours)
	return bare, ours, nil
}

func (b Impact) incidents(ctx context.Context, upTo int) error {
	for _, sql := range []string{seedIncidents, seedLinks} {
		args := []any{upTo}
		if sql == seedLinks {
			args = append(args, impactLargest, impactTickets)
		}
		if _, err := b.Pool.Exec(ctx, sql, args...); err != nil {
			return fmt.Errorf("seed %d incidents: %w", upTo, err)
		}
	}
	return b.exec(ctx, "vacuum analyze")
}

func (b Impact) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := b.Pool.Exec(ctx, sql); err != nil {
			return fmt.Errorf("seed the benchmark: %w", err)
		}
	}
	return nil
}

func sum(all []time.Duration) (total time.Duration) {
	for _, d := range all {
		total += d
	}
	return total
}

// The floor counts the same links: those of tickets that still exist.
const bareCount = `select count(*) from links l join tickets t on t.id = l.ticket
where l.incident = (select id from incidents where key = $1) and l.state <> 'dropped' and t.status <> 'deleted'`

const seedClear = `truncate incidents, tickets, organizations, ticket_bins cascade`

const seedOrganizations = `insert into organizations (helpdesk, id, name, fields, updated_at)
select 'support', g::text, 'Organization ' || g, jsonb_build_object('plan', (array['free', 'team', 'enterprise'])[1 + g % 3], 'mrr', g % 50 * 100), now()
from generate_series(1, 5000) g`

// One ticket every 20 seconds, up to now.
const seedTickets = `insert into tickets (helpdesk, ticket_id, subject, description, status, channel, tags, requester_id, organization_id,
    created_at, updated_at, stamp, seen_at, changed_at, first_reply_at, satisfaction)
select 'support', g::text, 'Payment declined at checkout ' || g, repeat('Every payment fails with an error at checkout. ', 5),
    (array['new', 'open', 'pending', 'solved', 'closed'])[1 + g % 5], (array['web', 'email', 'api'])[1 + g % 3], '{payments,checkout}',
    (g % 60000)::text, case when g % 4 = 0 then '' else (g % 5000)::text end, t, t, t, t, now(),
    case when g % 6 > 0 then t + g % 7200 * interval '1 second' end, (array['', '', '', 'good', 'bad', 'offered'])[1 + g % 6]
from (select g, now() - (200000 - g) * interval '20 seconds' as t from generate_series(1, 200000) g) x`

const seedIncidents = `insert into incidents (key, title, started_at, declared_at, resolved_at, status, created_at, updated_at)
select 'BENCH-' || g, 'Benchmark', t, t, t + interval '5 hours', 'resolved', t, t
from (select g, now() - interval '15 days' + g * interval '20 minutes' as t from generate_series(1, $1::int) g) x
on conflict (key) do nothing`

const seedLinks = `insert into links (incident, ticket, state, confidence, log_odds, evidence, linked_at, changed_at)
select i.id, (select min(id) from tickets) + (i.n * 7919 + j * 3) % $3::int, (array['auto', 'auto', 'auto', 'confirmed', 'suggested'])[1 + j % 5], 0.93, 2.5,
    '[{"kind": "tag", "detail": "The tag payments is rare and belongs to the incident", "weight": 2.1}]', now(), now()
from (select id, substr(key, 7)::int as n from incidents) i,
    lateral generate_series(1, ceil($2::int / power(i.n, 0.6))::int) j
where i.n <= $1::int
on conflict (incident, ticket) do nothing`
