package offline

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/ticketlink/ticketlink/worker/match"
)

// Print writes the report for people to read.
func (r Report) Print(w io.Writer) {
	fmt.Fprintf(w, "%d labelled tickets, %d of them belong to an incident\n", r.Tickets, r.Members)
	for _, n := range r.Notes {
		fmt.Fprintln(w, n)
	}
	fmt.Fprintf(w, "\n%-26s %9s %8s %8s %15s\n", "", "precision", "recall", "F1", "right")
	printScore(w, "linked without asking", r.Auto)
	printScore(w, "  with suggestions", r.Any)
	if r.TagRule != nil {
		printScore(w, "a plain tag rule", *r.TagRule)
	}
	for _, c := range r.Checkpoints {
		printScore(w, after(c.Minutes)+" after declaration", c.Auto)
		printScore(w, "  with suggestions", c.Any)
	}
	fmt.Fprintf(w, "\n%-22s %.2f of 1,000 tickets; %d belong to another incident\n", "wrongly linked", r.FalsePer1k, r.Wrong)
	fmt.Fprintf(w, "%-22s %d members are neither linked nor suggested\n", "not found", r.Members-r.Any.Right)
	fmt.Fprintf(w, "%-22s calibration error %.3f, Brier score %.3f\n", "confidence", r.ECE, r.Brier)
	if r.Members > 0 {
		fmt.Fprintf(w, "%-22s by links %.2f, by the sum of confidences %.2f\n", "error of the count", r.CountError, r.ExpectError)
	}
	if r.Surges != nil {
		r.Surges.print(w)
	}
	r.printIncidents(w)
	r.printCalibration(w)
	r.printKinds(w)
	r.printMistakes(w)
}

func printScore(w io.Writer, name string, s Score) {
	fmt.Fprintf(w, "%-26s %9s %8s %8s %15s\n", name, share(s.Precision, s.Links, 3), share(s.Recall, s.Members, 3), share(s.F1, s.Members, 3),
		fmt.Sprintf("%d of %d", s.Right, s.Links))
}

// share words a part of so many; a part of none is no figure.
func share(part float64, of, digits int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.*f", digits, part)
}

func (r Report) printIncidents(w io.Writer) {
	ids := make([]string, len(r.Incidents))
	for k, i := range r.Incidents {
		ids[k] = i.ID
	}
	width := idWidth(ids)
	head := fmt.Sprintf("%-*s %7s %6s %5s %9s %6s %5s %8s  ", width, "incident", "members", "linked", "right", "precision", "recall", "any", "expected")
	fmt.Fprintf(w, "\n%stitle\n", head)
	for _, i := range r.Incidents {
		fmt.Fprintf(w, "%-*s %7d %6d %5d %9s %6s %5s %8.1f  %s\n", width, oneLine(i.ID, width), i.Members, i.Auto.Links, i.Auto.Right,
			share(i.Auto.Precision, i.Auto.Links, 2), share(i.Auto.Recall, i.Members, 2), share(i.Any.Recall, i.Members, 2), i.Expected, oneLine(i.Title, columns-len(head)))
	}
	fmt.Fprintf(w, "any: recall with suggestions; expected: the sum of confidences\n")
}

const plotWidth = 34

// printCalibration draws each tenth: a bar to what was right, a mark at what was said.
func (r Report) printCalibration(w io.Writer) {
	fmt.Fprintf(w, "\ncalibration: # the part that was right, | the confidence\n")
	for k, b := range r.Bins {
		if b.N == 0 {
			continue
		}
		line := []byte(strings.Repeat("#", int(b.True*plotWidth+0.5)) + strings.Repeat(" ", plotWidth+1))[:plotWidth+1]
		line[int(b.Confidence*plotWidth+0.5)] = '|'
		fmt.Fprintf(w, "%.1f-%.1f %s %5d links, said %.2f, right %.2f\n", float64(k)/10, float64(k+1)/10, line, b.N, b.Confidence, b.True)
	}
}

// printKinds says which evidence tells right from wrong links.
func (r Report) printKinds(w io.Writer) {
	if len(r.Kinds) == 0 || r.Any.Right == 0 || r.Any.Right == r.Any.Links { // nothing to tell apart
		return
	}
	fmt.Fprintf(w, "\n%-14s %11s %11s   (mean weight of the kinds of evidence)\n", "evidence", "right links", "wrong links")
	for _, k := range r.Kinds {
		fmt.Fprintf(w, "%-14s %+11.2f %+11.2f\n", oneLine(k.Kind, 14), k.Right, k.Wrong)
	}
}

func (r Report) printMistakes(w io.Writer) {
	group := ""
	for _, m := range r.Mistakes {
		if m.group() != group {
			group = m.group()
			fmt.Fprintf(w, "\n%s\n", group)
		}
		fmt.Fprintf(w, "ticket %s%s\n", oneLine(m.TicketID, 20), m.words())
		if m.Subject != "" {
			fmt.Fprintf(w, "    %q\n", oneLine(m.Subject, columns-6))
		}
		printEvidence(w, m.Evidence)
	}
}

// group heads the mistakes of its sort.
func (m Mistake) group() string {
	switch {
	case m.State == "":
		return "not found: neither linked nor suggested, one example of an incident"
	case m.Truth == m.IncidentID:
		return "nearly missed: right, and suggested at the lowest confidence"
	}
	return "wrong at the highest confidence"
}

// words say what was made of the ticket, and of a wrong link what would be right.
func (m Mistake) words() string {
	if m.State == "" {
		return " of " + oneLine(m.Truth, 20)
	}
	text := fmt.Sprintf(" with %s at %.2f (%s)", oneLine(m.IncidentID, 20), m.Confidence, m.State)
	switch m.Truth {
	case m.IncidentID:
		return text
	case "":
		return text + " belongs to none"
	}
	return text + " belongs to " + oneLine(m.Truth, 20)
}

// printEvidence lists what weighs most; all of it adds up to the log-odds.
func printEvidence(w io.Writer, evidence []match.Evidence) {
	smaller, rest := 0, 0.0
	for _, e := range evidence {
		if math.Abs(e.Weight) < slight {
			smaller, rest = smaller+1, rest+e.Weight
			continue
		}
		lines := wrap(e.Detail, columns-24)
		fmt.Fprintf(w, "    %+6.2f %-12s %s\n", e.Weight, e.Kind, lines[0])
		for _, more := range lines[1:] {
			fmt.Fprintf(w, "%24s%s\n", "", more)
		}
	}
	if smaller > 0 {
		fmt.Fprintf(w, "    %+6.2f %-12s %d of less than %.1f\n", rest, "the rest", smaller, slight)
	}
}

// slight is what a mistake's evidence is summed up below, in log-odds.
const slight = 0.3
