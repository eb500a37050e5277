package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker"
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

// A webhook that cannot be stored is refused with a time to come back at, and
// the repeat is stored once: nothing is acknowledged that is not there.
func TestARefusedWebhookIsToldWhenToRepeat(t *testing.T) {
	s := newStory(t)
	s.Settle()
	limited, err := schema.Limits{Lock: 100 * time.Millisecond}.Open(t.Context(), s.worker.Database.Config().ConnString())
	s.must(err)
	t.Cleanup(limited.Close)
	o := s.worker.Options
	full := s.worker.Database
	o.Database, o.Metrics = limited, worker.NewMetrics()
	s.worker = worker.New(o)
	s.must(s.worker.StartHere(t.Context()))
	const body = `{"ticket_id":"1001"}`
	header := s.Sign(body, s.clock())
	post := func() (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.service.URL+"/webhooks/support", strings.NewReader(body))
		s.must(err)
		for k, v := range header {
			req.Header.Set(k, v)
		}
		resp, err := http.DefaultClient.Do(req)
		s.must(err)
		s.must(resp.Body.Close())
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	holder, err := full.Begin(t.Context())
	s.must(err)
	_, err = holder.Exec(t.Context(), "lock table inbox in exclusive mode")
	s.must(err)
	if code, after := post(); code != 503 || after != "5" {
		t.Errorf("while nothing can be stored: %d, Retry-After %q", code, after)
	}
	s.must(holder.Rollback(t.Context()))
	s.ExpectRows("inbox", 0)
	for range 2 {
		if code, _ := post(); code/100 != 2 {
			t.Errorf("the repeat is answered %d", code)
		}
		s.ExpectRows("inbox", 1)
	}
}
