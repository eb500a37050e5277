package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

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
	offset time.Duration // of everybody's clock
	ours   time.Duration // of the replicas' clock against the others'
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
	p.move(d, 0)
}

// stepOurs moves the replicas' clock alone.
func (p *plant) stepOurs(d time.Duration) {
	p.t.Helper()
	p.move(0, d)
}

func (p *plant) move(everybody, ours time.Duration) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offset, p.ours = p.offset+everybody, p.ours+ours
	next := p.clockFile + ".new"
	p.must(os.WriteFile(next, []byte((p.offset + p.ours).String()), 0o600))
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
