package main

import (
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"
)

type modelAnswer struct {
	Version, Decisions int
	Base               struct{ Confirmed, Rejected float64 }
	Associations       map[string]map[string]struct{ Confirmed, Rejected float64 }
	Platt              struct{ Scores []struct{ Confirmed bool } }
}

func (s *story) Model() (m modelAnswer) {
	s.t.Helper()
	s.API("GET", "/model", nil, 200, &m)
	return m
}

// What people teach changes suggestions. What the machine has linked stays as it
// is, with the reasons of that time, until its ticket or its incident says
// something else; and what is forgotten is so at once.
func TestTeachingUnlinksNothing(t *testing.T) {
	s := newStory(t)
	s.Ordinary(300)
	var past []string
	for range 60 {
		past = append(past, s.Ticket("Search finds nothing", "The search is broken and finds nothing at all.", "search"))
	}
	s.Declare(map[string]any{"title": "Search finds nothing", "services": []string{"search"}, "tags": []string{"search"}})
	s.FastForward(2 * time.Minute)
	s.ExpectLinked("INC-1", past...)
	s.API("POST", "/incidents/INC-1/resolve", nil, 200, nil)
	s.Skip(5 * 24 * time.Hour)
	tickets := s.PaymentTickets(10)
	s.Declare(paymentsFail)
	s.FastForward(2 * time.Minute)
	linked := s.ExpectLinked("INC-2", tickets...)

	s.decideAll("INC-1", "linked", "rejected") // it found what there was
	s.FastForward(2 * time.Minute)
	if m := s.Model(); m.Version == 0 || len(m.Associations["tag:search"]) != 2 || // the tag and the form, not the tag that we wrote
		m.Decisions < 50 || len(m.Platt.Scores) != m.Decisions {
		t.Fatalf("more than 50 rejections taught %+v", m)
	}
	later := s.PaymentTickets(1)[0]
	s.FastForward(2 * time.Minute)
	for id, l := range linked {
		now := s.Links("INC-2")[id]
		if now.State != l.State || l.State == "auto" && (now.Confidence != l.Confidence || !slices.Equal(now.Evidence, l.Evidence) || now.Model != l.Model) {
			t.Errorf("after the teaching ticket %s is %+v, before %+v", id, now, l)
		}
	}
	if got := s.Links("INC-2")[later]; got.Confidence >= 0.6 || got.Model == linked[tickets[0]].Model {
		t.Errorf("a new ticket is %s with %.2f, by version %d of the model", got.State, got.Confidence, got.Model)
	}

	s.API("POST", "/model/reset", map[string]any{"part": "all"}, 200, nil)
	s.Settle()
	s.ExpectState("INC-2", later, "auto")
	if m := s.Model(); m.Decisions != 0 {
		t.Errorf("what people said before the reset is learned again: %+v", m)
	}
	var taught modelAnswer
	s.API("GET", "/model?version=1", nil, 200, &taught)
	if taught.Version != 1 || taught.Decisions < 50 {
		t.Errorf("the first version is %+v, want what was taught before the reset", taught)
	}
	s.API("GET", "/model?version=99", nil, 404, nil)
	s.API("PATCH", "/incidents/INC-2", map[string]any{"started_at": s.clock().Add(20 * time.Hour), "declared_at": s.clock().Add(20 * time.Hour)}, 200, nil)
	s.FastForward(2 * time.Minute)
	s.ExpectState("INC-2", tickets[0], "")
}

// decideAll plays somebody who decides on a whole list.
func (s *story) decideAll(key, list, state string) {
	s.t.Helper()
	v := s.Visitor()
	v.Submit("/sign-in", url.Values{"name": {"Grace"}})
	if _, resp := v.Submit("/incidents/"+key+"/decide", url.Values{"all": {"1"}, "list": {list}, "state": {state}}); resp.StatusCode != 200 {
		s.t.Fatalf("decide on all %s of %s: %s", list, key, resp.Status)
	}
}

// The same said twice teaches once, and what is taken back has taught nothing.
func TestWordsTakenBackTeachNothing(t *testing.T) {
	s := newStory(t)
	var tickets []string
	for _, name := range []string{"one", "two", "three", "four"} {
		tickets = append(tickets, s.Ticket(name, "It is broken.", "payouts"))
	}
	s.Settle()
	s.Declare(map[string]any{"title": "Ledger stuck", "services": []string{"ledger"}})
	page := s.Visitor()
	page.Submit("/sign-in", url.Values{"name": {"Grace"}})
	decide := func(ticket, state string) {
		s.Skip(time.Second)
		page.Submit("/incidents/INC-1/decide", url.Values{"ticket": {"support/" + ticket}, "state": {state}})
	}
	for _, step := range []struct {
		what                string
		do                  func()
		confirmed, rejected float64
	}{
		{"confirmed", func() { s.Say("INC-1", tickets[0], "confirmed", "maria") }, 1, 0},
		{"confirmed again", func() { s.Say("INC-1", tickets[0], "confirmed", "maria") }, 1, 0},
		{"confirmed by another", func() { s.Say("INC-1", tickets[0], "confirmed", "jon") }, 1, 0},
		{"a second ticket", func() { s.Say("INC-1", tickets[1], "confirmed", "maria") }, 2, 0},
		{"rejected after all", func() { s.Say("INC-1", tickets[1], "rejected", "jon") }, 1, 1},
		{"taken back", func() { decide(tickets[1], "undecided") }, 1, 0},
		{"a third ticket", func() { s.Say("INC-1", tickets[2], "confirmed", "maria") }, 2, 0},
		{"rejected by another", func() { decide(tickets[2], "rejected") }, 1, 1},
		{"undone", func() {
			page.Submit("/incidents/INC-1/undo", url.Values{"at": {strconv.FormatInt(s.clock().UnixMicro(), 10)}})
		}, 2, 0},
	} {
		step.do()
		s.Settle()
		m := s.Model()
		pair := m.Associations["service:ledger"]["tag:payout"]
		if near(m.Base.Confirmed, step.confirmed) && near(m.Base.Rejected, step.rejected) && near(pair.Confirmed, step.confirmed) &&
			near(pair.Rejected, step.rejected) && m.Decisions == int(step.confirmed+step.rejected) {
			continue
		}
		t.Errorf("%s: the model has %d decisions, %+v, and %+v for payouts and the ledger; want %v confirmed and %v rejected",
			step.what, m.Decisions, m.Base, pair, step.confirmed, step.rejected)
	}
}

