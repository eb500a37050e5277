package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
	"github.com/ticketlink/ticketlink/worker/embedded"
)

// servers are a PostgreSQL that may crash, a Redis and the program itself,
// shared by all fault tests.
type servers struct {
	program string
	dir     string // of PostgreSQL's data
	moves   int
	pg      *embedded.Postgres
	redis   *embedded.RedisServer
}

func newServers(t *testing.T) *servers {
	t.Helper()
	s := &servers{program: build(t, ".", "-tags", "faults"), redis: schematest.RealRedis(t)}
	dir, err := os.MkdirTemp("", "ticketlink-faults-") // short: a socket lives in it
	if err == nil {
		err = os.Chmod(dir, 0o711) // PostgreSQL may run under another account
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.dir = filepath.Join(dir, "pg")
	s.startPostgres(t)
	t.Cleanup(func() {
		if err := s.pg.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s.exec(t, "create database "+migrated)
	pool := s.pool(t, migrated)
	defer pool.Close()
	if _, err := schema.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	return s
}

// build compiles the program from a source tree.
func build(t *testing.T, tree string, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "ticketlink")
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"build", "-o", program}, flags...), ".")...)
	cmd.Dir = tree
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program in %s: %v\n%s", tree, err, out)
	}
	return program
}

func (s *servers) startPostgres(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	pg, err := embedded.OpenPostgres(ctx, s.dir, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.pg = pg
}

// crashPostgres ends the server as kill -9 does.
func (s *servers) crashPostgres(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err == nil {
		err = s.pg.Close(t.Context()) // waits for it
	}
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatal(err)
	}
}

// movePostgres puts the data of a stopped server where its successor will run.
func (s *servers) movePostgres(t *testing.T) {
	t.Helper()
	s.moves++
	next := filepath.Join(filepath.Dir(s.dir), fmt.Sprintf("pg%d", s.moves))
	if err := os.Rename(s.dir, next); err != nil {
		t.Fatal(err)
	}
	s.dir = next
}

// at is PostgreSQL's socket.
func (s *servers) at() address {
	u, err := url.Parse(s.pg.URL())
	if err != nil {
		panic(err)
	}
	return address{"unix", filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port"))}
}

// pool connects past every proxy.
func (s *servers) pool(t *testing.T, database string) *pgxpool.Pool {
	t.Helper()
	pool, err := schema.Open(t.Context(), strings.Replace(s.pg.URL(), "/postgres?", "/"+database+"?", 1))
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func (s *servers) exec(t *testing.T, sql string) {
	t.Helper()
	pool := s.pool(t, "postgres")
	defer pool.Close()
	if _, err := pool.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

// A plant is two replicas of the real program between a helpdesk that retries
// as Zendesk does and a notification target, with a failing network between all
// of them and a clock that the test moves.
type plant struct {
	t           *testing.T
	servers     *servers
	name        string // of the database
	redisNumber int    // of the database in Redis
	pool        *pgxpool.Pool
	helpdesk    *zendeskfake.Server
	targets     *notifyfake.Server
	front       *proxy // before the replicas
	database    *proxy
	standby     *proxy // the address that database_url names second
	redis       *proxy
	desk        *proxy
	target      *proxy
	config      string
	clockFile   string
	replicas    []*replica
	meanwhile   func() // done while the test waits

	mu     sync.Mutex
	offset time.Duration
}

// The databases that plants' are copies of.
const (
	migrated = "template_faults"
	blank    = "template1"
)

const plantConfig = `
database_url: "postgres://ticketlink@%s,%s/%s?connect_timeout=5"
redis_url: "redis://%s/%d"
helpdesks:
  - {name: support, kind: zendesk, url: "http://%s", email: bot@example.com, api_token: planted-api-token, webhook_secret: "%s", poll_interval: 10s}
matching: {careful_start: 0, always: [{when: {tag: payments}, incident_service: payments}]}
follow_up: {first_reply: off, update_every: off, after_resolve: 0s, remind: [0s], digest_above: 0, notify: [leads], escalate: [leads]}
notify: [{name: leads, url: "generic+http://%s/hook"}]
`

var plants atomic.Int64

// newPlant makes one with an empty database, migrated or not.
func newPlant(t *testing.T, s *servers, template string) *plant {
	t.Helper()
	number := plants.Add(1)
	p := &plant{t: t, servers: s, name: fmt.Sprintf("plant_%d", number), redisNumber: int(number % 16), targets: notifyfake.New()}
	t.Cleanup(p.targets.Close)
	s.exec(t, "create database "+p.name+" template "+template)
	p.pool = s.pool(t, p.name)
	t.Cleanup(func() { p.pool.Close() })
	p.flushRedis()
	p.clockFile = filepath.Join(t.TempDir(), "clock")
	p.step(0)
	p.helpdesk = zendeskfake.New(zendeskfake.Options{Clock: p.clock, FirstTicketID: 1001})
	desk := httptest.NewServer(p.helpdesk)
	t.Cleanup(desk.Close)
	p.front = newProxy(t)
	p.database, p.standby = newProxy(t, s.at()), newProxy(t)
	p.standby.set(refuses)
	p.redis = newProxy(t, address{"tcp", s.redis.Addr()})
	p.desk = newProxy(t, address{"tcp", desk.Listener.Addr().String()})
	p.target = newProxy(t, address{"tcp", p.targets.Listener.Addr().String()})
	p.configure(desk.URL)
	ctx, cancel := context.WithCancel(t.Context())
	delivered := make(chan struct{})
	go func() { p.helpdesk.Run(ctx); close(delivered) }()
	t.Cleanup(func() { cancel(); <-delivered })
	return p
}

// configure subscribes to the helpdesk's webhooks and writes the configuration.
func (p *plant) configure(desk string) {
	p.t.Helper()
	client, err := zendesk.New(zendesk.Config{URL: desk, Email: "bot@example.com", APIToken: "planted-api-token"})
	p.must(err)
	hook, err := integrations.NewHook("http://"+p.front.addr(), "support", "")
	p.must(err)
	_, secret, err := client.Setup(p.t.Context(), hook)
	p.must(err)
	p.config = filepath.Join(p.t.TempDir(), "ticketlink.yaml")
	p.must(os.WriteFile(p.config, fmt.Appendf(nil, plantConfig, p.database.addr(), p.standby.addr(), p.name, p.redis.addr(),
		p.redisNumber, p.desk.addr(), secret, p.target.addr()), 0o600))
}

func (p *plant) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *plant) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.offset)
}

