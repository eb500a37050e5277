package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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
	Settle  func(ctx context.Context) error             // stores the impact of what is due
	Metrics http.Handler                                // answers /metrics
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
	return r, b.metrics(ctx, &r, progress)
}

// metrics measures what Prometheus waits for, over HTTP, while as many incidents
// are shown as may be.
func (b Impact) metrics(ctx context.Context, r *Report, progress io.Writer) error {
	fmt.Fprintln(progress, "/metrics …")
	if err := b.exec(ctx, seedShown); err != nil {
		return err
	}
	if err := b.Settle(ctx); err != nil {
		return fmt.Errorf("store impact: %w", err)
	}
	if err := b.exec(ctx, "vacuum analyze"); err != nil {
		return err
	}
	server := httptest.NewServer(b.Metrics)
	defer server.Close()
	var took []time.Duration
	samples := 0
	for round := range 3*b.Rounds + 2 {
		began := time.Now()
		n, err := scrape(ctx, server.URL+"/metrics")
		if err != nil {
			return err
		}
		if round >= 2 {
			took, samples = append(took, time.Since(began)), n
		}
	}
	slices.Sort(took)
	f := figureOf("/metrics", len(took), sum(took), took)
	var followUps int
	if err := b.Pool.QueryRow(ctx, "select count(*) from follow_ups f join incidents i on i.id = f.incident where i.status = 'open'").Scan(&followUps); err != nil {
		return fmt.Errorf("count follow-ups: %w", err)
	}
	f.Note = fmt.Sprintf("%d incidents, %d follow-ups, %d samples", impactMany/5, followUps, samples)
	r.Figures = append(r.Figures, f)
	r.Goals = append(r.Goals, Goal{Name: "/metrics", Measured: float64(f.P50) / float64(time.Millisecond), Limit: 20, AtMost: true, Unit: " ms"})
	return nil
}

// scrape reads the metrics as Prometheus does and counts the samples.
func scrape(ctx context.Context, url string) (samples int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, fmt.Errorf("scrape: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("scrape: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("scrape: the answer was %s", resp.Status)
	}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "#") {
			samples++
		}
	}
	return samples, nil
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
	for _, sql := range []string{seedIncidents, seedLinks, seedFollowUps} {
		args := map[string][]any{seedIncidents: {upTo}, seedLinks: {upTo, impactLargest, impactTickets}}[sql]
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
