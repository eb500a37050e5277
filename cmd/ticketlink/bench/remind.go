package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Remind measures how late reminders come when many fall due within a short
// time, on the service's real queue. It is compared with asynq's own schedule,
// which the service does not rely on.
type Remind struct {
	Pool   *pgxpool.Pool // of a migrated, empty database
	Redis  asynq.RedisConnOpt
	Count  int
	Within time.Duration
	Target *Arrivals // that the service was told to remind
	// Serve runs the service's work until the context ends.
	Serve func(ctx context.Context) error
}

const (
	leadTime = 3 * time.Second  // from storing the follow-ups to the first that is due
	overtime = 30 * time.Second // to wait for the last reminder
)

// Run stores follow-ups, serves until all were reminded, and reports.
func (b Remind) Run(ctx context.Context, progress io.Writer) (Report, error) {
	first := time.Now().Add(leadTime).Truncate(time.Microsecond)
	due, err := b.store(ctx, first)
	if err != nil {
		return Report{}, err
	}
	b.Target.expect(due)
	fmt.Fprintf(progress, "%d follow-ups fall due within %s\n", b.Count, b.Within)

	ctx, cancel := context.WithDeadline(ctx, first.Add(b.Within+overtime))
	defer cancel()
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	theirs, err := b.schedule(ctx, first)
	if err != nil {
		return Report{}, err
	}
	select {
	case <-b.Target.all:
	case <-ctx.Done():
	case err := <-served:
		return Report{}, err
	}
	cancel()
	if err := <-served; err != nil {
		return Report{}, err
	}
	return b.report(b.Target.late(), theirs), nil
}

func (b Remind) report(ours, theirs []time.Duration) Report {
	figure := func(name string, late []time.Duration) Figure {
		f := figureOf(name, 0, time.Second, late)
		if len(late) > 0 {
			f.Note = fmt.Sprintf("earliest %s, latest %s", inUnits(late[0]), inUnits(late[len(late)-1]))
		}
		return f
	}
	a, c := figure("asynq's own schedule", theirs), figure("ticketlink", ours)
	early := 0
	for _, d := range ours {
		if d < 0 {
			early++
		}
	}
	return Report{
		Title: "Remind: how late reminders come",
		Details: []string{fmt.Sprintf("%d follow-ups due within %s, from the due time to the target's receipt", b.Count, b.Within),
			"real queue, embedded Redis, one generic target"},
		Figures: []Figure{a, c},
		Goals: []Goal{
			{Name: "p99 of lateness", Measured: c.P99.Seconds(), Limit: 2, AtMost: true, Unit: " s"},
			{Name: "reminders before their time", Measured: float64(early), AtMost: true},
			{Name: "reminders that arrived", Measured: float64(len(ours)), Limit: float64(b.Count)},
			{Name: "p99, of asynq's own schedule", Measured: c.P99.Seconds() / max(a.P99.Seconds(), 1e-3), Limit: 1, AtMost: true},
		},
	}
}

// store writes an open incident with follow-ups, and returns when each is due
// by its id.
func (b Remind) store(ctx context.Context, first time.Time) (map[string]time.Time, error) {
	rows, err := b.Pool.Query(ctx, `
		with incident as (
			insert into incidents (key, title, started_at, declared_at, created_at, updated_at)
			values ('BENCH-1', 'Benchmark', $1, $1, $1, $1) returning id)
		insert into follow_ups (incident, key, kind, phase, customer, helpdesk, ticket_id, ticket_ids, severity, plan,
			organization, assignee, group_id, since, due_at, status, reason, remind_due_at, created_at)
		select incident.id, 'bench/' || n, 'closing', 0, 'support/' || n, 'support', n::text, array[n::text], '', '',
			'', '', '', $1, $1 + n * $3::interval / $2, 'open', 'benchmark', $1 + n * $3::interval / $2, $1
		from incident, generate_series(1, $2::int) n returning id, due_at`, first, b.Count, b.Within)
	if err != nil {
		return nil, fmt.Errorf("store follow-ups: %w", err)
	}
	due := map[string]time.Time{}
	for rows.Next() {
		var id int64
		var at time.Time
		if err := rows.Scan(&id, &at); err != nil {
			return nil, fmt.Errorf("read follow-ups: %w", err)
		}
		due[strconv.FormatInt(id, 10)] = at
	}
	return due, rows.Err()
}

// schedule has asynq do as many tasks at the same times, as its documentation
// has it, and returns how late they were.
func (b Remind) schedule(ctx context.Context, first time.Time) ([]time.Duration, error) {
	var mu sync.Mutex
	var late []time.Duration
	server := asynq.NewServer(b.Redis, asynq.Config{Queues: map[string]int{"bench": 1}, Logger: silent{}, LogLevel: asynq.FatalLevel})
	mux := asynq.NewServeMux()
	mux.HandleFunc("bench", func(_ context.Context, t *asynq.Task) error {
		now := time.Now()
		var due time.Time
		if err := due.UnmarshalText(t.Payload()); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		late = append(late, now.Sub(due))
		return nil
	})
	client := asynq.NewClient(b.Redis)
	defer client.Close()
	for n := range b.Count {
		due := first.Add(time.Duration(n+1) * b.Within / time.Duration(b.Count))
		payload, err := due.MarshalText()
		if err != nil {
			return nil, err
		}
		if _, err := client.EnqueueContext(ctx, asynq.NewTask("bench", payload), asynq.ProcessAt(due), asynq.Queue("bench")); err != nil {
			return nil, fmt.Errorf("schedule: %w", err)
		}
	}
	if err := server.Start(mux); err != nil {
		return nil, fmt.Errorf("start asynq: %w", err)
	}
	defer server.Shutdown()
	for {
		mu.Lock()
		n := len(late)
		mu.Unlock()
		if n == b.Count || ctx.Err() != nil {
			return late, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

type silent struct{}

func (silent) Debug(...any) {}
func (silent) Info(...any)  {}
func (silent) Warn(...any)  {}
func (silent) Error(...any) {}
func (silent) Fatal(...any) {}

// Arrivals is a generic notification target that notes when reminders came.
type Arrivals struct {
	*httptest.Server
	mu    sync.Mutex
	due   map[string]time.Time
	after map[string]time.Duration
	all   chan struct{}
}

// NewArrivals starts the target.
func NewArrivals() *Arrivals {
	a := &Arrivals{after: map[string]time.Duration{}, all: make(chan struct{})}
	a.Server = httptest.NewServer(http.HandlerFunc(a.receive))
	return a
}

func (a *Arrivals) expect(due map[string]time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.due = due
}

func (a *Arrivals) receive(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	var m struct {
		ID string `json:"follow_up_id"`
	}
	if json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&m) != nil {
		http.Error(w, "want JSON", http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, repeated := a.after[m.ID]; repeated {
		return
	}
	a.after[m.ID] = now.Sub(a.due[m.ID])
	if len(a.after) == len(a.due) {
		close(a.all)
	}
}

func (a *Arrivals) late() (late []time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range a.after {
		late = append(late, d)
	}
	return late
}
