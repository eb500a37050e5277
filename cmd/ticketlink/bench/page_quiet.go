package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// reloadSpread is over how long page.js spreads what a change makes pages ask.
const reloadSpread = 700 * time.Millisecond

// quiet opens pages' streams, lets nothing happen, and then changes something.
func (b Page) quiet(ctx context.Context, address string, r *Report) error {
	told := make(chan time.Time, b.Open)
	var ready sync.WaitGroup
	for range b.Open {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return fmt.Errorf("open a stream: %w", err)
		}
		defer conn.Close()
		if _, err := fmt.Fprintf(conn, "GET /live?topic=incident%%20BENCH-1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"); err != nil {
			return fmt.Errorf("open a stream: %w", err)
		}
		ready.Add(1)
		go listen(conn, ready.Done, func() { told <- time.Now() })
	}
	ready.Wait()
	if err := wait(ctx, 3*time.Second); err != nil { // what opening them has started is over
		return err
	}
	used, began := b.cpu(ctx), time.Now()
	if err := wait(ctx, b.Quiet); err != nil {
		return err
	}
	busy := 100 * (b.cpu(ctx) - used).Seconds() / time.Since(began).Seconds()
	r.Details = append(r.Details, fmt.Sprintf("%d open pages that nothing happens to take %.1f %% of a core, PostgreSQL's part included", b.Open, busy))
	r.Goals = append(r.Goals, Goal{Name: fmt.Sprintf("%d open pages, nothing happens", b.Open), Measured: busy, Limit: quietLimit, AtMost: true, Unit: " %"})
	return b.change(ctx, "http://"+address+"/incidents/BENCH-1", told, r)
}

// change lets something happen and waits until every page was told and shows it.
func (b Page) change(ctx context.Context, page string, told <-chan time.Time, r *Report) error {
	used, began := b.cpu(ctx), time.Now()
	if _, err := b.Pool.Exec(ctx, "update incidents set version = version + 1"); err != nil {
		return fmt.Errorf("change the incident: %w", err)
	}
	var heard, shown []time.Duration
	reloads, failed := make(chan time.Duration, b.Open), make(chan error, b.Open)
	for range b.Open {
		select {
		case at := <-told:
			heard = append(heard, at.Sub(began))
			go func() {
				if err := reload(ctx, page); err != nil {
					failed <- err
					return
				}
				reloads <- time.Since(began)
			}()
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(30 * time.Second):
			return fmt.Errorf("a change was told to %d of %d open pages", len(heard), b.Open)
		}
	}
	for range b.Open {
		select {
		case took := <-reloads:
			shown = append(shown, took)
		case err := <-failed:
			return err
		}
	}
	cost := b.cpu(ctx) - used
	slices.Sort(heard)
	slices.Sort(shown)
	r.Figures = append(r.Figures, Figure{Name: "a change until a page is told", P50: percentile(heard, 0.5), P99: percentile(heard, 0.99)},
		Figure{Name: "a change until a page shows it", P50: percentile(shown, 0.5), P99: percentile(shown, 0.99)})
	r.Details = append(r.Details, fmt.Sprintf("one change with %d open pages takes %.1f s of CPU, the pages' own requests included; the last page shows it after %.1f s",
		b.Open, cost.Seconds(), shown[len(shown)-1].Seconds()))
	return nil
}

// reload asks for what page.js asks for when it was told of a change.
func reload(ctx context.Context, page string) error {
	if err := wait(ctx, rand.N(reloadSpread)); err != nil {
		return err
	}
	for _, url := range []string{page, page + "/timeline"} {
		if _, err := get(ctx, url); err != nil {
			return err
		}
	}
	return nil
}

// listen reads a stream until it ends.
func listen(conn net.Conn, ready, changed func()) {
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		switch lines.Text() {
		case "event: ready":
			ready()
		case "event: changed":
			changed()
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// cpu is what this process and the database's have used so far, as far as
// /proc tells: the database's only where it runs on this machine.
func (b Page) cpu(ctx context.Context) (used time.Duration) {
	pids := []int{os.Getpid()}
	rows, err := b.Pool.Query(ctx, "select pid from pg_stat_activity")
	if err != nil {
		return processTime(pids[0])
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if rows.Scan(&pid) == nil {
			pids = append(pids, pid)
		}
	}
	for _, pid := range pids {
		used += processTime(pid)
	}
	return used
}

// processTime reads a process' user and system time, 0 where there is none:
// proc_pid_stat(5), fields 14 and 15, in hundredths of a second.
func processTime(pid int) time.Duration {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(stat, []byte(") ")) // the name may hold spaces
	fields := strings.Fields(string(rest))
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
