package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A trial is a folder of offline files: two days of tickets, twenty of which
// belong to an incident of one organization in one region.
type trial struct {
	*testing.T
	dir string
}

func newTrial(t *testing.T) trial {
	tr := trial{t, t.TempDir()}
	var tickets strings.Builder
	for i := range 600 {
		at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 5 * time.Minute)
		subject, tag, org := fmt.Sprintf("question %d about seats", i%9), "seats", 8
		if i >= 400 && i < 420 {
			subject, tag, org = "payment declined at checkout, error", "payments", 7
		}
		if i%50 == 0 { // the tag alone says nothing
			tag = "payments"
		}
		fmt.Fprintf(&tickets, `{"id":%d,"subject":%q,"description":"hello","tags":[%q],"ticket_form_id":5,"organization_id":%d,"created_at":%q}`+"\n", i, subject, tag, org, at.Format(time.RFC3339))
	}
	tr.write("tickets", tickets.String())
	tr.write("organizations", `{"id":7,"organization_fields":{"region":"eu","zone":"us"}}`+"\n"+`{"id":8,"organization_fields":{"region":"us","zone":"eu"}}`+"\n")
	tr.write("incidents", `{"id":"INC-1","title":"Payments declined","summary":"card errors at the checkout","services":["payments"],"tags":["payments"],"regions":["eu"],"organizations":[7],`+
		`"started_at":"2026-11-21T09:25:00Z","declared_at":"2026-11-21T10:00:00Z","resolved_at":"2026-11-21T10:30:00Z"}`)
	return tr
}

func (tr trial) path(name string) string { return filepath.Join(tr.dir, name) }

func (tr trial) write(name, text string) string {
	tr.Helper()
	if err := os.WriteFile(tr.path(name), []byte(text), 0o600); err != nil {
		tr.Fatal(err)
	}
	return tr.path(name)
}

// links matches and returns what was written.
func (tr trial) links(args ...string) string {
	tr.Helper()
	out := tr.path("links")
	args = append([]string{"match", "--quiet", "--incidents", tr.path("incidents"), "--tickets", tr.path("tickets"),
		"--organizations", tr.path("organizations"), "--out", out}, args...)
	if _, err := run(tr.T, args...); err != nil {
		tr.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		tr.Fatal(err)
	}
	return string(text)
}

// model is what twenty decisions teach.
func (tr trial) model() string {
	at := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	var lessons []match.Lesson
	for i := range 20 {
		tag := []string{"payments", "seats"}[i%2]
		lessons = append(lessons, match.Lesson{Decision: match.Decision{Confirmed: i%2 == 0, At: at}, Ticket: match.Ticket{Tags: []string{tag}, CreatedAt: at},
			Incident: match.Incident{Services: []string{"payments"}, StartedAt: at}, LogOdds: math.NaN()})
	}
	text, err := json.Marshal(match.Model{}.Learn(lessons...))
	if err != nil {
		tr.Fatal(err)
	}
	return tr.write("model", string(text))
}

// Each key of the matching rules changes what would be linked; the one that
// belongs to the service alone does not.
func TestMatchTakesEachKey(t *testing.T) {
	tr := newTrial(t)
	model := tr.model()
	with := func(yaml string) string {
		return tr.links("--model", model, "--config", tr.write("ticketlink.yaml", yaml))
	}
	as := with("matching: {}")
	if strings.Count(as, `"state":"auto"`) < 15 {
		t.Fatalf("few are linked at all:\n%s", as)
	}
	tests := []string{
		"matching: {auto_link: 0.9999999}", "matching: {ignore_tags: [payments]}",
		"matching: {windows: {before: 0s, after: 1m}}", "matching: {windows: {before: 10d}}", "matching: {windows: {after: 0s}}",
		"matching: {always: [{incident_service: payments, when: {tag: seats}}]}",
		"matching: {always: [{incident_service: payments, when: {form: '5'}}]}",
		"matching: {never: [{when: {organization: '7'}}]}", "matching: {never: [{incident_service: payments, when: {tag: payments}}]}",
		"impact: {region: organization_fields.zone}",
	}
	for _, kind := range match.WeighedKinds() {
		tests = append(tests, "matching: {weights: {"+kind+": 0}}")
	}
	for _, test := range tests {
		if with(test) == as {
			t.Errorf("%s changes nothing", test)
		}
	}
	if with("matching: {auto_link: 0.999}") == with("matching: {auto_link: 0.999, suggest: 0.99}") {
		t.Error("suggest changes nothing")
	}
	if with("matching: {careful_start: 7}") != as {
		t.Error("careful_start changes what is linked")
	}
	if got := tr.links("--no-auto"); strings.Contains(got, `"state":"auto"`) {
		t.Error("linked with --no-auto")
	}
}

// Two runs write the same bytes, and the order of the tickets changes no link.
func TestMatchRepeats(t *testing.T) {
	tr := newTrial(t)
	first := tr.links()
	if tr.links() != first {
		t.Error("a second run differs")
	}
	text, err := os.ReadFile(tr.path("tickets"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	for i := range lines[:300] {
		j := i * 7 % 600
		lines[i], lines[j] = lines[j], lines[i]
	}
	tr.write("tickets", strings.Join(lines, ""))
	if tr.links() != first {
		t.Error("tickets in another order give other links")
	}
}

// A file that is missing is one line: the flag, the file and what to do.
func TestMissingFiles(t *testing.T) {
	tr := newTrial(t)
	good := map[string]string{"--incidents": tr.path("incidents"), "--tickets": tr.path("tickets"), "--out": tr.path("links")}
	tests := []struct{ flag, path, want string }{
		{"--incidents", "nowhere.jsonl", "--incidents: there is no file nowhere.jsonl: check its path, which begins at "},
		{"--tickets", "nowhere.jsonl", "--tickets: there is no file nowhere.jsonl"},
		{"--organizations", "nowhere.jsonl", "--organizations: there is no file nowhere.jsonl"},
		{"--events", "nowhere.jsonl", "--events: there is no file nowhere.jsonl"},
		{"--model", "nowhere.json", "--model: there is no file nowhere.json"},
		{"--tickets", tr.dir, "is a directory: name a file in it"},
		{"--out", tr.path("none/links"), "cannot be written: no such file or directory: name a file in a directory that is there"},
	}
	for _, test := range tests {
		args := []string{"match", test.flag, test.path}
		for flag, path := range good {
			if flag != test.flag {
				args = append(args, flag, path)
			}
		}
		if _, err := run(t, args...); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v, want %q", args, err, test.want)
		}
	}
	if _, err := run(t, "evaluate", "--labels", "-", "--links", "-"); err == nil || !strings.Contains(err.Error(), "cannot both be the standard input") {
		t.Errorf("%v", err)
	}
	if _, err := run(t, "evaluate", "--labels", "nowhere", "--links", tr.path("tickets")); err == nil || !strings.Contains(err.Error(), "--labels: there is no file nowhere") {
		t.Errorf("%v", err)
	}
}
