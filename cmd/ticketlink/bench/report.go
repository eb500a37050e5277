// Package bench measures this machine's floor and what ticketlink makes of it,
// side by side in one run. Absolute figures change from machine to machine;
// the ratios are what the project is held to.
package bench

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// A Figure is how one contestant did.
type Figure struct {
	Name     string
	Rate     float64 // a second; 0: not a rate
	P50, P99 time.Duration
	Note     string
}

// A Goal is a figure that the project holds itself to.
type Goal struct {
	Name     string
	Measured float64
	Limit    float64
	AtMost   bool // else at least
	Unit     string
}

func (g Goal) reached() bool {
	if g.AtMost {
		return g.Measured <= g.Limit
	}
	return g.Measured >= g.Limit
}

// A Report is what a benchmark found.
type Report struct {
	Title   string
	Details []string
	Figures []Figure
	Goals   []Goal
}

// Write prints the report as plain text.
func (r Report) Write(out io.Writer) error {
	fmt.Fprintf(out, "\n%s\n", r.Title)
	for _, d := range append(r.Details, fmt.Sprintf("%d CPUs shared by all of it, %s", runtime.NumCPU(), runtime.Version())) {
		fmt.Fprintf(out, "  %s\n", d)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\n\tper second\tp50\tp99\t\n")
	for _, f := range r.Figures {
		rate := ""
		if f.Rate > 0 {
			rate = fmt.Sprintf("%.0f", f.Rate)
		}
		fmt.Fprintf(table, "%-38s\t%s\t%s\t%s\t  %s\n", f.Name, rate, inUnits(f.P50), inUnits(f.P99), f.Note)
	}
	fmt.Fprint(table, "\n\tmeasured\tgoal\t\t\n")
	for _, g := range r.Goals {
		sign, word := ">=", "missed"
		if g.AtMost {
			sign = "<="
		}
		if g.reached() {
			word = "reached"
		}
		fmt.Fprintf(table, "%-38s\t%.2f%s\t%s %.2f%s\t%s\t\n", g.Name, g.Measured, g.Unit, sign, g.Limit, g.Unit, word)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	return nil
}

// inUnits words a time in the unit that it is read in.
func inUnits(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	switch {
	case d.Abs() < time.Millisecond:
		return fmt.Sprintf("%.1f us", float64(d)/float64(time.Microsecond))
	case d.Abs() >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// percentile returns a part of sorted durations, 0 for none.
func percentile(sorted []time.Duration, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}

// figureOf sums up one round.
func figureOf(name string, n int, took time.Duration, latencies []time.Duration) Figure {
	slices.Sort(latencies)
	return Figure{Name: name, Rate: float64(n) / took.Seconds(), P50: percentile(latencies, 0.5), P99: percentile(latencies, 0.99)}
}

// medianOf takes the median of each column over the rounds.
func medianOf(rounds []Figure) Figure {
	column := func(of func(Figure) float64) float64 {
		values := make([]float64, 0, len(rounds))
		for _, r := range rounds {
			values = append(values, of(r))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	m := rounds[0]
	m.Rate = column(func(f Figure) float64 { return f.Rate })
	m.P50 = time.Duration(column(func(f Figure) float64 { return float64(f.P50) }))
	m.P99 = time.Duration(column(func(f Figure) float64 { return float64(f.P99) }))
	return m
}
