package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Load sends an hour's webhooks at 80 % of the highest rate, and then more than
// the database takes, while the service works on them.
type Load struct {
	Database string // URL of a migrated database that may be emptied
	Pool     *pgxpool.Pool
	Handler  http.Handler // of the running service
	Path     string       // of the helpdesk's webhook in it
	Secret   string       // that it is signed with
	Count    int          // of the hour's webhooks
	Top      time.Duration
	Jam      time.Duration // how long nothing can be stored; longer than the service tries
}

const (
	shareOfTop = 0.8
	memoryTick = 100 * time.Millisecond
)

// Run measures the floor, the highest rate, the hour and the jam, in this order.
func (b Load) Run(ctx context.Context, progress io.Writer) (Report, error) {
	floor, err := newFloor(b.Database).measure(ctx, b.Top)
	if err != nil {
		return Report{}, err
	}
	floor.Note = "the floor"
	address, stop, err := serve(b.Handler)
	if err != nil {
		return Report{}, err
	}
	defer stop()
	if _, err := b.Pool.Exec(ctx, "truncate inbox"); err != nil {
		return Report{}, fmt.Errorf("empty the table: %w", err)
	}
	top, topTally := b.phase(ctx, "highest rate", pacer{address: address, end: time.Now().Add(b.Top)})
	fmt.Fprintf(progress, "floor %.0f/s, highest rate %.0f/s\n", floor.Rate, top.Rate)
	rate := top.Rate * shareOfTop
	memory := watchMemory()
	hour, hourTally := b.phase(ctx, "an hour at 80 % of it", pacer{address: address, run: 1, rate: rate, count: b.Count})
	early, late := memory()
	fmt.Fprintf(progress, "an hour's %d webhooks at %.0f/s\n", hourTally.stored, hour.Rate)
	_, jamTally, err := b.jam(ctx, pacer{address: address, run: 2, rate: rate, end: time.Now().Add(2 * b.Jam)})
	if err != nil {
		return Report{}, err
	}
	all := topTally.and(hourTally).and(jamTally)
	if all.err != nil {
		return Report{}, fmt.Errorf("load: %w", all.err)
	}
	var stored int
	if err := b.Pool.QueryRow(ctx, "select count(*) from inbox where source = 'support'").Scan(&stored); err != nil {
		return Report{}, fmt.Errorf("count what is stored: %w", err)
	}
	return b.report([]Figure{floor, top, hour}, all, jamTally, stored, early, late), nil
}

func (b Load) report(figures []Figure, all, jam outcome, stored int, early, late float64) Report {
	hour := figures[2]
	return Report{
		Title: "Load: an hour of a large company's webhooks, and more than can be stored",
		Details: []string{
			fmt.Sprintf("%d webhooks of %d bytes on %d connections; the service works on them meanwhile, in the same process", b.Count, len(event), connections),
			fmt.Sprintf("%d acknowledged, %d stored; %d refused while nothing could be stored for %s", all.stored, stored, jam.refused, b.Jam),
			fmt.Sprintf("resident memory at most %.0f MB in the hour's first half, %.0f MB in its second", early, late),
		},
		Figures: figures,
		Goals: []Goal{
			{Name: "p99 of the hour, of its p50", Measured: float64(hour.P99) / float64(hour.P50), Limit: 10, AtMost: true},
			{Name: "memory, second half of first", Measured: late / early, Limit: 1.1, AtMost: true},
			{Name: "acknowledged and not stored", Measured: float64(max(0, all.stored-stored)), Limit: 0, AtMost: true},
			{Name: "refused and stored all the same", Measured: float64(max(0, stored-all.stored)), Limit: 0, AtMost: true},
			{Name: "refused without 503 and Retry-After", Measured: float64(all.rude), Limit: 0, AtMost: true},
			{Name: "refused in the jam", Measured: float64(jam.refused), Limit: 1},
		},
	}
}

