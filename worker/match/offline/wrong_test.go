package offline

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ticketlink/ticketlink/worker/match"
)

// files are those of both commands; a test replaces one of them.
type files map[string]string

func goodFiles() files {
	tickets, events, incidents := small(func(i int) string { return fmt.Sprint(i) })
	return files{"incidents": incidents, "tickets": tickets, "organizations": `{"id":1,"organization_fields":{"region":"eu"}}` + "\n",
		"events": events, "labels": `{"ticket_id":280,"incident_id":"INC-1"}` + "\n",
		"links": `{"ticket_id":280,"incident_id":"INC-1","confidence":0.9,"state":"auto","evidence":[{"kind":"tag","detail":"d","weight":1}]}` + "\n"}
}

// use gives the files to the command that reads the one of this kind.
func (f files) use(t *testing.T, kind string) (path string, err error) {
	t.Helper()
	dir := t.TempDir()
	at := func(kind string) string {
		path := filepath.Join(dir, kind)
		if err := os.WriteFile(path, []byte(f[kind]), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if kind == "labels" || kind == "links" {
		_, err = Evaluate(EvaluateOptions{Labels: at("labels"), Links: at("links"), Incidents: at("incidents"), Tickets: at("tickets")})
		return filepath.Join(dir, kind), err
	}
	o := MatchOptions{Incidents: at("incidents"), Tickets: at("tickets"), Organizations: at("organizations"), Out: filepath.Join(dir, "out"), Policy: match.DefaultPolicy()}
	if kind == "events" {
		o.Events = at("events")
	}
	_, err = Match(t.Context(), o)
	if found, _ := filepath.Glob(filepath.Join(dir, "out*")); err != nil && len(found) > 0 {
		t.Errorf("%v are left after an error", found)
	}
	return filepath.Join(dir, kind), err
}

// What is wrong in a file is told by file, line and field, in JSON's words.
func TestWrongLines(t *testing.T) {
	const (
		ticket   = `{"id":1,"created_at":"2026-11-20T00:00:00Z",`
		incident = `{"id":"A","started_at":"2026-11-20T00:00:00Z",`
		event    = `{"kind":"ticket_created","at":"2026-11-20T00:00:00Z",`
		label    = `{"ticket_id":7,`
		link     = `{"ticket_id":7,"incident_id":"A","state":"auto",`
	)
	tests := []struct{ kind, line, want string }{
		{"tickets", `{`, "want one whole JSON object a line, as jq -c . writes it; here it breaks off after character 1"},
		{"tickets", `[{"id":1}]`, "want one JSON object a line, this is a list: jq -c '.[]' makes lines of it"},
		{"tickets", `[`, "want one JSON object a line, this is a list: jq -c '.[]' makes lines of it"},
		{"tickets", `id,subject`, "want one JSON object a line, this is something else"},
		{"tickets", `{"created_at":"2026-11-20T00:00:00Z"}`, "id: missing, want a number or a string"},
		{"tickets", `null`, "id: missing, want a number or a string"},
		{"tickets", `{"id":1}`, "created_at: ticket 1 has none"},
		{"tickets", `{"id":{}}`, "id: want a number or a string, this is an object"},
		{"tickets", `{"id":true}`, "id: want a number or a string, this is true or false"},
		{"tickets", `{"id":1,"created_at":"20.11.2026"}`, "created_at: want a time such as 2026-06-08T00:02:47Z, this is a string of another form"},
		{"tickets", `{"id":1,"created_at":1782000000}`, "created_at: want a time such as 2026-06-08T00:02:47Z, this is a number"},
		{"tickets", ticket + `"subject":7}`, "subject: want a string, this is a number"},
		{"tickets", ticket + `"description":[]}`, "description: want a string, this is a list"},
		{"tickets", ticket + `"tags":"a b"}`, "tags: want a list, this is a string"},
		{"tickets", ticket + `"tags":[1]}`, "tags: want a string, this is a number"},
		{"tickets", ticket + `"organization_id":[]}`, "organization_id: want a number or a string, this is a list"},
		{"tickets", ticket + `"ticket_form_id":{}}`, "ticket_form_id: want a number or a string, this is an object"},
		{"tickets", ticket + `"requester_id":false}`, "requester_id: want a number or a string, this is true or false"},
		{"tickets", ticket + `"via":"email"}`, "via: want an object, this is a string"},
		{"tickets", ticket + `"comments":{}}`, "comments: want a list, this is an object"},
		{"tickets", ticket + `"comments":[{"author_id":{}}]}`, "comments.author_id: want a number or a string, this is an object"},
		{"tickets", ticket + `"comments":[{"body":1}]}`, "comments.body: want a string, this is a number"},
		{"tickets", ticket + `"comments":[{"public":"yes"}]}`, "comments.public: want true or false, this is a string"},
		{"tickets", ticket + `"comments":[{"created_at":"now"}]}`, "comments.created_at: want a time such as"},

		{"incidents", `{"started_at":"2026-11-20T00:00:00Z"}`, "id: missing, want a number or a string"},
		{"incidents", `{"id":"A"}`, "started_at: incident A needs this, detected_at or declared_at"},
		{"incidents", `{"id":"INC-1","started_at":"2026-11-20T00:00:00Z"}`, "id: incident INC-1 stands twice"},
		{"incidents", `{"id":[]}`, "id: want a number or a string, this is a list"},
		{"incidents", incident + `"title":{}}`, "title: want a string, this is an object"},
		{"incidents", incident + `"summary":1}`, "summary: want a string, this is a number"},
		{"incidents", incident + `"severity":1}`, "severity: want a string, this is a number"},
		{"incidents", incident + `"services":"api"}`, "services: want a list, this is a string"},
		{"incidents", incident + `"tags":{}}`, "tags: want a list, this is an object"},
		{"incidents", incident + `"keywords":true}`, "keywords: want a list, this is true or false"},
		{"incidents", incident + `"regions":"eu"}`, "regions: want a list, this is a string"},
		{"incidents", incident + `"organizations":7}`, "organizations: want a list, this is a number"},
		{"incidents", incident + `"organization_ids":[{}]}`, "organization_ids: want a number or a string, this is an object"},
		{"incidents", incident + `"detected_at":"x"}`, "detected_at: want a time"},
		{"incidents", incident + `"declared_at":7}`, "declared_at: want a time"},
		{"incidents", incident + `"resolved_at":[]}`, "resolved_at: want a time such as 2026-06-08T00:02:47Z, this is a list"},
		{"incidents", incident + `"phases":{}}`, "phases: want a list, this is an object"},
		{"incidents", incident + `"phases":[{"start":"x"}]}`, "phases.start: want a time"},
		{"incidents", incident + `"timeline":[{"at":1}]}`, "timeline.at: want a time"},
		{"incidents", incident + `"timeline":[{"status":1}]}`, "timeline.status: want a string, this is a number"},

		{"organizations", `{"id":{}}`, "id: want a number or a string, this is an object"},
		{"organizations", `{"organization_fields":{}}`, "id: missing, want a number or a string"},
		{"organizations", `{"id":1,"organization_fields":[]}`, "organization_fields: want an object, this is a list"},

		{"labels", `{"ticket_id":{},"incident_id":null}`, "ticket_id: want a number or a string, this is an object"},
		{"labels", label + `"incident_id":[]}`, "incident_id: want a number or a string, this is a list"},
		{"labels", `{"incident_id":"A"}`, "ticket_id: missing, want a number or a string"},
		{"labels", label + `"incident":"A"}`, "incident_id: ticket 7 has none, want an incident's id or null"},
		{"labels", `{"ticket_id":"280","incident_id":null}`, "ticket_id: ticket 280 is labelled twice"},

		{"links", link + `"confidence":"high"}`, "confidence: want a number, this is a string"},
		{"links", link + `"confidence":90}`, "confidence: want a number from 0 to 1"},
		{"links", `{"ticket_id":7,"incident_id":"A","confidence":1,"state":"linked"}`, `state: want "auto" or "suggested"`},
		{"links", `{"ticket_id":7,"incident_id":"A","confidence":1,"state":1}`, "state: want a string, this is a number"},
		{"links", `{"incident_id":"A"}`, "ticket_id: missing, want a number or a string"},
		{"links", `{"ticket_id":7,"incident_id":null}`, "incident_id: missing, want a number or a string"},
		{"links", `{"ticket_id":280,"incident_id":"INC-1","confidence":1,"state":"auto"}`, "ticket_id: ticket 280 is linked to INC-1 twice"},
		{"links", link + `"evidence":{}}`, "evidence: want a list, this is an object"},
		{"links", link + `"evidence":[{"weight":"1"}]}`, "evidence.weight: want a number, this is a string"},
		{"links", link + `"linked_at":"x"}`, "linked_at: want a time"},

		{"events", `{"kind":"ticket_created","ticket_id":1}`, "at: missing, want the time at which this was learned"},
		{"events", `{"kind":"ticket_created","ticket_id":1,"at":"x"}`, "at: want a time"},
		{"events", event + `"ticket_id":[]}`, "ticket_id: want a number or a string, this is a list"},
		{"events", event + `"incident_id":{}}`, "incident_id: want a number or a string, this is an object"},
		{"events", event + `"tags":"x"}`, "tags: want a list, this is a string"},
		{"events", event + `"ticket":[]}`, "ticket: want an object, this is a list"},
		{"events", event + `"ticket":{"id":1,"subject":2}}`, "ticket.subject: want a string, this is a number"},
		{"events", event + `"ticket_id":1,"comment":{"body":1}}`, "comment.body: want a string, this is a number"},
		{"events", event + `"incident":{"tags":"x"}}`, "incident: tags: want a list, this is a string"},
		{"events", event + `"incident":[]}`, "incident: want an object, this is a list"},
		{"events", event + `"incident_id":"INC-7"}`, "incident_id: INC-7 stands neither in --incidents nor in an event before"},
		{"events", `{"kind":7,"at":"2026-11-20T00:00:00Z"}`, "kind: want a string, this is a number"},
		{"events", `{"kind":"noise","at":"2026-11-20T00:00:00Z"}`, "want ticket_id or incident_id, here is neither"},
	}
	for _, test := range tests {
		f := goodFiles()
		lines := strings.Count(f[test.kind], "\n")
		f[test.kind] += "\n" + test.line
		path, err := f.use(t, test.kind)
		want := fmt.Sprintf("%s:%d: %s", path, lines+2, test.want)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s %s\n got %v\nwant %s", test.kind, test.line, err, want)
		}
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// The same lines in other packing are read, or refused with what to do.
func TestFilesAsTheyCome(t *testing.T) {
	tests := []struct {
		name string
		pack func(string) string
		want string // of the error; "": none
	}{
		{"gzip under any name", zipped, ""},
		{"two gzip files, one after the other", func(s string) string { a, b, _ := strings.Cut(s, "\n"); return zipped(a+"\n") + zipped(b) }, ""},
		{"a byte order mark", func(s string) string { return "\xef\xbb\xbf" + s }, ""},
		{"Windows line ends", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }, ""},
		{"no last line end", strings.TrimSpace, ""},
		{"gzip cut in its data", func(s string) string { z := zipped(s); return z[:len(z)-12] }, "the gzip data is damaged or ends too soon: fetch the file anew"},
		{"gzip cut in its head", func(s string) string { return zipped(s)[:5] }, "the gzip data is damaged or ends too soon"},
		{"cut in a line", func(s string) string { return s[:len(s)-3] }, "want one whole JSON object a line"},
		{"UTF-16", func(s string) string { return "\xff\xfe" + s }, "this is UTF-16: write it as UTF-8"},
	}
	for _, test := range tests {
		for kind, text := range goodFiles() {
			f := goodFiles()
			f[kind] = test.pack(text)
			path, err := f.use(t, kind)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("%s, %s: %v", kind, test.name, err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path)):
				t.Errorf("%s, %s: %v, want %q", kind, test.name, err, test.want)
			}
		}
	}
}

