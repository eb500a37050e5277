package offline

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A checkpoint is held against the tickets that were there: an incident without
// any link by then counts with those, and one that nobody declared not at all.
func TestCheckpointsCountWhoWasThere(t *testing.T) {
	links := filepath.Join(t.TempDir(), "links")
	writeLines(t, links, []linkRecord{})
	writeLines(t, links+replayEnding, []map[string]any{
		{"minutes": 15, "at": "2026-11-21T10:15:00Z", "ticket_id": nil, "incident_id": "A"},
		{"minutes": 15, "at": "2026-11-21T10:15:00Z", "ticket_id": 1, "incident_id": "A", "confidence": 0.95, "state": "auto"},
		{"minutes": 15, "at": "2026-11-21T10:15:00Z", "ticket_id": 99, "incident_id": "A", "confidence": 0.95, "state": "auto"},
		{"minutes": 15, "at": "2026-11-21T11:15:00Z", "ticket_id": nil, "incident_id": "B"},
	})
	var tickets, labels strings.Builder
	for id, ticket := range []struct{ at, incident string }{{}, {"10:00", "A"}, {"10:20", "A"}, {"11:00", "B"}, {"11:30", "B"}, {"11:40", "B"}, {"10:00", "C"}} {
		if id > 0 {
			fmt.Fprintf(&tickets, `{"id":%d,"created_at":"2026-11-21T%s:00Z"}`+"\n", id, ticket.at)
			fmt.Fprintf(&labels, `{"ticket_id":%d,"incident_id":%q}`+"\n", id, ticket.incident)
		}
	}
	r, err := Evaluate(EvaluateOptions{Labels: write(t, "labels", labels.String()), Links: links, Tickets: write(t, "tickets", tickets.String())})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Checkpoints) != 1 || r.Checkpoints[0].Auto != (Score{Links: 1, Right: 1, Members: 2, Precision: 1, Recall: 0.5, F1: 2.0 / 3}) {
		t.Errorf("%+v, want one of the two tickets that were there", r.Checkpoints)
	}
}

// All that is printed fits a terminal, and nobody's text moves its cursor.
func TestReportsFitATerminal(t *testing.T) {
	long := strings.Repeat("very long ", 20) + "\x1b[2J\n"
	links := []linkRecord{
		{TicketID: ID{Text: "1"}, IncidentID: ID{Text: "INC-12345678"}, Confidence: 1, State: match.Auto, Evidence: []match.Evidence{{Kind: "organization", Detail: long, Weight: -12.5}, {Kind: "tag", Detail: "x", Weight: 0.1}}},
		{TicketID: ID{Text: "2"}, IncidentID: ID{Text: "INC-12345678"}, Confidence: 0.3, State: match.Suggested},
	}
	file := filepath.Join(t.TempDir(), "links")
	writeLines(t, file, links)
	writeLines(t, file+surgesEnding, []alarmRecord{})
	labels, tickets := &strings.Builder{}, &strings.Builder{}
	for id := range 30 {
		incident := `"INC-12345678"`
		if id == 1 {
			incident = "null"
		}
		fmt.Fprintf(labels, `{"ticket_id":%d,"incident_id":%s}`+"\n", id, incident)
		fmt.Fprintf(tickets, `{"id":%d,"created_at":"2026-11-20T00:00:00Z","subject":%q}`+"\n", id, strings.ReplaceAll(long, "\x1b", ""))
	}
	r, err := Evaluate(EvaluateOptions{Labels: write(t, "labels", labels.String()), Links: file, Tickets: write(t, "tickets", tickets.String()),
		Incidents: write(t, "incidents", `{"id":"INC-12345678","title":"`+strings.Repeat("wörtlich ", 20)+`","started_at":"2026-11-20T00:00:00Z"}`)})
	if err != nil {
		t.Fatal(err)
	}
	r.Checkpoints = []Checkpoint{{Minutes: 1440}}
	var out bytes.Buffer
	r.Print(&out)
	Summary{Tickets: 200_000, Incidents: []IncidentSummary{{ID: "INC-12345678", Title: long, Auto: 12345}}}.Print(&out)
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns || strings.ContainsRune(line, '\x1b') {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	for _, want := range []string{"24 h after declaration", "wrong at the highest", "nearly missed", "not found", "-12.50 organization", "1 of less than 0.3", "wörtlich"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in\n%s", want, &out)
		}
	}
}

// An incident is found once half of an alarm's tickets are its own, whoever the
// others belong to.
func TestHalfAnAlarmFindsAnIncident(t *testing.T) {
	j := &judge{truth: map[string]string{"1": "A", "2": "A", "3": "B", "4": ""}}
	tests := []struct {
		tickets []string
		want    []string
	}{
		{[]string{"1", "2", "3", "4"}, []string{"A"}},
		{[]string{"1", "3"}, []string{"A", "B"}},
		{[]string{"1", "4", "5"}, nil},
		{[]string{"4", "5"}, nil},
	}
	for _, test := range tests {
		var ids []ID
		for _, id := range test.tickets {
			ids = append(ids, ID{Text: id})
		}
		got := j.mostly(ids)
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%v: %v, want %v", test.tickets, got, test.want)
		}
	}
}
