package offline

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/worker/match"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeLines[T any](t *testing.T, path string, records []T) {
	t.Helper()
	o, err := create(path)
	if err == nil {
		err = errors.Join(encode(o, records), o.place())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// small is a stream of two days with one incident of eight tickets.
func small(ticketID func(i int) string) (tickets, events, incidents string) {
	var ts, es strings.Builder
	for i := range 400 {
		at := fmt.Sprintf("2026-11-%02dT%02d:%02d:00Z", 20+i/200, i%200*7/60, i%200*7%60)
		subject, tag := fmt.Sprintf("question %d about seats", i%9), "seats"
		if i >= 280 && i < 288 {
			subject, tag = "payment declined at checkout", "payments"
		}
		body := fmt.Sprintf(`{"id":%s,"subject":%q,"description":"hello","tags":[%q],"organization_id":null,"created_at":%q}`, ticketID(i), subject, tag, at)
		ts.WriteString(body + "\n")
		fmt.Fprintf(&es, `{"kind":"ticket_created","ticket_id":%s,"at":%q,"ticket":%s}`+"\n", ticketID(i), at, body)
		if i == 290 {
			fmt.Fprintf(&es, `{"kind":"incident_declared","incident_id":"INC-1","at":%q,"incident":%s}`+"\n", at, smallIncident)
		}
	}
	es.WriteString(`{"kind":"incident_resolved","incident_id":"INC-1","at":"2026-11-22T12:00:00Z"}` + "\n")
	return ts.String(), es.String(), smallIncident + "\n"
}

const smallIncident = `{"id":"INC-1","title":"Payments declined","summary":"","severity":"sev1","services":["payments"],"tags":["payments"],"started_at":"2026-11-21T09:15:00Z","declared_at":"2026-11-21T10:00:00Z"}`

func run(t *testing.T, o MatchOptions) []linkRecord {
	t.Helper()
	o.Out, o.Policy, o.Auto = filepath.Join(t.TempDir(), "links.jsonl"), match.DefaultPolicy(), true
	if _, err := Match(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	var out []linkRecord
	if err := eachLine(o.Out, func(l linkRecord) error { out = append(out, l); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// Ids keep their JSON type, numbers or strings, on the way through.
func TestMatchKeepsIDs(t *testing.T) {
	tests := map[string]func(int) string{
		"numbers": func(i int) string { return fmt.Sprint(9_000_000_000_000 + i) },
		"strings": func(i int) string { return fmt.Sprintf(`"T-%03d"`, i) },
	}
	for name, id := range tests {
		tickets, _, incidents := small(id)
		links := run(t, MatchOptions{Tickets: write(t, "tickets", tickets), Incidents: write(t, "incidents", incidents)})
		if len(links) < 8 {
			t.Fatalf("%s: %d links, want the eight members", name, len(links))
		}
		raw, err := json.Marshal(links[0].TicketID)
		if err != nil || string(raw) != id(280) {
			t.Errorf("%s: id %s, %v; want %s", name, raw, err, id(280))
		}
	}
}

// A stream of events that carries its tickets works alone, and finds the same members.
func TestEventsAlone(t *testing.T) {
	_, events, _ := small(func(i int) string { return fmt.Sprint(i) })
	links := run(t, MatchOptions{Events: write(t, "events", events)})
	auto := 0
	for _, l := range links {
		if l.State == match.Auto && l.LinkedAt != nil {
			auto++
		}
	}
	if auto != 8 {
		t.Errorf("%d links, want 8: %+v", auto, links)
	}
}

func TestReadsGzip(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	fmt.Fprintln(w, `{"ticket_id":7,"incident_id":"A"}`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := eachLine(write(t, "labels.jsonl.gz", b.String()), func(l labelRecord) error {
		n++
		if l.TicketID.Text != "7" || l.IncidentID.Text != "A" {
			t.Errorf("read %+v", l)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d lines, %v", n, err)
	}
}

func TestErrorsNameFileAndLine(t *testing.T) {
	good := `{"id":1,"created_at":"2026-11-20T00:00:00Z"}` + "\n"
	tests := map[string]string{
		"not JSON":      good + "\n{",
		"wrong type":    good + "\n" + `{"id":1,"subject":7}`,
		"id of no type": good + "\n" + `{"id":true}`,
		"no id":         good + "\n" + `{"created_at":"2026-11-20T00:00:00Z"}`,
		"no time":       good + "\n" + `{"id":2}`,
	}
	for name, text := range tests {
		path := write(t, "tickets.jsonl", text)
		_, err := Match(context.Background(), MatchOptions{Tickets: path, Incidents: write(t, "incidents", smallIncident), Out: path + ".out"})
		if err == nil || !strings.Contains(err.Error(), path+":3: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIncidentForms(t *testing.T) {
	const head = `{"id":"A","started_at":"2026-11-20T08:00:00Z"`
	tests := []struct {
		name, text    string
		organizations []string
		phases        int
		ok            bool
	}{
		{"the declare body", head + `,"organizations":["7"]}`, []string{"7"}, 0, true},
		{"numbers for organizations", head + `,"organization_ids":[7,8]}`, []string{"7", "8"}, 0, true},
		{"phases", head + `,"phases":[{"start":"2026-11-20T08:00:00Z","end":"2026-11-20T09:00:00Z"}]}`, nil, 1, true},
		{"a timeline that was reopened", head + `,"timeline":[{"at":"2026-11-20T08:00:00Z","status":"declared"},{"at":"2026-11-20T09:00:00Z","status":"resolved"},{"at":"2026-11-20T10:00:00Z","status":"reopened"}]}`, nil, 2, true},
		{"a plain timeline says no more than the times", head + `,"timeline":[{"at":"2026-11-20T08:00:00Z","status":"declared"},{"at":"2026-11-20T09:00:00Z","status":"resolved"}]}`, nil, 0, true},
		{"null lists", head + `,"tags":null,"resolved_at":null}`, nil, 0, true},
		{"no time", `{"id":"A"}`, nil, 0, false},
		{"no id", `{"started_at":"2026-11-20T08:00:00Z"}`, nil, 0, false},
	}
	for _, test := range tests {
		var r incidentRecord
		if err := json.Unmarshal([]byte(test.text), &r); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		inc, err := r.incident()
		if (err == nil) != test.ok || len(inc.Phases) != test.phases {
			t.Errorf("%s: %d phases, %v", test.name, len(inc.Phases), err)
		}
		if diff := cmp.Diff(test.organizations, inc.Organizations); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

func TestEvaluateCounts(t *testing.T) {
	labels := `{"ticket_id":1,"incident_id":"A"}
{"ticket_id":2,"incident_id":"A"}
{"ticket_id":3,"incident_id":null}
{"ticket_id":4,"incident_id":"B"}
`
	links := `{"ticket_id":1,"incident_id":"A","confidence":0.95,"state":"auto"}
{"ticket_id":2,"incident_id":"A","confidence":0.45,"state":"suggested"}
{"ticket_id":3,"incident_id":"A","confidence":0.91,"state":"auto"}
{"ticket_id":4,"incident_id":"A","confidence":0.92,"state":"auto"}
{"ticket_id":99,"incident_id":"A","confidence":0.99,"state":"auto"}
`
	r, err := Evaluate(EvaluateOptions{Labels: write(t, "labels", labels), Links: write(t, "links", links)})
	if err != nil {
		t.Fatal(err)
	}
	if r.Auto.Links != 3 || r.Auto.Right != 1 || r.Any.Right != 2 || r.Members != 3 || r.Wrong != 1 || r.FalsePer1k != 500 {
		t.Errorf("%+v", r)
	}
	var b bytes.Buffer
	r.Print(&b)
	for _, want := range []string{"0.333", "wrong at the highest", "calibration"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, b.String())
		}
	}
}

func FuzzLines(f *testing.F) {
	tickets, events, incidents := small(func(i int) string { return fmt.Sprint(i) })
	for _, s := range []string{tickets[:400], events[:400], incidents, `{"id":"x","created_at":"0001-01-01T00:00:00Z"}`, "\xef\xbb\xbf{}", "null", "[]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_ = decodeLines("f", strings.NewReader(text), func(r ticketRecord) error { _, err := r.ticket(nil); return err })
		_ = decodeLines("f", strings.NewReader(text), func(r incidentRecord) error { _, err := r.incident(); return err })
		_ = decodeLines("f", strings.NewReader(text), func(eventRecord) error { return nil })
		_ = decodeLines("f", strings.NewReader(text), func(labelRecord) error { return nil })
		_ = decodeLines("f", strings.NewReader(text), func(linkRecord) error { return nil })
	})
}

// The summary warns of a rule that fits nothing.
func TestMatchWarnsOfRulesThatFitNothing(t *testing.T) {
	tickets, _, incidents := small(func(i int) string { return fmt.Sprint(i) })
	o := MatchOptions{Tickets: write(t, "tickets", tickets), Incidents: write(t, "incidents", incidents), Out: filepath.Join(t.TempDir(), "links"), Policy: match.DefaultPolicy()}
	o.Policy.Rules = []match.Rule{{Never: true, Tag: "spam-from-mars"}}
	s, err := Match(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	s.Print(&out)
	if want := `warning: the rule "never tag spam-from-mars" fits nothing: no ticket has the tag "spam-from-mars"`; !strings.Contains(out.String(), want) {
		t.Errorf("the summary does not say %s:\n%s", want, out.String())
	}
}

// What the configuration says of windows and weights decides what is linked.
func TestMatchFollowsThePolicy(t *testing.T) {
	tickets, _, incidents := small(func(i int) string { return fmt.Sprint(i) })
	tests := []struct {
		name   string
		change func(*match.Policy)
		linked bool
	}{
		{"as it comes", func(*match.Policy) {}, true},
		{"tickets of the same minute only", func(p *match.Policy) { p.Windows = match.Windows{} }, false},
		{"nothing that they say counts", func(p *match.Policy) {
			p.Weights = match.Weights{"tag": 0, "text": 0, "topic": 0, "similar": 0, "symptom": 0}
		}, false},
	}
	late := strings.ReplaceAll(incidents, `"declared_at"`, `"resolved_at":"2026-11-21T09:16:00Z","declared_at"`)
	for _, test := range tests {
		o := MatchOptions{Tickets: write(t, "tickets", tickets), Incidents: write(t, "incidents", late), Out: filepath.Join(t.TempDir(), "links"),
			Policy: match.DefaultPolicy(), Auto: true}
		test.change(&o.Policy)
		s, err := Match(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Incidents[0].Auto >= 8; got != test.linked {
			t.Errorf("%s: %d linked", test.name, s.Incidents[0].Auto)
		}
	}
}

// An export may hold a ticket several times, its last state last. Ids are the
// same whether they are numbers or strings.
func TestTheLastStateOfATicketCounts(t *testing.T) {
	tickets, _, incidents := small(func(i int) string { return fmt.Sprint(i) })
	again := `{"id":"285","subject":"question about seats","description":"hello","tags":["seats"],"created_at":"2026-11-21T09:55:00Z"}` + "\n"
	o := MatchOptions{Tickets: write(t, "tickets", tickets+again), Incidents: write(t, "incidents", incidents), Out: filepath.Join(t.TempDir(), "links"), Policy: match.DefaultPolicy(), Auto: true}
	s, err := Match(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	links, err := readLinks(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	stays := slices.ContainsFunc(links, func(l linkRecord) bool { return l.TicketID.Text == "285" })
	if s.Tickets != 400 || len(links) == 0 || stays {
		t.Errorf("%d tickets, %d links, that of the changed ticket stays: %v; want 400 and no such link", s.Tickets, len(links), stays)
	}
	labels := `{"ticket_id":"280","incident_id":"INC-1"}` + "\n" + `{"ticket_id":281,"incident_id":"INC-1"}`
	if r, err := Evaluate(EvaluateOptions{Labels: write(t, "labels", labels), Links: o.Out}); err != nil || r.Auto.Right != 2 {
		t.Errorf("%+v, %v; want both found", r.Auto, err)
	}
}
