package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Intake compares ways to take webhooks that are durable before they are
// answered.
type Intake struct {
	Database string        // URL of a migrated database that may be emptied
	Pool     *pgxpool.Pool // of the same
	Handler  http.Handler  // the service's own
	Path     string        // of the helpdesk's webhook in it
	Secret   string        // that it is signed with
	// Check is the service's own check of a delivery, for the naive handler.
	Check  func(header http.Header, body []byte, now time.Time) (key string, err error)
	Rounds int
	Each   time.Duration
	// Profile is told when our own rounds begin and end.
	Profile func(running bool)
}

// naivePool is a common size of a pool of connections.
const naivePool = 16

// Run lets the contestants take turns and reports their medians.
func (b Intake) Run(ctx context.Context, progress io.Writer) (Report, error) {
	pool, err := b.naiveConnections(ctx)
	if err != nil {
		return Report{}, err
	}
	defer pool.Close()
	floor := newFloor(b.Database)
	ours, stop, err := serve(b.Handler)
	if err != nil {
		return Report{}, err
	}
	defer stop()
	naive, stop, err := serve(b.naive(pool))
	if err != nil {
		return Report{}, err
	}
	defer stop()

	contestants := []func(context.Context, uint32) (Figure, error){
		func(ctx context.Context, _ uint32) (Figure, error) { return floor.measure(ctx, b.Each) },
		func(ctx context.Context, run uint32) (Figure, error) {
			return loader{naive, b.Path, b.Secret, run}.load(ctx, "one INSERT per request, pool of 16", b.Each)
		},
		func(ctx context.Context, run uint32) (Figure, error) {
			b.Profile(true)
			defer b.Profile(false)
			return loader{ours, b.Path, b.Secret, run}.load(ctx, "ticketlink: signed webhook, stored", b.Each)
		},
	}
	rounds := make([][]Figure, len(contestants))
	for n := range b.Rounds {
		for i, contest := range contestants {
			if err := b.clear(ctx); err != nil {
				return Report{}, err
			}
			figure, err := contest(ctx, uint32(n*len(contestants)+i))
			if err != nil {
				return Report{}, err
			}
			fmt.Fprintf(progress, "round %d of %d: %-36s %7.0f/s\n", n+1, b.Rounds, figure.Name, figure.Rate)
			rounds[i] = append(rounds[i], figure)
		}
	}
	return b.report(medianOf(rounds[0]), medianOf(rounds[1]), medianOf(rounds[2])), nil
}

func (b Intake) report(floor, naive, ours Figure) Report {
	floor.Note = "the floor"
	return Report{
		Title: "Intake: webhooks that are durable before they are answered",
		Details: []string{
			fmt.Sprintf("body of %d bytes, HMAC-SHA256 each, %d keep-alive connections, one request at a time on each", len(event), connections),
			fmt.Sprintf("%d rounds of %s each in turn; medians; fsync on", b.Rounds, b.Each),
		},
		Figures: []Figure{floor, naive, ours},
		Goals: []Goal{
			{Name: "rate, of the floor's", Measured: ours.Rate / floor.Rate, Limit: 0.9},
			{Name: "rate, of one INSERT per request", Measured: ours.Rate / naive.Rate, Limit: 2},
			{Name: "p99, of one INSERT per request", Measured: float64(ours.P99) / float64(naive.P99), Limit: 0.75, AtMost: true},
		},
	}
}

// clear gives every contestant an empty table and a quiet server.
func (b Intake) clear(ctx context.Context) error {
	for _, sql := range []string{"truncate inbox", "checkpoint"} {
		if _, err := b.Pool.Exec(ctx, sql); err != nil {
			return fmt.Errorf("empty the table: %w", err)
		}
	}
	return nil
}

func (b Intake) naiveConnections(ctx context.Context) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(b.Database)
	if err != nil {
		return nil, fmt.Errorf("read the database's URL: %w", err)
	}
	config.MaxConns = naivePool
	return pgxpool.NewWithConfig(ctx, config)
}

// naive is the handler that most people write first.
func (b Intake) naive(pool *pgxpool.Pool) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
		if err != nil {
			http.Error(rw, "body", http.StatusBadRequest)
			return
		}
		key, err := b.Check(r.Header, body, time.Now())
		if err != nil {
			http.Error(rw, "signature", http.StatusUnauthorized)
			return
		}
		if _, err := pool.Exec(r.Context(), insertOne, key, body); err != nil {
			http.Error(rw, "database", http.StatusServiceUnavailable)
			return
		}
		rw.WriteHeader(http.StatusOK)
	})
}

// serve runs a handler as the service does.
func serve(h http.Handler) (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second}
	go server.Serve(listener) // ends with Close
	return listener.Addr().String(), func() { server.Close() }, nil
}
