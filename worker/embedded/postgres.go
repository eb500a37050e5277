package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// superuser owns the embedded cluster; the socket's directory is what keeps
// other accounts out.
const superuser = "ticketlink"

// Options change how the embedded server runs.
type Options struct {
	// NoSync gives up durability for speed. For tests.
	NoSync bool
}

// Postgres is a PostgreSQL server on this machine, reached over a unix socket.
type Postgres struct {
	url    string
	server *child // nil when another process runs the server
	socket string // a directory of our own making, "" when the socket is in the data directory
}

// OpenPostgres makes sure a server runs on the data directory dir, and waits
// until it accepts connections. It creates dir when it is absent or empty. When
// another process already runs a server there, it attaches to that one.
//
// It fails with ErrNoPostgres when no installation is found, and when dir was
// written by another major version or holds something else.
func OpenPostgres(ctx context.Context, dir string, opts Options) (*Postgres, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("embedded PostgreSQL in %s: %w", dir, err)
	}
	c := &cluster{dir: dir, opts: opts}
	p, err := c.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("embedded PostgreSQL in %s: %w", dir, err)
	}
	return p, nil
}

// URL is the connection string of the server's superuser, as pgx reads it.
func (p *Postgres) URL() string { return p.url }

// Attached says that another process runs the server.
func (p *Postgres) Attached() bool { return p.server == nil }

// Close shuts the server down and waits for it. Open connections are cut and
// their transactions rolled back. When ctx ends first the server is killed,
// and recovers at its next start. A server that another process runs is left
// alone.
func (p *Postgres) Close(ctx context.Context) error {
	if p.server == nil {
		return nil
	}
	err := p.server.stop(ctx)
	if p.socket != "" {
		err = errors.Join(err, os.RemoveAll(p.socket))
	}
	if err != nil {
		return fmt.Errorf("stop embedded PostgreSQL: %w", err)
	}
	return nil
}

// open attaches or starts, in turn until one works: a server that is starting
// or shutting down under another process neither takes connections nor lets a
// second one start.
func (c *cluster) open(ctx context.Context) (*Postgres, error) {
	if p := c.attach(ctx); p != nil {
		return p, nil // without even looking for an installation
	}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		p, err := c.start(ctx)
		if !errors.Is(err, errInUse) {
			return p, err
		}
		if p := c.attach(ctx); p != nil {
			return p, nil
		}
		if err := pause(ctx, wait); err != nil {
			return nil, fmt.Errorf("another process's server (see postmaster.pid) does not become ready: %w", err)
		}
	}
}

// attach returns the server that another process runs, or nil.
func (c *cluster) attach(ctx context.Context) *Postgres {
	socket := c.running().socket
	if socket == "" {
		return nil
	}
	p := &Postgres{url: connString(socket)}
	if ping(ctx, p.url) != nil {
		return nil
	}
	return p
}

// start runs a server of our own and waits until it is ready. It fails with
// errInUse when another process's server holds the directory.
func (c *cluster) start(ctx context.Context) (*Postgres, error) {
	socket, made, err := c.socketDir()
	if err != nil {
		return nil, err
	}
	p := &Postgres{url: connString(socket)}
	if made {
		p.socket = socket
	}
	if p.server, err = c.launch(socket); err == nil {
		err = c.waitReady(ctx, p)
	}
	if err != nil && made {
		return nil, errors.Join(err, os.RemoveAll(socket))
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// waitReady waits until our own server answers. While it starts and fails,
// another process's server may answer at the same address.
func (c *cluster) waitReady(ctx context.Context, p *Postgres) error {
	pid := strconv.Itoa(p.server.process.Pid)
	for wait := time.Millisecond; ; wait = min(2*wait, 10*time.Millisecond) {
		if c.running().pid == pid && ping(ctx, p.url) == nil {
			return nil
		}
		if p.server.done() {
			return startFailure(p.server.output.String())
		}
		if err := pause(ctx, wait); err != nil {
			return errors.Join(fmt.Errorf("wait until ready: %w", err), p.server.kill())
		}
	}
}

func connString(socket string) string {
	q := url.Values{"host": {socket}, "port": {port}, "user": {superuser}}
	return "postgres:///postgres?" + q.Encode()
}

func ping(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
