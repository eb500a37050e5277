package main

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Whatever somebody decides on the page is in the audit log with their name.
func TestEveryDecisionCarriesAName(t *testing.T) {
	s, f, annie := reassigning(t)
	v := s.Visitor()
	v.Submit("/sign-in", url.Values{"name": {"Grace"}})
	s.exec(`insert into surges (kind, term, symptom, onset_at, tickets, usual, found_at, seen_at) values ('tag', 'login', '', now(), '{}', 1, now(), now())`)
	s.exec(`insert into inbox (source, dedup_key, received_at, body, dead_at, error) values ('gone', 'x', now(), '', now(), 'bad')`)
	field := func(name string) string {
		text, _ := v.Get("/incidents/INC-1")
		found := regexp.MustCompile(name).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("the incident's page has no %s", name)
		}
		return found[1]
	}
	other := s.FollowUps("INC-1", "closing")
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/declare", url.Values{"title": {"Search is down"}}},
		{"/incidents/INC-1/reopen", nil},
		{"/incidents/INC-1/edit", url.Values{"version": nil, "title": {"Payments fail"}, "severity": {"sev2"}}},
		{"/incidents/INC-1/start", url.Values{"version": nil, "at": {s.clock().Add(-2 * time.Hour).Format("2006-01-02T15:04")}}},
		{"/incidents/INC-1/decide", url.Values{"ticket": {"support/1001"}, "state": {"rejected"}}},
		{"/incidents/INC-1/decide", url.Values{"ticket": {"support/1001"}, "state": {"confirmed"}}},
		{"/incidents/INC-1/decide", url.Values{"ticket": {"support/1002"}, "state": {"undecided"}}},
		{"/incidents/INC-1/undo", url.Values{"at": {strconv.FormatInt(s.clock().UnixMicro(), 10)}}},
		{"/incidents/INC-1/references", url.Values{"text": {"https://github.com/acme/shop/issues/7"}}},
		{"/incidents/INC-1/references/1", nil},
		{"/incidents/INC-1/resolve", url.Values{"message": {"Rolled back."}}},
		{"/follow-ups/" + f.ID, url.Values{"action": {"reassign"}, "assignee": {annie}}},
		{"/follow-ups/" + f.ID, url.Values{"action": {"snooze"}, "for": {"1h"}}},
		{"/follow-ups/" + f.ID, url.Values{"action": {"done"}}},
		{"/follow-ups/" + other[slices.IndexFunc(other, func(o followUpAnswer) bool { return o.ID != f.ID })].ID, url.Values{"action": {"cancel"}}},
		{"/surges/1/dismiss", nil},
		{"/dead-letters/0", nil},
	} {
		if _, has := step.form["version"]; has {
			step.form.Set("version", field(`name="version" value="(\d+)"`))
		}
		if text, resp := v.Submit(step.path, step.form); resp.StatusCode != 200 {
			t.Errorf("%s %v: got %d: %s", step.path, step.form, resp.StatusCode, text)
		}
	}
	for _, action := range []string{"declared", "reopened", "updated", "rejected", "confirmed", "undecided", "undone", "resolved", "reference_linked", "reference_dropped",
		"follow_up_reassign", "follow_up_snooze", "follow_up_done", "follow_up_cancel", "surge_dismissed", "dead_letters_replayed"} {
		var n int
		s.must(s.worker.Database.QueryRow(t.Context(), "select count(*) from audit where actor = 'Grace' and action = $1", action).Scan(&n))
		if n == 0 {
			t.Errorf("the audit log does not say that Grace has %s", action)
		}
	}
}
