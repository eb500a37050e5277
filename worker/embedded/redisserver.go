package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"time"
)

// ErrNoRedis says that there is no redis-server to run.
var ErrNoRedis = errors.New("no redis-server found; install it, on Debian with apt-get install redis-server")

// RedisServer is a real redis-server as a child of this process, without
// persistence. For tests.
type RedisServer struct {
	program string
	addr    string
	server  *child
}

// OpenRedisServer starts redis-server on a free port of the loopback interface
// and waits until it answers. It fails with ErrNoRedis when there is none.
func OpenRedisServer(ctx context.Context) (*RedisServer, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, ErrNoRedis
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, fmt.Errorf("start redis-server: %w", err)
	}
	r := &RedisServer{program: program, addr: addr}
	return r, r.Start(ctx)
}

// Addr is the server's host and port.
func (r *RedisServer) Addr() string { return r.addr }

// URL is the server's address in the form of redis_url.
func (r *RedisServer) URL() string { return "redis://" + r.addr }

// Start runs the server again after Close, empty and at the same address.
func (r *RedisServer) Start(ctx context.Context) error {
	host, port, err := net.SplitHostPort(r.addr)
	if err != nil {
		return err
	}
	cmd := exec.Command(r.program, "--bind", host, "--port", port, "--save", "", "--appendonly", "no")
	cmd.SysProcAttr = childAttributes(nil)
	if r.server, err = startChild(cmd); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	for !answers(ctx, r.addr) {
		if r.server.done() {
			return fmt.Errorf("redis-server on %s ended at start: %s", r.addr, &r.server.output)
		}
		if err := pause(ctx, time.Millisecond); err != nil {
			return errors.Join(fmt.Errorf("wait for redis-server: %w", err), r.server.kill())
		}
	}
	return nil
}

// Close stops the server; what it held is gone.
func (r *RedisServer) Close(ctx context.Context) error {
	if err := r.server.stop(ctx); err != nil {
		return fmt.Errorf("stop redis-server: %w", err)
	}
	return nil
}

// freeAddr asks the system for a free port. Another process may take it before
// the server does; then the start fails and says so.
func freeAddr(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func answers(ctx context.Context, addr string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
