package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// insertOne is what the floor and the naive handler do for each webhook: one
// row of the inbox in a transaction of its own.
const insertOne = `insert into inbox (source, dedup_key, received_at, body, due_at)
values ('support', $1, now(), $2, now()) on conflict (source, dedup_key) do nothing`

// floor measures one-row inserts with 64 clients: by pgbench where there is
// one, which is the stricter floor, else over as many connections of our own.
type floor struct {
	database string // URL
	pgbench  string // program, "" for none
}

func newFloor(database string) floor { return floor{database, findPgbench()} }

func (f floor) name() string {
	if f.pgbench != "" {
		return "pgbench, one row each, 64 clients"
	}
	return "pgx, one row each, 64 connections"
}

// findPgbench looks for the program in the path and beside Debian's servers.
func findPgbench() string {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the only error is a bad pattern
	if len(found) == 0 {
		return ""
	}
	return slices.Max(found)
}

func (f floor) measure(ctx context.Context, d time.Duration) (Figure, error) {
	if f.pgbench == "" {
		return f.byConnections(ctx, d)
	}
	return f.byPgbench(ctx, d)
}

const pgbenchScript = `\set k random(1, 9000000000000000)
insert into inbox (source, dedup_key, received_at, body, due_at)
values ('support', 'evt_' || :k, now(), :body, now()) on conflict (source, dedup_key) do nothing;
`

// byPgbench runs pgbench. It logs every fiftieth transaction, for percentiles.
func (f floor) byPgbench(ctx context.Context, d time.Duration) (Figure, error) {
	dir, err := os.MkdirTemp("", "ticketlink-bench-")
	if err != nil {
		return Figure{}, err
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, "insert.sql")
	if err := os.WriteFile(script, []byte(pgbenchScript), 0o600); err != nil {
		return Figure{}, err
	}
	cmd := exec.CommandContext(ctx, f.pgbench, "-n", "-M", "prepared", "-c", strconv.Itoa(connections), "-j", "2",
		"-T", strconv.Itoa(max(1, int(d.Seconds()))), "-D", "body="+event, "-f", script, "-l", "--sampling-rate=0.02", f.database)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Figure{}, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	rate := tps.FindSubmatch(out)
	if rate == nil {
		return Figure{}, fmt.Errorf("pgbench got nothing done in %s, the machine is too busy; try longer turns: %s", d, out)
	}
	latencies, err := pgbenchLog(dir)
	if err != nil {
		return Figure{}, err
	}
	figure := figureOf(f.name(), 0, d, latencies)
	figure.Rate, err = strconv.ParseFloat(string(rate[1]), 64)
	return figure, err
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbenchLog reads the third column of the threads' logs: microseconds.
func pgbenchLog(dir string) ([]time.Duration, error) {
	logs, _ := filepath.Glob(filepath.Join(dir, "pgbench_log.*"))
	var all []time.Duration
	for _, name := range logs {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if fields := strings.Fields(lines.Text()); len(fields) > 2 {
				us, err := strconv.ParseFloat(fields[2], 64)
				if err != nil {
					return nil, fmt.Errorf("read pgbench's log: %w", err)
				}
				all = append(all, time.Duration(us*float64(time.Microsecond)))
			}
		}
	}
	return all, nil
}

// byConnections does what pgbench does, over connections of our own.
func (f floor) byConnections(ctx context.Context, d time.Duration) (Figure, error) {
	tallies := make([]tally, connections)
	var all sync.WaitGroup
	begin := time.Now()
	for i := range tallies {
		all.Go(func() { tallies[i] = f.insertUntil(ctx, i, begin.Add(d)) })
	}
	all.Wait()
	took := time.Since(begin)
	var sum tally
	for _, t := range tallies {
		sum.n += t.n
		sum.latencies = append(sum.latencies, t.latencies...)
		sum.err = errors.Join(sum.err, t.err)
	}
	return figureOf(f.name(), sum.n, took, sum.latencies), sum.err
}

func (f floor) insertUntil(ctx context.Context, number int, end time.Time) (t tally) {
	conn, err := pgx.Connect(ctx, f.database)
	if err != nil {
		t.err = err
		return t
	}
	defer conn.Close(ctx)
	body := []byte(event)
	for before := time.Now(); before.Before(end); t.n++ {
		if _, t.err = conn.Exec(ctx, insertOne, fmt.Sprintf("evt_%d_%d_%d", end.UnixNano(), number, t.n), body); t.err != nil {
			return t
		}
		now := time.Now()
		t.latencies = append(t.latencies, now.Sub(before))
		before = now
	}
	return t
}
