package main

import (
	"strings"
	"testing"
	"time"
)

// Two sources' views of one incident are one, and it is over when both say so.
func TestTwoSourcesOneIncident(t *testing.T) {
	s := newStory(t, everySource)
	began := s.clock()
	pager, page := s.source("pagerduty"), s.source("statuspage")
	pagerBody := func(what string) string {
		return strings.Replace(pager.body(what, s.clock(), began), `"urgency"`, `"html_url": "https://pd.example/incidents/P1", "urgency"`, 1)
	}
	pageBody := func(what string) string {
		text := `"incident_updates": [{"body": "Internal: https://pd.example/incidents/P1."}], "components"`
		return strings.Replace(page.body(what, s.clock(), began), `"components"`, text, 1)
	}
	s.Send(pager, pagerBody("open"), 200)
	s.FastForward(time.Minute)
	s.Send(page, pageBody("open"), 200)
	s.ExpectOne("open")
	s.FastForward(time.Minute)
	s.Send(pager, pagerBody("over"), 200)
	s.ExpectOne("open")
	s.FastForward(time.Minute)
	s.Send(page, pageBody("over"), 200)
	s.ExpectOne("resolved")
}

// A person's declaration and a source's news of it are one, by key or address.
func TestPersonAndSourceOneIncident(t *testing.T) {
	s := newStory(t, everySource)
	s.Declare(map[string]any{"title": "Nobody can pay", "severity": "sev3", "external_url": "https://pd.example/incidents/P1"})
	began := s.clock()
	pager, own := s.source("pagerduty"), s.source("homegrown")
	s.Send(pager, strings.Replace(pager.body("open", s.clock(), began), `"urgency"`, `"html_url": "https://pd.example/incidents/P1", "urgency"`, 1), 200)
	s.Send(own, strings.Replace(own.body("open", s.clock(), began), "checkout", "checkout, ticketlink:INC-1", 1), 200)
	i := s.ExpectOne("open")
	if i.Severity != "sev3" || i.Title != "Nobody can pay" || i.Source != "" {
		t.Errorf("a source overruled a person: %+v", i)
	}
}

// A source makes an incident worse, never less bad, and not against a person's word.
func TestSeverityOnlyRises(t *testing.T) {
	s := newStory(t, everySource)
	began, pager := s.clock(), s.source("pagerduty")
	priority := func(p string) {
		t.Helper()
		s.FastForward(time.Minute)
		s.Send(pager, strings.Replace(pager.body("again", s.clock(), began), "P1\"}", p+"\"}", 1), 200)
	}
	expect := func(want string) {
		t.Helper()
		if got := s.ExpectOne("open").Severity; got != want {
			t.Errorf("severity %q, want %q", got, want)
		}
	}
	priority("P3")
	expect("p3")
	priority("P2")
	expect("p2")
	priority("P4")
	expect("p2")
	s.API("PATCH", "/incidents/INC-1", map[string]any{"severity": "sev4"}, 200, nil)
	priority("P1")
	expect("sev4")
}

// A person says that two incidents are one: decisions and alerts go on there,
// the other one ends and gets no tickets any more.
func TestPersonMergesTwoIncidents(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	tickets := s.PaymentTickets(10)
	kept := s.Declare(paymentsFail)
	s.Skip(time.Minute)
	began := s.clock()
	s.Alert("firing", "CardErrors", "cards", "f1", began) // INC-2
	unrelated := s.Ticket("Please change my invoice address", "We moved.", "how_to")
	s.FastForward(2 * time.Minute)
	s.API("PUT", "/incidents/INC-2/tickets/support/"+unrelated, map[string]any{"state": "confirmed", "by": "maria"}, 200, nil)
	s.API("PUT", "/incidents/INC-2/tickets/support/"+tickets[0], map[string]any{"state": "rejected", "by": "maria"}, 200, nil)

	s.API("POST", "/incidents/INC-2/merge", map[string]any{"into": "INC-2"}, 422, nil)
	s.API("POST", "/incidents/INC-2/merge", map[string]any{"into": "INC-9"}, 404, nil)
	var i incidentAnswer
	s.API("POST", "/incidents/INC-2/merge", map[string]any{"into": kept.Key}, 200, &i)
	if i.Key != kept.Key || strings.Join(i.Services, " ") != "cards payments" || i.Status != "open" {
		t.Errorf("merged: %+v", i)
	}
	s.FastForward(5 * time.Minute)
	s.ExpectLinked(kept.Key, append(tickets[1:], unrelated)...)
	s.ExpectState(kept.Key, tickets[0], "rejected")
	if by := s.Links(kept.Key)[unrelated].DecidedBy; by != "maria" {
		t.Errorf("decided by %q, want maria", by)
	}
	if links := s.Links("INC-2"); len(links) != 0 {
		t.Errorf("the merged incident has links: %+v", links)
	}
	s.API("POST", "/incidents/INC-2/reopen", nil, 409, nil)
	s.API("POST", "/incidents/INC-2/merge", map[string]any{"into": kept.Key}, 409, nil)

	s.Alert("firing", "CardErrors", "cards", "f1", began) // its alert goes on there
	s.FastForward(5 * time.Minute)
	s.Alert("resolved", "CardErrors", "cards", "f1", began)
	all := s.Incidents()
	if len(all) != 2 || all[0].Status != "resolved" || all[1].Status != "resolved" {
		t.Errorf("after the end: %+v", all)
	}
}
