package offline

import (
	"fmt"
	"io"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A Summary says what Match did, by incident in the order of their start.
type Summary struct {
	Tickets   int
	Incidents []IncidentSummary
	Unmet     []string // rules that fit nothing, and why
	Took      time.Duration
	Textless  bool     // no ticket has a text
	Changes   *Changes // beside an earlier run; nil where none is given
}

// An IncidentSummary counts the links of one incident. Expected is the sum of
// their confidences.
type IncidentSummary struct {
	ID, Title       string
	Auto, Suggested int
	Expected        float64
}

func (m *matcher) summary(links []match.Link) Summary {
	s := Summary{Tickets: len(m.tickets), Textless: !m.worded}
	at := map[string]int{}
	for i, inc := range m.incidents {
		at[inc.ID] = i
		s.Incidents = append(s.Incidents, IncidentSummary{ID: inc.ID, Title: inc.Title})
	}
	seen := m.corpus.Seen(m.incidents)
	for _, r := range m.opts.Policy.Rules {
		if why := r.Unmet(seen); why != "" {
			s.Unmet = append(s.Unmet, why)
		}
	}
	for _, l := range links {
		sum := &s.Incidents[at[l.IncidentID]]
		sum.Expected += l.Confidence
		if l.State == match.Auto {
			sum.Auto++
		} else {
			sum.Suggested++
		}
	}
	return s
}

// Print writes the summary as a table.
func (s Summary) Print(w io.Writer) {
	fmt.Fprintf(w, "%d tickets, %d incidents, %s\n", s.Tickets, len(s.Incidents), s.Took.Round(time.Millisecond))
	if s.Tickets == 0 || len(s.Incidents) == 0 {
		fmt.Fprintf(w, "nothing could be linked: are the files complete?\n")
		return
	}
	if s.Textless {
		fmt.Fprintf(w, "no ticket has a text: events that carry none need --tickets too\n")
	}
	ids := make([]string, len(s.Incidents))
	for k, i := range s.Incidents {
		ids[k] = i.ID
	}
	width := idWidth(ids)
	head := fmt.Sprintf("%-*s %7s %9s %9s  ", width, "incident", "linked", "suggested", "expected")
	fmt.Fprintf(w, "\n%stitle\n", head)
	for _, i := range s.Incidents {
		fmt.Fprintf(w, "%-*s %7d %9d %9.1f  %s\n", width, oneLine(i.ID, width), i.Auto, i.Suggested, i.Expected, oneLine(i.Title, columns-len(head)))
	}
	fmt.Fprintf(w, "expected: the sum of confidences\n")
	for _, why := range s.Unmet {
		fmt.Fprintf(w, "warning: %s\n", why)
	}
	if s.Changes != nil {
		s.Changes.print(w)
	}
}
