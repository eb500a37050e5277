// Package queue is the typed skin on asynq. A task is a kind and an id, never
// a copy of a row: PostgreSQL says what is due, Redis only makes it quick.
//
// asynq's own retries, archive and unique locks are not used. A handler's
// failure is on its row, with the time of the next try, and the sweep nudges
// again; so tasks always end as done, and a task id is free again at once.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hibiken/asynq"
)

// A Task names work that a table says is due.
type Task struct {
	Kind string `json:"-"`
	ID   int64  `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

func (t Task) String() string { return fmt.Sprintf("%s:%d:%s", t.Kind, t.ID, t.Name) }

// Kind says how one sort of task is done. Kinds must not be prefixes of one
// another: asynq's mux would confuse them.
type Kind struct {
	Pool    string        // tasks of one pool share workers, so that slow ones elsewhere do not starve them
	Timeout time.Duration // the longest a task may take
	Do      func(ctx context.Context, t Task) error
}

// The pools: Intake touches only our database, Outbound calls other systems.
const (
	Intake   = "intake"
	Outbound = "outbound"
)

// shutdownTimeout is how long running tasks may go on when the process stops;
// then they are cancelled, and what they did not finish is due still. With the
// time for open requests it stays below the 20 to 30 seconds after which
// supervisors kill.
const shutdownTimeout = 10 * time.Second

// lastWords is how long cancelled tasks may take to give back what they hold.
const lastWords = 2 * time.Second

var workers = map[string]int{Intake: 4, Outbound: 12}

// A Queue hands tasks to this process's workers and to those of other replicas.
type Queue struct {
	kinds   map[string]Kind
	client  *asynq.Client
	Inspect *asynq.Inspector
	servers []*asynq.Server
	running sync.WaitGroup // tasks; asynq does not wait for those that it cancels
	now     func() time.Time
	log     *slog.Logger
	done    func(t Task, err error)
}

// New connects to Redis; done is told of every finished task. Nothing runs
// before Start. An unreachable Redis is no error: it costs a delay.
func New(redis asynq.RedisConnOpt, kinds map[string]Kind, now func() time.Time, log *slog.Logger, done func(Task, error)) *Queue {
	q := &Queue{
		kinds: kinds, client: asynq.NewClient(redis), Inspect: asynq.NewInspector(redis), now: now, log: log, done: done,
	}
	for pool, n := range workers {
		q.servers = append(q.servers, asynq.NewServer(redis, asynq.Config{
			Concurrency:              n,
			Queues:                   map[string]int{pool: 1},
			TaskCheckInterval:        200 * time.Millisecond,
			DelayedTaskCheckInterval: time.Second,
			ShutdownTimeout:          shutdownTimeout,
			Logger:                   quiet{log},
			LogLevel:                 asynq.WarnLevel,
		}))
	}
	return q
}

// Start begins to work on tasks.
func (q *Queue) Start() error {
	mux := asynq.NewServeMux()
	for name, kind := range q.kinds {
		mux.HandleFunc(name, func(ctx context.Context, at *asynq.Task) error {
			q.running.Add(1)
			defer q.running.Done()
			t := Task{Kind: name}
			if err := json.Unmarshal(at.Payload(), &t); err != nil {
				return fmt.Errorf("read task of kind %s: %w: %w", name, err, asynq.SkipRetry)
			}
			q.done(t, run(ctx, kind, t))
			return nil
		})
	}
	for _, s := range q.servers {
		if err := s.Start(mux); err != nil {
			return fmt.Errorf("start workers: %w", err)
		}
	}
	return nil
}

// run does one task; a panic is an error of that task alone.
func run(ctx context.Context, kind Kind, t Task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("task %s panicked: %v\n%s", t, p, debug.Stack())
		}
	}()
	return kind.Do(ctx, t)
}

// Nudge asks for tasks to be done soon, and drops those that wait already. A
// task that is lost or stuck in Redis holds its id for half a minute at most.
func (q *Queue) Nudge(ctx context.Context, tasks ...Task) error {
	slot := q.now().Unix() / 30
	for _, t := range tasks {
		kind := q.kinds[t.Kind]
		body, err := json.Marshal(t)
		if err != nil {
			return fmt.Errorf("write task %s: %w", t, err)
		}
		_, err = q.client.EnqueueContext(ctx, asynq.NewTask(t.Kind, body),
			asynq.Queue(kind.Pool), asynq.MaxRetry(0), asynq.Timeout(kind.Timeout),
			asynq.TaskID(fmt.Sprintf("%s:%d", t, slot)))
		if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
			return fmt.Errorf("enqueue %s: %w", t, err)
		}
	}
	return nil
}

// Stop takes no more tasks, waits for the running ones, and lets go of Redis.
func (q *Queue) Stop() error {
	for _, s := range q.servers {
		s.Stop()
	}
	var all sync.WaitGroup
	for _, s := range q.servers {
		all.Go(s.Shutdown) // together: each may take shutdownTimeout
	}
	all.Wait()
	q.hearLastWords()
	return errors.Join(q.client.Close(), q.Inspect.Close())
}

func (q *Queue) hearLastWords() {
	done := make(chan struct{})
	go func() { q.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(lastWords):
		q.log.Warn("tasks do not end when cancelled; what they hold is due again when their leases end")
	}
}

// Pools returns the names of the queues, for the metric of their sizes.
func Pools() []string { return []string{Intake, Outbound} }

// quiet passes asynq's own words on to our log, all as warnings: what asynq
// reports here is Redis being away, and the sweep covers that.
type quiet struct{ log *slog.Logger }

func (quiet) Debug(...any)     {}
func (quiet) Info(...any)      {}
func (q quiet) Warn(a ...any)  { q.log.Warn("queue: " + fmt.Sprint(a...)) }
func (q quiet) Error(a ...any) { q.log.Warn("queue: " + fmt.Sprint(a...)) }
func (q quiet) Fatal(a ...any) { q.log.Error("queue: " + fmt.Sprint(a...)) }
