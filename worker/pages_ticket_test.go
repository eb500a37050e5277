package worker

import (
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/web"
)

// A ticket that is not linked is told why by what is its own, and never that it
// is below a limit which it reaches.
func TestVerdicts(t *testing.T) {
	prior, topic := web.Step{Label: evidenceNames["prior"], Weight: -3}, web.Step{Label: "Topic", Detail: "Other words", Weight: -1}
	for _, c := range []struct {
		row  scoreRow
		want string
	}{
		{scoreRow{Confidence: 0.24, Steps: []web.Step{prior, topic}}, "below the 25 % that a suggestion takes; most against it: other words"},
		{scoreRow{Confidence: 0.25, Steps: []web.Step{prior, topic}}, "by what is known now it may be; most against it: other words"},
		{scoreRow{Confidence: 0.01, Steps: []web.Step{prior}}, "nothing speaks for it"},
		{scoreRow{Confidence: 0.25, State: "suggested"}, "suggested to a person"},
		{scoreRow{Confidence: 0.95, State: "auto"}, "linked without asking"},
		{scoreRow{Confidence: 0.95, State: "rejected", DecidedBy: "Omar"}, "rejected by Omar; the machine would say 95 %"},
	} {
		if got := verdict(c.row, match.DefaultPolicy()); !strings.Contains(got, c.want) {
			t.Errorf("%+v: got %q, want %q", c.row, got, c.want)
		}
	}
}
