package main

import (
	"testing"
	"time"

	"github.com/hibiken/asynq"
)

// A fault goes wrong and returns what puts it right.
type fault struct {
	name string
	goes func(p *plant) (mend func())
}

// sharedFaults hit the servers that all plants use: one at a time.
var sharedFaults = []fault{
	{"PostgreSQL crashes and restarts", func(p *plant) func() {
		p.servers.crashPostgres(p.t)
		return func() { p.servers.startPostgres(p.t) }
	}},
	{"PostgreSQL fails over to another address", failOver},
	{"Redis restarts", func(p *plant) func() {
		p.must(p.servers.redis.Close(p.t.Context()))
		return func() { p.must(p.servers.redis.Start(p.t.Context())) }
	}},
	{"Redis is full", during(time.Minute, func(p *plant, on bool) {
		p.redisDo("config", "set", "maxmemory", map[bool]string{true: "1", false: "0"}[on])
	})},
}

// faults hit one plant's own connections, rows and clock.
var faults = []fault{
	{"nothing", func(p *plant) func() { return func() {} }},
	{"PostgreSQL stalls", during(time.Minute, func(p *plant, on bool) { p.database.set(when(on, stalls)) })},
	{"connections to PostgreSQL are reset", func(p *plant) func() { p.database.reset(); return p.database.reset }},
	{"PostgreSQL is slow", during(time.Minute, func(p *plant, on bool) { p.database.set(when(on, drags)) })},
	{"the disk is full", during(time.Minute, diskFull)},
	{"Redis is flushed", func(p *plant) func() { p.flushRedis(); return p.flushRedis }},
	{"Redis is slow", during(time.Minute, func(p *plant, on bool) { p.redis.set(when(on, drags)) })},
	{"Redis is unreachable for a minute", during(time.Minute, func(p *plant, on bool) { p.redis.set(when(on, refuses)) })},
	{"Redis does not answer for a minute", during(time.Minute, func(p *plant, on bool) { p.redis.set(when(on, stalls)) })},
	{"webhooks are cut", func(p *plant) func() { p.front.reset(); return p.front.reset }},
	{"webhooks stall", during(time.Minute, func(p *plant, on bool) { p.front.set(when(on, stalls)) })},
	{"the helpdesk is down for an hour", during(time.Hour, func(p *plant, on bool) { p.desk.set(when(on, refuses)) })},
	{"the target is down for an hour", during(time.Hour, func(p *plant, on bool) { p.target.set(when(on, refuses)) })},
	{"the target does not answer", during(time.Minute, func(p *plant, on bool) { p.target.set(when(on, stalls)) })},
	{"our clock steps an hour back", func(p *plant) func() { p.stepOurs(-time.Hour); return func() { p.stepOurs(time.Hour) } }},
	{"our clock steps a day ahead and back", func(p *plant) func() {
		p.stepOurs(24 * time.Hour)
		return func() {
			p.pass(time.Minute)
			p.stepOurs(-24 * time.Hour)
			p.pass(time.Minute)                                              // what had begun by the other clock ends
			p.must(p.command(p.servers.program, "verify", "--repair").Run()) // else housekeeping does it within the hour
		}
	}},
	{"a poisonous delivery", poisonDelivery},
	{"poisonous tasks", func(p *plant) func() { poisonTasks(p); return func() {} }},
}

func eachFault(t *testing.T, s *servers) {
	for _, f := range sharedFaults {
		t.Run(f.name, func(t *testing.T) { f.play(t, s) })
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.play(t, s)
		})
	}
}

func (f fault) play(t *testing.T, s *servers) {
	p := newPlant(t, s, migrated)
	p.ready(p.start(s.program))
	p.ready(p.start(s.program))
	p.tell(func() func() { return f.goes(p) })
}

// when is a mode while something goes wrong.
func when(on bool, m proxyMode) proxyMode {
	if on {
		return m
	}
	return passes
}

// during is a fault that lasts, by the service's clock.
func during(d time.Duration, change func(p *plant, on bool)) func(*plant) func() {
	return func(p *plant) func() {
		change(p, true)
		return func() {
			p.pass(d)
			change(p, false)
		}
	}
}

// failOver kills the server; its data comes up at the other address that
// database_url names.
func failOver(p *plant) func() {
	p.servers.crashPostgres(p.t)
	p.database.set(refuses)
	p.standby.set(refuses)
	return func() {
		p.servers.movePostgres(p.t)
		p.servers.startPostgres(p.t)
		p.pool.Close()
		p.pool = p.servers.pool(p.t, p.name)
		p.database, p.standby = p.standby, p.database
		p.database.point(p.servers.at())
		p.database.set(passes)
	}
}

// diskFull has every write refused as PostgreSQL refuses it when a table cannot
// grow (53100). A full disk of the WAL is a crash: see there.
func diskFull(p *plant, on bool) {
	sql := `do $$ declare t text; begin
		for t in select tablename from pg_tables where schemaname = 'public' loop
			execute format('create trigger disk_full before insert or update on %I execute function disk_full()', t);
		end loop; end $$`
	if !on {
		sql = `drop function disk_full cascade`
	} else {
		_, err := p.pool.Exec(p.t.Context(), `create function disk_full() returns trigger language plpgsql as
			$$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`)
		p.must(err)
	}
	// It locks every table, the service a few in its own order: one of both gives way.
	p.until("the disk is full, or is no more", func() bool { _, err := p.pool.Exec(p.t.Context(), sql); return err == nil })
}

// poisonDelivery stores what cannot be read: it is put aside with its reason.
func poisonDelivery(p *plant) func() {
	_, err := p.pool.Exec(p.t.Context(), `insert into inbox (source, dedup_key, received_at, due_at, body)
		values ('support', gen_random_uuid(), now(), now(), '{"detail": 17')`)
	p.must(err)
	return func() {
		p.until("it is put aside with its reason", func() bool {
			return p.count("select count(*) from inbox where dead_at is null and body = '{\"detail\": 17'") == 0 &&
				p.count("select count(*) from inbox where dead_at is not null and error <> ''") > 0
		})
	}
}

// poisonTasks are unreadable, about nothing, and of a kind that nobody knows.
func poisonTasks(p *plant) {
	client := asynq.NewClient(asynq.RedisClientOpt{Addr: p.servers.redis.Addr(), DB: p.redisNumber})
	defer client.Close()
	for _, task := range []*asynq.Task{
		asynq.NewTask("match", []byte("{")), asynq.NewTask("plan", []byte(`{"id":-1}`)), asynq.NewTask("unheard-of", nil),
	} {
		_, err := client.EnqueueContext(p.t.Context(), task, asynq.Queue("intake"))
		p.must(err)
	}
}