// Nothing to match is no error, and told; no known answer is one.
func TestEmptyFiles(t *testing.T) {
	for kind, wrong := range map[string]bool{"incidents": false, "tickets": false, "organizations": false, "events": false, "links": false, "labels": true} {
		f := goodFiles()
		f[kind] = ""
		if path, err := f.use(t, kind); (err != nil) != wrong || wrong && !strings.Contains(err.Error(), path+" is empty") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestLabelsOfAnotherSet(t *testing.T) {
	f := goodFiles()
	f["labels"] = `{"ticket_id":"T-1","incident_id":"INC-1"}`
	if _, err := f.use(t, "labels"); err == nil || !strings.Contains(err.Error(), "none of the 1 links is of a labelled ticket: labels and links are of different sets") {
		t.Errorf("%v", err)
	}
	f["labels"] = goodFiles()["labels"] + `{"ticket_id":"T-1","incident_id":"OTHER"}`
	f["links"] += `{"ticket_id":300,"incident_id":"INC-1","confidence":0.9,"state":"auto"}
{"ticket_id":280,"incident_id":"ANOTHER","confidence":0.3,"state":"suggested"}`
	r, err := Evaluate(EvaluateOptions{Labels: write(t, "labels", f["labels"]), Links: write(t, "links", f["links"]),
		Incidents: write(t, "incidents", f["incidents"]), Tickets: write(t, "tickets", f["tickets"])})
	if err != nil || len(r.Notes) != 4 {
		t.Errorf("%q, %v; want told: a link without a label, one of an unknown incident, a label without a ticket, and one without an incident", r.Notes, err)
	}
}

// The place of the links is tried before the work, inputs are never replaced,
// and what is written over keeps its permissions.
func TestWhereLinksGo(t *testing.T) {
	tickets, events, incidents := small(func(i int) string { return fmt.Sprint(i) })
	o := MatchOptions{Incidents: write(t, "incidents", incidents), Tickets: write(t, "tickets", tickets), Policy: match.DefaultPolicy()}
	dir := t.TempDir()
	wrong := map[string]string{
		filepath.Join(dir, "none", "out"): "name a file in a directory that is there and may be written",
		dir:                               "is a directory: name a file in it",
		o.Tickets:                         "links would replace the input",
		filepath.Join(dir, strings.Repeat("x", 243)): "name too long", // what a replay adds is too much
	}
	replayed := o
	replayed.Events = write(t, "events", events)
	for replayed.Out = range wrong {
		if _, err := Match(t.Context(), replayed); err == nil || !strings.Contains(err.Error(), wrong[replayed.Out]) {
			t.Errorf("%s: %v, want %q", replayed.Out, err, wrong[replayed.Out])
		}
	}
	o.Out = filepath.Join(dir, "out")
	file := write(t, "elsewhere", "")
	if err := errors.Join(os.Chmod(file, 0o640), os.Symlink(file, o.Out)); err != nil {
		t.Fatal(err)
	}
	besides := func() []string { found, _ := filepath.Glob(o.Out + "*"); return found }
	replayed.Out = o.Out
	for _, o := range []MatchOptions{replayed, o} {
		if _, err := Match(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 3, false: 1}[o.Events != ""]; len(besides()) != want {
			t.Errorf("replay %v: %v, want %d files", o.Events != "", besides(), want)
		}
	}
	if info, err := os.Stat(o.Out); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A pipe is written into, and stays one.
func TestLinksIntoAPipe(t *testing.T) {
	tickets, events, incidents := small(func(i int) string { return fmt.Sprint(i) })
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan []byte)
	go func() { b, _ := os.ReadFile(pipe); read <- b }()
	_, err := Match(t.Context(), MatchOptions{Incidents: write(t, "incidents", incidents), Tickets: write(t, "tickets", tickets),
		Events: write(t, "events", events), Out: pipe, Policy: match.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	if links := <-read; bytes.Count(links, []byte("\n")) < 8 {
		t.Errorf("the pipe gave %q, want the eight members", links)
	}
	if found, _ := filepath.Glob(pipe + "*"); len(found) != 1 {
		t.Errorf("%v", found)
	}
}

// What comes through a pipe comes once: it is not counted before, for the bar.
func TestTicketsFromAPipe(t *testing.T) {
	tickets, _, incidents := small(func(i int) string { return fmt.Sprint(i) })
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() { _, _ = io.WriteString(w, tickets); _ = w.Close() }()
	s, err := Match(t.Context(), MatchOptions{Incidents: write(t, "incidents", incidents), Tickets: fmt.Sprintf("/dev/fd/%d", r.Fd()),
		Out: filepath.Join(t.TempDir(), "links"), Policy: match.DefaultPolicy(), Progress: io.Discard})
	if err != nil || s.Tickets != 400 {
		t.Errorf("%d tickets, %v, want all 400", s.Tickets, err)
	}
}

// Who stops a run finds no file, and no half of one.
func TestStopping(t *testing.T) {
	tickets, events, incidents := small(func(i int) string { return fmt.Sprint(i) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := MatchOptions{Incidents: write(t, "incidents", incidents), Tickets: write(t, "tickets", tickets), Policy: match.DefaultPolicy(), Out: filepath.Join(t.TempDir(), "links")}
	replayed := o
	replayed.Events = write(t, "events", events)
	for _, o := range []MatchOptions{o, replayed} {
		if _, err := Match(ctx, o); err == nil || err.Error() != "stopped: no links are written" {
			t.Errorf("%v", err)
		}
		if found, _ := filepath.Glob(o.Out + "*"); len(found) > 0 {
			t.Errorf("%v is left", found)
		}
	}
}
