package main

import (
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker"
)

// Verify returns what differs, by check.
func (s *story) Verify(repair bool) map[string][]string {
	s.t.Helper()
	checks, err := s.worker.Verify(s.t.Context(), repair)
	s.must(err)
	found := map[string][]string{}
	for _, c := range checks {
		if len(c.Found) > 0 {
			found[c.Name] = c.Found
		}
	}
	return found
}

// ExpectVerified requires that nothing differs.
func (s *story) ExpectVerified() {
	s.t.Helper()
	if found := s.Verify(false); len(found) > 0 {
		s.t.Errorf("verify finds %v, want nothing", found)
	}
}

// aWholeLife is a story with something in every table.
func aWholeLife(t *testing.T) *story {
	s := newStory(t)
	agent := s.helpdesk.AddAgent("Grace")
	s.Ordinary(30)
	began := s.clock()
	tickets := s.PaymentTickets(6)
	s.FastForward(5 * time.Minute)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.FastForward(2 * time.Minute)
	s.ExpectLinked("INC-1", tickets...)
	s.helpdesk.PublicReply(tickets[0], agent, s.clock())
	s.FastForward(2 * time.Minute)
	s.Alert("resolved", "PaymentErrors", "payments", "f1", began)
	s.FastForward(70 * time.Minute)
	s.ExpectReminders(tickets[1], "closing", 1)
	return s
}

// Whatever is damaged behind the service's back is found, named, and put right
// by the service's own jobs.
func TestVerifyFindsAndRepairs(t *testing.T) {
	tests := []struct{ check, damage string }{
		{"deliveries are processed, waiting or dead", `update inbox set processed_at = null where id = (select min(id) from inbox)`},
		{"deliveries are processed, waiting or dead", `update inbox set dead_at = processed_at where id = (select min(id) from inbox)`},
		{"reminders that count were intended", `delete from reminders`},
		{"reminders have an outcome or a due time", `update reminders set delivered_at = null`},
		{"announcements have an outcome or a due time", `insert into notices (key, target, message, intent_at) values ('k', 'leads', '{}', now())`},
		{"write-backs have an outcome or a due time", `update write_backs set written = false where kind = 'tag'`},
		{"reply times are what replies say", `update tickets set first_reply_at = null where first_reply_at is not null`},
		{"tickets by time are a recount", `update ticket_bins set tickets = 0 where at < '2026-11-20'`},
		{"nothing is put off too far", `update helpdesks set poll_due_at = '2036-01-01'`},
		{"nothing is put off too far", `update helpdesks set poll_due_at = null`},
		{"nothing is put off too far", `update incidents set plan_due_at = '2036-01-01'`},
		{"nothing is put off too far", `update tickets set match_due_at = '2036-01-01' where id = 1`},
		{"polls and periodic work have their rows", `delete from helpdesks`},
		{"links are the engine's and people's word", `delete from links where ticket = (select max(ticket) from links where state = 'auto')`},
		{"impact is a recount", `update incidents set impact = jsonb_set(impact, '{customers}', '77')`},
		{"impact is a recount", `update incidents set impact = null`},
		{"follow-ups are what planning says", `update follow_ups set due_at = due_at - interval '1 hour' where status = 'open'`},
		{"follow-ups are what planning says", `update follow_ups set remind_due_at = null where status = 'open'`},
		{"follow-ups are what planning says", `delete from follow_ups where kind = 'closing'`},
	}
	s := aWholeLife(t)
	s.ExpectVerified()
	for _, test := range tests {
		s.exec(test.damage)
		if found := s.Verify(false); len(found[test.check]) == 0 {
			t.Errorf("after %s: verify finds %v, want %q", test.damage, found, test.check)
		}
		s.Verify(true)
		s.Rough(func() { s.FastForward(3 * time.Minute) })
		if found := s.Verify(false); len(found) > 0 {
			t.Fatalf("after %s and its repair: verify finds %v, want nothing", test.damage, found)
		}
	}
}

// What no job can know is left to a person.
func TestVerifyNamesWhatAPersonMustDecide(t *testing.T) {
	s := aWholeLife(t)
	s.exec(`update incidents set status = 'open'`)
	checks, err := s.worker.Verify(t.Context(), true)
	s.must(err)
	if verdict(checks, true) == nil {
		t.Error("an incident that is open and has ended passes")
	}
}

func TestVerdict(t *testing.T) {
	found := []string{"INC-1"}
	tests := []struct {
		name   string
		checks []worker.Check
		repair bool
		fails  bool
	}{
		{"nothing differs", []worker.Check{{Name: "a"}}, false, false},
		{"something differs", []worker.Check{{Name: "a", Found: found}}, false, true},
		{"it is due again", []worker.Check{{Name: "a", Found: found, Mended: true}}, true, false},
		{"a person has to look", []worker.Check{{Name: "a", Found: found}}, true, true},
	}
	for _, test := range tests {
		if err := verdict(test.checks, test.repair); (err != nil) != test.fails {
			t.Errorf("%s: %v, want an error: %v", test.name, err, test.fails)
		}
	}
}

func (s *story) exec(sql string) {
	s.t.Helper()
	_, err := s.worker.Database.Exec(s.t.Context(), sql)
	s.must(err)
}
