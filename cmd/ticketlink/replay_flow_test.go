package main

import (
	"testing"
	"time"
)

const day = 24 * time.Hour

// Who captured an incident's deliveries and sends them again, long after what
// was processed has been purged, opens nothing again: the signed time is too
// old, or the sender's number of the event is known, or the firing is.
func TestCapturedDeliveriesAreWorthNothing(t *testing.T) {
	s := newStory(t, everySource)
	type captured struct {
		from   sender
		body   string
		header map[string]string
	}
	var all []captured
	for _, from := range senders {
		began := s.clock()
		for _, what := range []string{"open", "over"} {
			body := from.body(what, s.clock(), began)
			all = append(all, captured{from, body, from.header(body, s.clock())})
			s.Send(from, body, 200)
			s.Skip(time.Minute)
		}
	}
	before := s.Incidents()
	s.Skip(30 * day)
	s.purge()
	for _, c := range all {
		code := s.Post("/webhooks/"+c.from.name+c.from.query, c.body, c.header)
		if code != 200 && code != 401 {
			t.Errorf("%s again: %d", c.from.name, code)
		}
		s.Settle()
		for n, i := range s.Incidents() {
			if len(before) <= n || i.Status != "resolved" || i.Key != before[n].Key {
				t.Errorf("%s: a captured delivery made %+v", c.from.name, i)
			}
		}
	}
}

// The number of a source's event is kept for 400 days, all else as configured.
func TestEventNumbersOutliveTheRest(t *testing.T) {
	s := newStory(t, everySource)
	pager, statuspage := s.source("pagerduty"), s.source("statuspage")
	s.Send(pager, pager.body("open", s.clock(), s.clock()), 200)
	s.Send(statuspage, statuspage.body("open", s.clock(), s.clock()), 200)
	s.Skip(7*day - time.Second)
	s.purge()
	s.ExpectRows("inbox", 2)
	s.Skip(2 * time.Second)
	s.purge()
	s.ExpectRows("inbox where source = 'pagerduty' and body = ''", 1)
	s.ExpectRows("inbox", 1)
	s.Skip(393*day - 2*time.Second)
	s.purge()
	s.ExpectRows("inbox", 1)
	s.Skip(2 * time.Second)
	s.purge()
	s.ExpectRows("inbox", 0)
}

// purge does at once what the service does every hour.
func (s *story) purge() {
	s.t.Helper()
	s.worker.Tidy(s.t.Context())
}