// step moves everybody's clock, forwards or back.
func (p *plant) step(d time.Duration) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offset += d
	next := p.clockFile + ".new"
	p.must(os.WriteFile(next, []byte(p.offset.String()), 0o600))
	p.must(os.Rename(next, p.clockFile))
}

// until waits for something to become true, with a clock that runs ever faster.
func (p *plant) until(what string, done func() bool) {
	p.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(time.Minute)
	for n := 0; !done(); n++ {
		if p.meanwhile != nil {
			p.meanwhile()
		}
		select {
		case <-tick.C:
			p.step(min(time.Duration(n/10)*time.Second, 4*time.Second))
		case <-limit:
			p.t.Fatalf("%s: not within a minute. %s", what, p.state())
		}
	}
}

// pass lets some of the service's time go by.
func (p *plant) pass(d time.Duration) {
	p.t.Helper()
	end := p.clock().Add(d)
	p.until("time passes", func() bool {
		p.step(d / 40)
		return !p.clock().Before(end)
	})
}

func (p *plant) flushRedis() {
	p.t.Helper()
	p.redisDo("flushdb")
}

func (p *plant) redisDo(command ...any) {
	p.t.Helper()
	client := redis.NewClient(&redis.Options{Addr: p.servers.redis.Addr(), DB: p.redisNumber})
	defer client.Close()
	p.must(client.Do(p.t.Context(), command...).Err())
}

// A replica is one process of the program.
type replica struct {
	program string
	addr    string
	cmd     *exec.Cmd
	ended   chan struct{}
	err     error
	log     *os.File
}

// start runs one more replica; it may take requests once ready says so.
func (p *plant) start(program string, env ...string) *replica {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	r := &replica{program: program, addr: l.Addr().String(), ended: make(chan struct{})}
	p.must(l.Close())
	r.log, err = os.CreateTemp(p.t.TempDir(), "replica")
	p.must(err)
	r.cmd = p.command(program, "serve")
	r.cmd.Env = append(append(r.cmd.Env, "TICKETLINK_LISTEN="+r.addr), env...)
	r.cmd.Stdout, r.cmd.Stderr = r.log, r.log
	p.must(r.cmd.Start())
	go func() { r.err = r.cmd.Wait(); close(r.ended) }()
	p.replicas = append(p.replicas, r)
	p.front.point(p.addresses()...)
	p.t.Cleanup(func() { p.end(r) })
	return r
}

func (r *replica) over() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

// end stops a replica as an operator would.
func (p *plant) end(r *replica) {
	p.t.Helper()
	_ = r.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-r.ended:
	case <-time.After(30 * time.Second):
		p.t.Error("a replica did not stop within 30 seconds")
		_ = r.cmd.Process.Kill()
	}
	if p.t.Failed() {
		log, _ := os.ReadFile(r.log.Name())
		p.t.Logf("replica %s (%v):\n%s", r.addr, r.err, log[max(0, len(log)-6000):])
	}
	r.log.Close()
}

func (p *plant) addresses() (all []address) {
	for _, r := range p.replicas {
		all = append(all, address{"tcp", r.addr})
	}
	return all
}

// command prepares the program with the plant's configuration and clock.
func (p *plant) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "TICKETLINK_CONFIG="+p.config, "TICKETLINK_CLOCK_FILE="+p.clockFile)
	return cmd
}

func (p *plant) ready(r *replica) {
	p.t.Helper()
	p.until("a replica is ready", func() bool {
		if r.over() {
			p.t.Fatalf("a replica ended: %v", r.err)
		}
		resp, err := http.Get("http://" + r.addr + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}