// jam loads the service while the inbox is locked.
func (b Load) jam(ctx context.Context, p pacer) (Figure, outcome, error) {
	tx, err := b.Pool.Begin(ctx)
	if err != nil {
		return Figure{}, outcome{}, fmt.Errorf("jam: %w", err)
	}
	defer tx.Rollback(ctx) // a second one does nothing
	if _, err := tx.Exec(ctx, "lock table inbox in share mode"); err != nil {
		return Figure{}, outcome{}, fmt.Errorf("jam: lock the inbox: %w", err)
	}
	release := time.AfterFunc(b.Jam, func() { tx.Rollback(ctx) }) // else at the end
	defer release.Stop()
	figure, tally := b.phase(ctx, "jam", p)
	return figure, tally, nil
}

// phase has all connections send as the pacer says.
func (b Load) phase(ctx context.Context, name string, p pacer) (Figure, outcome) {
	p.loader = loader{p.address, b.Path, b.Secret, p.run}
	outcomes := make([]outcome, connections)
	begin := time.Now()
	var all sync.WaitGroup
	for i := range outcomes {
		all.Go(func() { outcomes[i] = p.connection(ctx, uint32(i), begin) })
	}
	all.Wait()
	took := time.Since(begin)
	var sum outcome
	for _, o := range outcomes {
		sum = sum.and(o)
	}
	return figureOf(name, sum.stored, took, sum.latencies), sum
}

// A pacer sends at a rate, without one as fast as the answers come, until a
// time or a number is reached.
type pacer struct {
	loader
	address string
	run     uint32
	rate    float64 // a second, on all connections; 0: the highest
	count   int     // 0: until end
	end     time.Time
}

// An outcome counts answers: stored (200), refused (503 with Retry-After), and
// rude ones, which are anything else.
type outcome struct {
	stored, refused, rude int
	latencies             []time.Duration
	err                   error
}

func (o outcome) and(more outcome) outcome {
	return outcome{o.stored + more.stored, o.refused + more.refused, o.rude + more.rude,
		append(o.latencies, more.latencies...), errors.Join(o.err, more.err)}
}

// connection sends this connection's share. A latency is counted from when the
// delivery should have been sent, so that a stall is not left out.
func (p pacer) connection(ctx context.Context, number uint32, begin time.Time) (o outcome) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.address)
	if err != nil {
		return outcome{err: err}
	}
	defer conn.Close()
	answers, r := bufio.NewReader(conn), p.newRequest()
	for n := 0; !p.over(n) && ctx.Err() == nil; n++ {
		at := time.Now()
		if p.rate > 0 {
			due := float64(n*connections) + float64(number)
			at = begin.Add(time.Duration(due / p.rate * float64(time.Second)))
			time.Sleep(time.Until(at))
		}
		r.next(uint64(p.run)<<48 | uint64(number)<<32 | uint64(n))
		if _, o.err = conn.Write(r.raw); o.err != nil {
			return o
		}
		if o.err = o.count(answers); o.err != nil {
			return o
		}
		o.latencies = append(o.latencies, time.Since(at))
	}
	return o
}

func (p pacer) over(n int) bool {
	if p.count > 0 {
		return n*connections >= p.count
	}
	return !time.Now().Before(p.end)
}

// count reads one answer.
func (o *outcome) count(answers *bufio.Reader) error {
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	switch {
	case resp.StatusCode == http.StatusOK:
		o.stored++
	case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		o.refused++
	default:
		o.rude++
	}
	return err
}

// watchMemory samples this process's resident memory until it is asked: the
// most in the first and in the second half of that time, in MB.
func watchMemory() (halves func() (early, late float64)) {
	stop, sampled := make(chan struct{}), make(chan []float64)
	go func() {
		tick := time.NewTicker(memoryTick)
		defer tick.Stop()
		var samples []float64
		for {
			samples = append(samples, residentMB())
			select {
			case <-tick.C:
			case <-stop:
				sampled <- samples
				return
			}
		}
	}()
	return func() (early, late float64) {
		close(stop)
		samples := <-sampled
		for i, mb := range samples {
			if i < len(samples)/2 {
				early = max(early, mb)
			} else {
				late = max(late, mb)
			}
		}
		return early, late
	}
}

// residentMB is 0 where there is no /proc.
func residentMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	line, _, _ := strings.Cut(string(rest), "kB")
	kb, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
	if err != nil {
		return 0
	}
	return kb / 1024
}