// near allows for what fades in seconds.
func near(a, b float64) bool { return a-b < 0.01 && b-a < 0.01 }

// Of two people who decide at once, one is done later: both have taught.
func TestWhoIsDoneLaterTeachesToo(t *testing.T) {
	s := newStory(t)
	slow, quick := s.Ticket("One", "a", "payouts"), s.Ticket("Two", "b", "payouts")
	s.Settle()
	for range 2 {
		s.Declare(map[string]any{"title": "Ledger stuck", "services": []string{"ledger"}})
	}
	person, err := s.worker.Database.Begin(t.Context())
	s.must(err)
	for _, sql := range []string{
		`insert into links (incident, ticket, state, confidence, log_odds, linked_at, changed_at, decided_by, decided_at)
			select i.id, t.id, 'confirmed', 1, 0, $2, $2, 'maria', $2 from incidents i, tickets t where i.key = 'INC-1' and t.ticket_id = $1`,
		`insert into audit (at, actor, action, incident, ticket, detail)
			select $2, 'maria', 'confirmed', i.id, t.id, '{"was": "dropped"}' from incidents i, tickets t where i.key = 'INC-1' and t.ticket_id = $1`,
	} {
		_, err := person.Exec(t.Context(), sql, slow, s.clock())
		s.must(err)
	}
	s.Say("INC-2", quick, "confirmed", "jon")
	learned := make(chan error)
	go func() { learned <- s.worker.RunDue(t.Context()) }()
	s.untilWaits(person.Conn().PgConn().PID()) // jon's word is read by now, maria's is not
	s.must(person.Commit(t.Context()))
	s.must(<-learned)
	s.Settle()
	if m := s.Model(); m.Decisions != 2 {
		t.Errorf("two people taught %d decisions", m.Decisions)
	}
	version := s.Model().Version
	s.FastForward(2 * time.Minute)
	if got := s.Model().Version; got != version {
		t.Errorf("with nothing new the model went from version %d to %d", version, got)
	}
}

// Versions of the model are kept for a month; for longer the latest, and those by
// which something was linked that may be looked at again.
func TestOldVersionsOfTheModelGo(t *testing.T) {
	s := newStory(t)
	ticket := s.Ticket("One", "a")
	s.Settle()
	s.Declare(map[string]any{"title": "Ledger stuck"})
	s.Say("INC-1", ticket, "confirmed", "maria")
	s.Settle()
	s.exec("insert into models (version, at, audit_id, model) select v, now() - interval '10 years', 0, jsonb_build_object('version', v) from generate_series(2, 5) v")
	s.exec("update links set model = 3")
	s.purge()
	if kept := s.value("select string_agg(version::text, ' ' order by version) from models"); kept != "1 3 5" {
		t.Errorf("kept are %s, want 1, which is new, 3, which a link names, and 5, the latest", kept)
	}
	var second modelAnswer
	if s.API("GET", "/model?version=2", nil, 200, &second); second.Version != 3 {
		t.Errorf("instead of a version that is gone there is %d, want the next, 3", second.Version)
	}
	s.API("POST", "/incidents/INC-1/resolve", nil, 200, nil)
	s.purge()
	if kept := s.value("select string_agg(version::text, ' ' order by version) from models"); kept != "1 5" {
		t.Errorf("after the incident kept are %s, want 1 and 5", kept)
	}
}

// What the model of today would link no more is judged by those in force since it
// was linked, the latest first: one that links it is enough.
func TestAFormerModelKeepsLinks(t *testing.T) {
	s, tickets := linkedPayments(t, 8)
	const doubtful = `jsonb_build_object('version', v, 'platt', '{"slope": 1, "shift": -60}'::jsonb)`
	s.exec("insert into models (version, at, audit_id, model) select v, now(), 0, case when v = 2 then jsonb_build_object('version', v) else " + doubtful + " end from generate_series(1, 4) v")
	s.exec("update links set model = case ticket when " + s.rowOf(tickets[0]) + " then 1 when " + s.rowOf(tickets[1]) + " then 3 else 2 end")
	later := s.PaymentTickets(1)[0]
	s.FastForward(2 * time.Minute)
	for ticket, want := range map[string]string{tickets[0]: "auto", tickets[1]: "", tickets[2]: "auto", later: ""} {
		s.ExpectState("INC-1", ticket, want)
	}
}
