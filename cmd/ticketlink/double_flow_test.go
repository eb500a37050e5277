package main

import (
	"strings"
	"testing"
	"time"
)

// Two people declare one incident: the same tickets fit both. That is told once,
// on the page and by the API; merged, one incident has them all.
func TestIncidentThatWasDeclaredTwice(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	tickets := s.PaymentTickets(15)
	for range 2 {
		s.Declare(paymentsFail)
	}
	s.FastForward(10 * time.Minute)

	var i struct {
		LooksLike []struct {
			Key     string
			Tickets int
		} `json:"looks_like"`
	}
	s.API("GET", "/incidents/INC-2", nil, 200, &i)
	if len(i.LooksLike) != 1 || i.LooksLike[0].Key != "INC-1" || i.LooksLike[0].Tickets < 10 {
		t.Fatalf("INC-2 looks like %+v, want INC-1", i.LooksLike)
	}
	if page, _ := s.Visitor().Get("/incidents/INC-1"); !strings.Contains(page, "Merge INC-2 into this one") {
		t.Error("the page of INC-1 does not ask whether INC-2 is the same")
	}
	told := 0
	for _, m := range s.targets.Messages() {
		if strings.Contains(m.Text("title"), "INC-2 looks like INC-1") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}

	s.API("POST", "/incidents/INC-2/merge", map[string]any{"into": "INC-1"}, 200, nil)
	s.FastForward(5 * time.Minute)
	s.ExpectLinked("INC-1", tickets...)
	s.API("GET", "/incidents/INC-1", nil, 200, &i)
	if page, _ := s.Visitor().Get("/incidents/INC-1"); strings.Contains(page, "into this one") {
		t.Error("after the merge the page still asks")
	}
}
