package main

import (
	"strings"
	"testing"
	"time"
)

// replicasBeginTogether: on an empty database one replica migrates, under a
// lock, and the others wait.
func replicasBeginTogether(t *testing.T, s *servers) {
	p := newPlant(t, s, blank)
	for range 3 {
		p.start(s.program)
	}
	for _, r := range p.replicas {
		p.ready(r)
	}
	if n := p.count("select count(*) - count(distinct version_id) from goose_db_version"); n != 0 {
		t.Errorf("%d migrations ran twice", n)
	}
	p.tell(func() func() { return func() {} })
}

// replicasWorkOnce: a poll and what comes back by the clock are done by one of
// the replicas each time.
func replicasWorkOnce(t *testing.T, s *servers) {
	p := newPlant(t, s, migrated)
	_, err := p.pool.Exec(t.Context(), `create table turns (kind text);
		create function turn() returns trigger language plpgsql as $$ begin insert into turns values (tg_argv[0]); return new; end $$;
		create trigger turn after update of due_at on periodic for each row execute function turn('periodic')`)
	p.must(err)
	for range 2 {
		p.ready(p.start(s.program))
	}
	began, polls := p.clock(), p.exports()
	p.pass(10 * time.Minute)
	minutes := int(p.clock().Sub(began)/time.Minute) + 2 // the one in hand at each end
	if n := p.count("select count(*) from turns"); n == 0 || n > minutes {
		t.Errorf("in %d minutes the work of each minute was done %d times", minutes, n)
	}
	if n := p.exports() - polls; n == 0 || n > 6*minutes {
		t.Errorf("in %d minutes there were %d polls, want one each 10 s at most", minutes, n)
	}
}

func (p *plant) exports() (n int) {
	for _, r := range p.helpdesk.Requests() {
		if strings.HasPrefix(r.Path, "/api/v2/incremental/") {
			n++
		}
	}
	return n
}
