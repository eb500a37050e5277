package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// reassigning is a story with a follow-up of Grace's that is due, and of which
// she was told; Annie works there too.
func reassigning(t *testing.T) (s *story, f followUpAnswer, annie string) {
	s = newStory(t, anotherTarget("grace", "", ""), anotherTarget("annie", "", ""))
	grace, annie := s.helpdesk.AddAgent("Grace Hopper"), s.helpdesk.AddAgent("Annie Easley")
	s.worker.Reminding.Routes.Agents[grace] = "grace"
	s.worker.Reminding.Routes.Agents[annie] = "annie"
	for _, agent := range []string{grace, annie} {
		who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Of " + agent})
		s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "One", Description: "a", RequesterID: who, AssigneeID: agent})
	}
	key := s.confirmedIncident("1001", "1002")
	s.resolve(key)
	s.FastForward(time.Hour)
	s.expectTold("grace", 1)
	s.expectTold("annie", 1)
	return s, s.ExpectFollowUp(key, "closing", "1001", "due"), annie
}

// A follow-up that was given to somebody else stays theirs, whatever the
// helpdesk says, and they are told.
func TestReassigning(t *testing.T) {
	s, f, annie := reassigning(t)
	s.API("POST", "/follow-ups/"+f.ID+"/reassign", map[string]any{"assignee": "nobody"}, 422, nil)
	s.API("POST", "/follow-ups/0/reassign", map[string]any{"assignee": annie}, 404, nil)
	var after struct{ Assignee string }
	s.API("POST", "/follow-ups/"+f.ID+"/reassign", map[string]any{"assignee": annie, "by": "Ada"}, 200, &after)
	if after.Assignee != annie {
		t.Errorf("it is %q's, want %q's", after.Assignee, annie)
	}
	s.FastForward(2 * time.Minute)
	s.expectTold("annie", 2)
	s.expectTold("grace", 1)
	_, err := s.worker.Database.Exec(t.Context(), "update incidents set plan_due_at = $1", s.clock())
	s.must(err)
	s.Settle()
	var mine struct{ Items []followUpAnswer }
	s.API("GET", "/follow-ups?status=due&assignee="+annie, nil, 200, &mine)
	if len(mine.Items) != 2 {
		t.Errorf("after planning anew Annie has %d follow-ups, want 2", len(mine.Items))
	}
	s.API("POST", "/follow-ups/"+f.ID+"/done", nil, 200, nil)
	s.API("POST", "/follow-ups/"+f.ID+"/reassign", map[string]any{"assignee": annie}, 409, nil)
}

func TestReassigningOnThePage(t *testing.T) {
	s, f, annie := reassigning(t)
	v := s.Visitor()
	if text, _ := v.Get("/follow-ups/" + f.ID + "/reassign"); !strings.Contains(text, ">Annie Easley</option>") {
		t.Fatalf("Annie is not offered: %s", text)
	}
	text, _ := v.Submit("/follow-ups/"+f.ID, url.Values{"action": {"reassign"}, "assignee": {annie}, "back": {"/follow-ups?view=all"}})
	if !strings.Contains(text, "Follow-up reassigned.") || strings.Count(text, "Annie Easley ·") != 2 {
		t.Errorf("the page does not show two follow-ups of Annie's: %s", text)
	}
}

// Whoever signs in sees their own follow-ups, found by their e-mail address.
func TestMineAreFoundByAddress(t *testing.T) {
	s, f, _ := reassigning(t)
	_, err := s.worker.Database.Exec(t.Context(), "update people set email = 'grace@example.com' where name = 'Grace Hopper'")
	s.must(err)
	v := s.Visitor()
	v.Submit("/sign-in", url.Values{"name": {"Grace"}})
	_, err = s.worker.Database.Exec(t.Context(), "update sessions set email = 'grace@example.com'")
	s.must(err)
	if text, _ := v.Get("/follow-ups"); !strings.Contains(text, `id="f-`+f.ID+`"`) || strings.Count(text, `class="follow-up"`) != 1 {
		t.Errorf("Grace sees: %s", text)
	}
}

// A webhook that cannot be processed is shown with its reason, and tried again.
func TestDeadLettersOnThePage(t *testing.T) {
	s := newStory(t)
	v := s.Visitor()
	_, err := s.worker.Database.Exec(t.Context(), `insert into inbox (source, dedup_key, received_at, body, dead_at, attempts, error) values ('gone', 'x', $1, 'planted body', $1, 8, 'no source is called so')`, s.clock())
	s.must(err)
	if text, _ := v.Get("/"); !strings.Contains(text, `href="/dead-letters"`) {
		t.Error("the first page does not lead to the dead letters")
	}
	text, _ := v.Get("/dead-letters")
	if !strings.Contains(text, "no source is called so") || strings.Contains(text, "planted") {
		t.Errorf("the page says %s", text)
	}
	if text, _ = v.Submit("/dead-letters/0", nil); !strings.Contains(text, "There is none.") {
		t.Errorf("after trying again: %s", text)
	}
	s.ExpectRows("inbox where due_at is not null", 1)
	s.ExpectRows("audit where action = 'dead_letters_replayed' and actor = 'local'", 1)
}

// What the helpdesk tells of its rate limit is shown where silence is judged.
func TestRateLeftIsShown(t *testing.T) {
	s := newStory(t)
	s.Settle()
	if text, _ := s.Visitor().Get("/"); !strings.Contains(text, " of 100,000 a minute") {
		t.Errorf("the page does not tell the rate: %s", text)
	}
	s.ExpectMetric(`ticketlink_helpdesk_rate_limit{helpdesk="support"}`, "100000")
	if _, ok := s.Metric(`ticketlink_helpdesk_rate_remaining{helpdesk="support"}`); !ok {
		t.Error("the metrics do not tell what is left")
	}
}
