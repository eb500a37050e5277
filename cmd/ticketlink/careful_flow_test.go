package main

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A new installation asks about every ticket until people have decided on 50
// links. A word counts once, however often it is said, and not once it is taken
// back; with the fiftieth, the sure ones of what waits are linked.
func TestCarefulStart(t *testing.T) {
	s := newStory(t, func(c string) string { return strings.Replace(c, "matching: {careful_start: 0}\n", "", 1) })
	s.Ordinary(300)
	var others []string
	for range 49 {
		others = append(others, s.Ticket("Please change my invoice address", "We moved.", "how_to"))
	}
	tickets := s.PaymentTickets(12)
	s.Declare(paymentsFail)
	s.FastForward(2 * time.Minute)

	asks := func(decisions int) {
		t.Helper()
		s.FastForward(2 * time.Minute)
		var c struct {
			Needed, Decisions, Missing int
			Over                       bool
		}
		s.API("GET", "/careful-start", nil, 200, &c)
		if c.Needed != 50 || c.Decisions != decisions || c.Missing != 50-decisions || c.Over {
			t.Errorf("the API says %+v, want %d of 50", c, decisions)
		}
		for _, id := range tickets[1:] {
			s.ExpectState("INC-1", id, "suggested")
		}
		for _, path := range []string{"/", "/incidents/INC-1"} {
			if page, _ := s.Visitor().Get(path); !strings.Contains(page, "after "+plural(50-decisions)+" the sure ones are linked without asking") {
				t.Errorf("%s does not say how many decisions are missing after %d", path, decisions)
			}
		}
	}
	asks(0)
	s.ExpectMetric(`ticketlink_incident_customers{incident="INC-1"}`, "0")
	for _, id := range others {
		s.Say("INC-1", id, "rejected", "maria")
	}
	asks(49)
	s.Say("INC-1", others[0], "rejected", "maria")
	s.Say("INC-1", others[0], "confirmed", "jon")
	s.Say("INC-1", others[0], "rejected", "jon")
	asks(49)
	if out, err := run(t, "model", "show", "--server", s.service.URL); err != nil || !strings.Contains(out, "Only suggesting so far: 49 of 50 decisions") || !strings.Contains(out, "with service payment") {
		t.Errorf("model show: %v, %s", err, out)
	}
	page := s.Visitor()
	page.Submit("/sign-in", url.Values{"name": {"Grace"}})
	for _, state := range []string{"confirmed", "undecided"} {
		page.Submit("/incidents/INC-1/decide", url.Values{"ticket": {"support/" + tickets[0]}, "state": {state}})
	}
	asks(49)
	s.Say("INC-1", tickets[0], "confirmed", "maria")
	s.FastForward(2 * time.Minute)
	s.ExpectLinked("INC-1", tickets...)
	if text, _ := page.Get("/"); strings.Contains(text, "Careful start") {
		t.Error("the first page still speaks of the careful start")
	}
	page.Submit("/incidents/INC-1/decide", url.Values{"ticket": {"support/" + others[0]}, "state": {"undecided"}})
	s.FastForward(2 * time.Minute)
	s.ExpectLinked("INC-1", tickets...) // what was linked stays, though the machine asks again
}

func plural(n int) string {
	return strings.Join([]string{strconv.Itoa(n), "more", map[bool]string{true: "decision", false: "decisions"}[n == 1]}, " ")
}

// doctor says how far it has come, before and after there are tables.
func TestDoctorTellsOfTheCarefulStart(t *testing.T) {
	s := newStory(t)
	p := &parts{database: s.worker.Database}
	expect := func(p *parts, needed int, want string) {
		t.Helper()
		if found, err := checkCareful(t.Context(), p, needed); err != nil || found != want {
			t.Errorf("with %d needed doctor says %q (%v), want %q", needed, found, err, want)
		}
	}
	s.confirmedIncident(s.Ticket("One", "a"), s.Ticket("Two", "b"))
	expect(p, 0, "is off; tickets are linked without asking")
	expect(p, 3, "2 of 3 links are decided; until then tickets are only suggested")
	expect(p, 2, "is over: people have decided on 2 links; tickets are linked without asking")
	expect(&parts{}, 2, "without a database nobody knows what was decided")
}
