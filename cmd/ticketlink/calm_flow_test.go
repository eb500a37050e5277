package main

import (
	"strings"
	"testing"
)

// The first page says that all is calm only when it has heard from everybody.
func TestTheFirstPageTellsSilenceFromCalm(t *testing.T) {
	s := newStory(t)
	s.Settle()
	v := s.Visitor()
	text, _ := v.Get("/")
	if strings.Contains(text, "Every source is heard") || !strings.Contains(text, "<b>prometheus</b> has never said anything") {
		t.Errorf("prometheus was never heard, and the page says %s", text)
	}
	s.Alert("firing", "PaymentErrors", "payments", "f1", s.clock())
	s.Alert("resolved", "PaymentErrors", "payments", "f1", s.clock())
	if text, _ = v.Get("/"); !strings.Contains(text, "Every source is heard") || strings.Contains(text, "as far as we hear") {
		t.Errorf("everybody was heard, and the page says %s", text)
	}
	s.exec(`insert into inbox (source, dedup_key, received_at, body, dead_at, error) values ('prometheus', 'x', now(), '', now(), 'bad')`)
	if text, _ = v.Get("/"); strings.Contains(text, "Every source is heard") || !strings.Contains(text, "1 webhook could not be read") {
		t.Errorf("an alert could not be read, and the page says %s", text)
	}
}
