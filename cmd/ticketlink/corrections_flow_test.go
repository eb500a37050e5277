package main

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
)

// An alert ended the incident late and without a word. A person sets right when
// it ended and adds what customers may be told: duties and the report follow.
func TestSetTheEndRight(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	key := s.confirmedIncident(id)
	s.API("PATCH", "/incidents/"+key, map[string]any{"resolved_at": s.clock()}, 409, nil)
	s.FastForward(2 * time.Hour)
	s.resolve(key)
	due := s.ExpectFollowUp(key, "closing", id, "pending").DueAt

	ended := s.clock().Add(-30 * time.Minute)
	var i incidentAnswer
	s.API("PATCH", "/incidents/"+key, map[string]any{"resolved_at": ended, "message": "The card processor was down."}, 200, &i)
	s.Settle()
	if !i.ResolvedAt.Equal(ended) || len(i.Phases) != 1 || !i.Phases[0].EndedAt.Equal(ended) {
		t.Errorf("after the correction it is %+v, want it to end at %s", i, ended)
	}
	if f := s.ExpectFollowUp(key, "closing", id, "pending"); !f.DueAt.Equal(due.Add(-30 * time.Minute)) {
		t.Errorf("the closing word is due at %s, want half an hour before %s", f.DueAt, due)
	}
	s.FastForward(time.Hour)
	if !slices.ContainsFunc(s.targets.Messages(), func(m notifyfake.Message) bool {
		return m.Text("kind") == "closing" && strings.Contains(m.Text("message"), "To be told: The card processor was down.")
	}) {
		t.Errorf("no reminder says what to tell the customer: %v", s.targets.Messages())
	}
	if text, _ := s.Report(key, "markdown"); !strings.Contains(text, "The card processor was down.") {
		t.Errorf("the report lacks the message:\n%s", text)
	}
	s.API("PATCH", "/incidents/"+key, map[string]any{"resolved_at": i.StartedAt.Add(-time.Minute)}, 422, nil)
}

// What was prepared while the incident was open stands when an alert ends it.
func TestPreparedMessageOutlivesTheAlert(t *testing.T) {
	s := newStory(t)
	began := s.clock()
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.API("PATCH", "/incidents/INC-1", map[string]any{"message": "We are on it."}, 200, nil)
	if page, _ := s.Visitor().Get("/incidents/INC-1"); !strings.Contains(page, "To be told at the end:</b> <bdi>We are on it.") {
		t.Error("the page does not show what is prepared")
	}
	s.FastForward(10 * time.Minute)
	s.Alert("resolved", "PaymentErrors", "payments", "f1", began)
	var i struct{ Status, Message string }
	s.API("GET", "/incidents/INC-1", nil, 200, &i)
	if i.Status != "resolved" || i.Message != "We are on it." {
		t.Errorf("after the alert's end it is %+v", i)
	}
}

// The page's forms: a moment can be taken back, and what somebody wrote to
// customers is not lost when another person was faster.
func TestFormsSetRight(t *testing.T) {
	s := newStory(t)
	s.Declare(map[string]any{"title": "Payments fail", "detected_at": s.clock()})
	v := s.Visitor()
	version := func() []string {
		text, _ := v.Get("/incidents/INC-1")
		return []string{regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(text)[1]}
	}
	was := s.clock().Format("2006-01-02T15:04")
	v.Submit("/incidents/INC-1/edit", url.Values{"version": version(), "was_detected_at": {was}, "detected_at": {""}, "was_started_at": {was}, "started_at": {was}})
	var i incidentAnswer
	s.API("GET", "/incidents/INC-1", nil, 200, &i)
	if i.DetectedAt != nil {
		t.Errorf("detected at %v, want nobody to have detected it", i.DetectedAt)
	}
	s.resolve("INC-1")
	text, resp := v.Submit("/incidents/INC-1/resolve", url.Values{"message": {"It was the card processor."}})
	if resp.StatusCode != 409 || !strings.Contains(text, ">It was the card processor.</textarea>") {
		t.Errorf("the second to resolve reads %d: %s", resp.StatusCode, text)
	}
	text, _ = v.Submit("/incidents/INC-1/edit", url.Values{"version": version(), "was_message": {""}, "message": {"It was the card processor."}})
	if !strings.Contains(text, "Saved.") {
		t.Errorf("saving what was kept answers %s", text)
	}
}
