package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Page measures what people wait for who look at an incident with 5,000 links,
// and what open pages cost while nothing happens.
type Page struct {
	Pool    *pgxpool.Pool
	Count   func(ctx context.Context) error // tickets by time, once
	Settle  func(ctx context.Context) error // does what is due
	Handler http.Handler                    // the service's pages
	Paint   Paint                           // nil: there is no browser
	Rounds  int
	Open    int           // pages that stay open
	Quiet   time.Duration // how long nothing happens
}

// Paint opens an address in a browser and returns when it first showed
// something, counted from the start of the navigation.
type Paint func(ctx context.Context, url string) (time.Duration, error)

// The goals: an incident's page on this machine, and what 200 open ones may cost.
const (
	serverLimit = 50  // milliseconds
	paintLimit  = 300 // milliseconds
	quietLimit  = 10  // percent of one core
)

// Run seeds the database, whose tables it empties, and measures.
func (b Page) Run(ctx context.Context, progress io.Writer) (Report, error) {
	r := Report{Title: "The page of an incident with 5,000 links",
		Details: []string{fmt.Sprintf("%d tickets, 5,000 links with nine reasons each, 5,000 open follow-ups; %d rounds, taking turns", impactTickets, b.Rounds),
			"times are a client's, from the request to the last byte"}}
	fmt.Fprintln(progress, "an incident with 5,000 links …")
	if err := b.seed(ctx); err != nil {
		return r, err
	}
	address, stop, err := serve(b.Handler)
	if err != nil {
		return r, err
	}
	defer stop()
	fmt.Fprintln(progress, "pages …")
	size, err := get(ctx, "http://"+address+"/incidents/BENCH-1")
	if err != nil {
		return r, err
	}
	plain, stopPlain, err := serve(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		io.WriteString(rw, "<!doctype html><title>plain</title><p>"+strings.Repeat("plain text ", size/11))
	}))
	if err != nil {
		return r, err
	}
	defer stopPlain()
	if err := b.pages(ctx, "http://"+address, "http://"+plain+"/", &r); err != nil {
		return r, err
	}
	if err := b.paints(ctx, "http://"+address+"/incidents/BENCH-1", "http://"+plain+"/", &r); err != nil {
		return r, err
	}
	fmt.Fprintf(progress, "%d open pages …\n", b.Open)
	return r, b.quiet(ctx, address, &r)
}

func (b Page) seed(ctx context.Context) error {
	run := func(statements ...string) error {
		for _, sql := range statements {
			if _, err := b.Pool.Exec(ctx, sql); err != nil {
				return fmt.Errorf("seed the benchmark: %w", err)
			}
		}
		return nil
	}
	if err := run(seedClear, seedOrganizations, seedTickets, seedRush); err != nil {
		return err
	}
	if err := b.Count(ctx); err != nil {
		return err
	}
	if err := run(seedLarge, seedLargeLinks, seedLargeFollowUps, "vacuum analyze"); err != nil {
		return err
	}
	return b.Settle(ctx)
}

// pages lets the pages and their floors take turns.
func (b Page) pages(ctx context.Context, base, plain string, r *Report) error {
	contestants := []contestant{
		{"the incident's rows by bare SQL", b.bareRows},
		{"a static page of the same size", fetching(plain)},
		{"incident", fetching(base + "/incidents/BENCH-1")},
		{"its timeline, fetched afterwards", fetching(base + "/incidents/BENCH-1/timeline")},
		{"its report, when opened", fetching(base + "/incidents/BENCH-1/report")},
		{"100 tickets", fetching(base + "/incidents/BENCH-1/tickets?list=linked")},
		{"100 tickets by filter", fetching(base + "/incidents/BENCH-1/tickets?list=linked&words=payment")},
		{"now", fetching(base + "/")},
		{"follow-ups", fetching(base + "/follow-ups?view=all")},
	}
	took, bytes := make([][]time.Duration, len(contestants)), make([]int, len(contestants))
	for round := range b.Rounds + 2 {
		for i, c := range contestants {
			began := time.Now()
			n, err := c.turn(ctx)
			if err != nil {
				return err
			}
			if round >= 2 { // the first fill caches
				took[i], bytes[i] = append(took[i], time.Since(began)), n
			}
		}
	}
	for i, c := range contestants {
		f := figureOf(c.name, len(took[i]), sum(took[i]), took[i])
		f.Note = fmt.Sprintf("%d kB", bytes[i]/1000)
		r.Figures = append(r.Figures, f)
	}
	bare, page := r.Figures[0], r.Figures[2]
	r.Goals = append(r.Goals,
		Goal{Name: "the incident's page, p50", Measured: ms(page.P50), Limit: serverLimit, AtMost: true, Unit: " ms"},
		Goal{Name: "the incident's page against bare SQL", Measured: float64(page.P50) / float64(bare.P50), Limit: 5, AtMost: true, Unit: "x"})
	return nil
}

type contestant struct {
	name string
	turn func(ctx context.Context) (bytes int, err error)
}

func fetching(url string) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return get(ctx, url) }
}

// get reads an answer to its end.
func get(ctx context.Context, url string) (bytes int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, fmt.Errorf("ask for a page: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask for a page: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("ask for %s: the answer was %s", req.URL.Path, resp.Status)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	return int(n), err
}

func (b Page) bareRows(ctx context.Context) (bytes int, err error) {
	rows, err := b.Pool.Query(ctx, bareRows)
	if err != nil {
		return 0, fmt.Errorf("read the incident's rows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		for _, v := range rows.RawValues() {
			bytes += len(v)
		}
	}
	return bytes, rows.Err()
}

// paints measures what somebody waits who opens the page, and what they would
// for plain text of the same size.
func (b Page) paints(ctx context.Context, url, plain string, r *Report) error {
	if b.Paint == nil {
		r.Details = append(r.Details, "first paint was not measured: this program was built without -tags browser")
		return nil
	}
	var took, floor []time.Duration
	for round := range 1 + max(b.Rounds/5, 5) {
		bare, err := b.Paint(ctx, plain)
		if err != nil {
			return fmt.Errorf("open a static page in a browser: %w", err)
		}
		ours, err := b.Paint(ctx, url)
		if err != nil {
			return fmt.Errorf("open the page in a browser: %w", err)
		}
		if round > 0 { // a browser's first page takes longer than any other
			floor, took = append(floor, bare), append(took, ours)
		}
	}
	slices.Sort(floor)
	slices.Sort(took)
	r.Figures = append(r.Figures,
		Figure{Name: "first paint of the static page", P50: percentile(floor, 0.5), P99: percentile(floor, 0.99)},
		Figure{Name: "first paint of the incident", P50: percentile(took, 0.5), P99: percentile(took, 0.99)})
	r.Goals = append(r.Goals, Goal{Name: "first paint of the incident, p50", Measured: ms(percentile(took, 0.5)), Limit: paintLimit, AtMost: true, Unit: " ms"})
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
