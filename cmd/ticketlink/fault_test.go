package main

import (
	"syscall"
	"testing"
	"time"
)

// Pull any plug: afterwards every acknowledged event is there once, every due
// reminder was delivered, and a recount finds nothing.
func TestFaults(t *testing.T) {
	s := newServers(t)
	t.Run("kill", func(t *testing.T) { killAtEachStep(t, s) })
	t.Run("fault", func(t *testing.T) { eachFault(t, s) })
	t.Run("replicas begin together", func(t *testing.T) { replicasBeginTogether(t, s) })
	t.Run("replicas work once", func(t *testing.T) { replicasWorkOnce(t, s) })
}

// killAtEachStep kills the only replica at one boundary; two others take over.
func killAtEachStep(t *testing.T, s *servers) {
	for _, step := range []string{
		"stored", "accepting", "accepted", "polled", "matching", "matched", "scored", "linked", "measuring", "planning",
		"reminded", "claimed", "delivering", "delivered", "written", "replied",
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, s, migrated)
			doomed := p.start(s.program, "TICKETLINK_FAILPOINT="+step)
			p.meanwhile = func() {
				if doomed.over() && len(p.replicas) == 1 {
					p.start(s.program)
					p.start(s.program)
				}
			}
			p.tell(func() func() { return func() {} })
			p.until("the replica is killed at "+step, doomed.over)
			if status, ok := doomed.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
				t.Errorf("the replica ended with %v, want it killed at %q", doomed.err, step)
			}
		})
	}
}

// A fault goes wrong and returns what puts it right.
var faults = []struct {
	name string
	goes func(p *plant) (mend func())
}{
	{"nothing", func(p *plant) func() { return func() {} }},
	{"PostgreSQL crashes and restarts", func(p *plant) func() {
		p.servers.crashPostgres(p.t)
		return func() { p.servers.startPostgres(p.t) }
	}},
	{"PostgreSQL fails over to another address", failOver},
	{"PostgreSQL stalls", during(time.Minute, func(p *plant, on bool) { p.database.set(when(on, stalls)) })},
	{"connections to PostgreSQL are reset", func(p *plant) func() { p.database.reset(); return p.database.reset }},
	{"PostgreSQL is slow", during(time.Minute, func(p *plant, on bool) { p.database.set(when(on, drags)) })},
	{"the disk is full", during(time.Minute, diskFull)},
	{"Redis is flushed", func(p *plant) func() { p.flushRedis(); return p.flushRedis }},
	{"Redis restarts", func(p *plant) func() {
		p.must(p.servers.redis.Close(p.t.Context()))
		return func() { p.must(p.servers.redis.Start(p.t.Context())) }
	}},
	{"Redis is full", during(time.Minute, func(p *plant, on bool) {
		p.redisDo("config", "set", "maxmemory", map[bool]string{true: "1", false: "0"}[on])
	})},
	{"Redis is slow", during(time.Minute, func(p *plant, on bool) { p.redis.set(when(on, drags)) })},
	{"Redis is unreachable for a minute", during(time.Minute, func(p *plant, on bool) { p.redis.set(when(on, refuses)) })},
	{"Redis does not answer for a minute", during(time.Minute, func(p *plant, on bool) { p.redis.set(when(on, stalls)) })},
	{"webhooks are cut", func(p *plant) func() { p.front.reset(); return p.front.reset }},
	{"webhooks stall", during(time.Minute, func(p *plant, on bool) { p.front.set(when(on, stalls)) })},
	{"the helpdesk is down for an hour", during(time.Hour, func(p *plant, on bool) { p.desk.set(when(on, refuses)) })},
	{"the target is down for an hour", during(time.Hour, func(p *plant, on bool) { p.target.set(when(on, refuses)) })},
	{"the target does not answer", during(time.Minute, func(p *plant, on bool) { p.target.set(when(on, stalls)) })},
}

func eachFault(t *testing.T, s *servers) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			p := newPlant(t, s, migrated)
			p.ready(p.start(s.program))
			p.ready(p.start(s.program))
			p.tell(func() func() { return f.goes(p) })
		})
	}
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
	_, err := p.pool.Exec(p.t.Context(), sql)
	p.must(err)
}
