package offline

import (
	"fmt"
	"io"
	"strings"
)

// Print writes the report for people to read.
func (r Report) Print(w io.Writer) {
	fmt.Fprintf(w, "%d labelled tickets, %d of them belong to an incident\n\n", r.Tickets, r.Members)
	printScore(w, "linked without asking", r.Auto)
	printScore(w, "suggestions included", r.Any)
	if r.TagRule != nil {
		printScore(w, "a plain tag rule", *r.TagRule)
	}
	fmt.Fprintf(w, "%-24s %.2f of 1,000 tickets, %d of them belong to another incident\n", "wrongly linked", r.FalsePer1k, r.Wrong)
	fmt.Fprintf(w, "%-24s calibration error %.3f, Brier score %.3f\n", "confidence", r.ECE, r.Brier)
	fmt.Fprintf(w, "%-24s by links %.2f, by sum of confidences %.2f\n", "error of the count", r.CountError, r.ExpectError)
	for _, c := range r.Checkpoints {
		printScore(w, fmt.Sprintf("%d min after declared", c.Minutes), c.Auto)
		printScore(w, "  with suggestions", c.Any)
	}
	if r.Surges != nil {
		r.Surges.print(w)
	}
	r.printIncidents(w)
	r.printCalibration(w)
	r.printMistakes(w)
}

func printScore(w io.Writer, name string, s Score) {
	fmt.Fprintf(w, "%-24s precision %.3f, recall %.3f, F1 %.3f (%d of %d right)\n", name, s.Precision, s.Recall, s.F1, s.Right, s.Links)
}

func (r Report) printIncidents(w io.Writer) {
	fmt.Fprintf(w, "\n%-14s %7s %6s %6s %9s %9s %8s %9s  %s\n", "incident", "members", "linked", "right", "precision", "recall", "any", "expected", "title")
	for _, i := range r.Incidents {
		fmt.Fprintf(w, "%-14s %7d %6d %6d %9.2f %9.2f %8.2f %9.1f  %s\n", i.ID, i.Members, i.Auto.Links, i.Auto.Right,
			i.Auto.Precision, i.Auto.Recall, i.Any.Recall, i.Expected, i.Title)
	}
}

const plotWidth = 50

// printCalibration draws each tenth: a bar to what was right, a mark at what was said.
func (r Report) printCalibration(w io.Writer) {
	fmt.Fprintf(w, "\ncalibration: # right, | said\n")
	for k, b := range r.Bins {
		if b.N == 0 {
			continue
		}
		line := []byte(strings.Repeat("#", int(b.True*plotWidth+0.5)) + strings.Repeat(" ", plotWidth+1))[:plotWidth+1]
		line[int(b.Confidence*plotWidth+0.5)] = '|'
		fmt.Fprintf(w, "%.1f-%.1f %s %5d rows, said %.2f, right %.2f\n", float64(k)/10, float64(k+1)/10, line, b.N, b.Confidence, b.True)
	}
}

func (r Report) printMistakes(w io.Writer) {
	fmt.Fprintf(w, "\nworst mistakes\n")
	for _, m := range r.Mistakes {
		truth := "belongs to " + m.Truth
		switch m.Truth {
		case "":
			truth = "belongs to none"
		case m.IncidentID:
			truth = "is right"
		}
		fmt.Fprintf(w, "ticket %s with %s at %.2f, but it %s %s\n", m.TicketID, m.IncidentID, m.Confidence, truth, m.Subject)
		for _, e := range m.Evidence {
			fmt.Fprintf(w, "    %+6.2f %-12s %s\n", e.Weight, e.Kind, e.Detail)
		}
	}
}

// print writes how soon surges told of the incidents.
func (d Detection) print(w io.Writer) {
	fmt.Fprintf(w, "\nsurges, if nobody had declared: %d alarms in %.1f weeks, %d false (%.2f a week), %d repeated\n",
		d.Alarms, d.Weeks, d.False, d.FalsePerWeek, d.Repeated)
	if d.Incidents == 0 {
		return
	}
	fmt.Fprintf(w, "of %d incidents with at least %d tickets %d were found; within 15 minutes of the first ticket %.2f, of the fifth in an hour %.2f, of the rise above usual %.2f\n",
		d.Incidents, detectMembers, d.Found, d.Within.First, d.Within.Fifth, d.Within.Rise)
	fmt.Fprintf(w, "%.2f of them had three tickets 15 minutes after the first; minutes from first ticket to alarm (-1: never): 10 %% %.1f, 25 %% %.1f, half %.1f, 75 %% %.1f, 90 %% %.1f\n",
		d.Possible, d.Delays.P10, d.Delays.P25, d.Delays.P50, d.Delays.P75, d.Delays.P90)
	fmt.Fprintf(w, "%-14s %7s %7s %7s %7s %7s\n", "incident", "members", "by 15", "fifth", "rise", "found")
	for _, e := range d.Each {
		fmt.Fprintf(w, "%-14s %7d %7d %7.1f %7.1f %7.1f\n", e.ID, e.Members, e.InTime, e.Fifth, e.Rise, e.Found)
	}
}
