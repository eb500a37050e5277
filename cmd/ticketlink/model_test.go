package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// What was learned reads as sentences: what acts, what does not yet and why.
func TestModelInWords(t *testing.T) {
	end := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	lessons := func(n int, tag string, confirmed bool) (out []match.Lesson) {
		for range n {
			out = append(out, match.Lesson{
				Decision: match.Decision{TicketID: "1", IncidentID: "2", Confirmed: confirmed, At: end.Add(4 * time.Hour)},
				Ticket:   match.Ticket{ID: "1", Tags: []string{tag}, CreatedAt: end.Add(time.Hour)},
				Incident: match.Incident{ID: "2", Services: []string{"ledger"}, StartedAt: end.Add(-time.Hour), ResolvedAt: end},
				LogOdds:  math.NaN(),
			})
		}
		return out
	}
	some := match.Model{}.Learn(append(lessons(25, "payouts", true), lessons(5, "seats", false)...)...)
	some = some.Learn(lessons(3, "rare", true)...)
	var crowd match.Model
	for n := range shownPairs + 2 {
		crowd = crowd.Learn(append(lessons(4, fmt.Sprintf("tag%d", n), true), lessons(4, "seats", false)...)...)
	}
	tests := []struct {
		name  string
		model match.Model
		want  []string
	}{
		{"nothing", match.Model{}, []string{"Nothing is learned yet (version 0)"}},
		{"reset", some.Reset("all"), []string{"Nothing is learned yet (version 3)"}},
		{"some", some, []string{
			"Version 2 (2026-03-02 18:00 UTC), after 33 decisions, 85 % of them confirmed",
			"associations  2 of 3 act, those with 4 decisions or more",
			"tag seat    with service ledger  0 of 5 confirmed",
			"tag payout  with service ledger  25 of 25 confirmed",
			"tag           own tags weigh",
			"lag           as built in; needs 30 tickets after the end, has 28",
			"calibration   as built in; needs 50 decisions on proposals, has 0",
		}},
		{"many", crowd, []string{"13 of 13 act", "and 3 weaker ones; --json prints all", "lag           1.2 h (usual: 1.6), 0 % over 6 h (48 tickets after the end)"}},
	}
	for _, test := range tests {
		var out strings.Builder
		if err := printModel(&out, test.model); err != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: want %q in\n%s", test.name, want, &out)
			}
		}
		for line := range strings.Lines(out.String()) {
			if len(line) > 81 {
				t.Errorf("%s: a long line: %s", test.name, line)
			}
		}
	}
}
