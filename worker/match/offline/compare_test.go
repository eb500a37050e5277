package offline

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/worker/match"
)

// A change of rules is tried beside the links as they were: what it would link,
// what no more, and by which evidence.
func TestTryingAChangeOfRules(t *testing.T) {
	tickets, _, incidents := small(func(i int) string { return fmt.Sprint(i) })
	o := MatchOptions{Incidents: write(t, "incidents", incidents), Tickets: write(t, "tickets", tickets), Auto: true, Policy: match.DefaultPolicy()}
	before := filepath.Join(t.TempDir(), "before")
	o.Out = before
	if _, err := Match(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*match.Policy)
		want   []IncidentChanges
		says   []string
	}{
		{"none", func(*match.Policy) {}, nil, []string{"8 pairs as before, 0 changed"}},
		{"never", func(p *match.Policy) { p.Rules = []match.Rule{{Never: true, Tag: "payments"}} }, []IncidentChanges{{ID: "INC-1", NotLinked: 8}},
			[]string{"0 pairs as before, 8 changed", "ticket 28", "now nothing"}},
		{"less of it by itself", func(p *match.Policy) { p.AutoLink = 1 }, []IncidentChanges{{ID: "INC-1", NotLinked: 8}}, []string{"now suggested at"}},
	}
	for _, test := range tests {
		next := o
		test.change(&next.Policy)
		next.Compare, next.Out = before, filepath.Join(t.TempDir(), "links")
		s, err := Match(t.Context(), next)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, s.Changes.Incidents); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		var out bytes.Buffer
		s.Print(&out)
		for _, want := range test.says {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: want %q in\n%s", test.name, want, &out)
			}
		}
	}
}

// Of links in another state the changed kinds of evidence are told; of a new one
// what weighs most.
func TestChangesHaveReasons(t *testing.T) {
	link := func(state match.State, confidence, tag float64) linkRecord {
		return linkRecord{TicketID: ID{Text: "1"}, IncidentID: ID{Text: "A"}, State: state, Confidence: confidence,
			Evidence: []match.Evidence{{Kind: "prior", Detail: "p", Weight: -1}, {Kind: "tag", Detail: "tag x", Weight: tag}}}
	}
	tests := []struct {
		name          string
		before, after []linkRecord
		want          []string
	}{
		{"stronger", []linkRecord{link(match.Suggested, 0.5, 1)}, []linkRecord{link(match.Auto, 0.9, 3)}, []string{" +1.00, now  +3.00  tag"}},
		{"new", nil, []linkRecord{link(match.Auto, 0.9, 3)}, []string{" +3.00 tag          tag x"}},
		{"gone", []linkRecord{link(match.Auto, 0.9, 3)}, nil, nil},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, compare(test.before, test.after).Pairs[0].reasons()); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}
