package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
	"github.com/ticketlink/ticketlink/worker/match/offline"
)

type benchMatchCommand struct {
	Tickets   int    `help:"Tickets of the made-up month." default:"200000"`
	Incidents int    `help:"Incidents of that month." default:"60"`
	Seed      uint64 `help:"Another seed makes up another month." default:"0"`
}

func (benchMatchCommand) Help() string {
	return `Made-up tickets, no database. One ticket beside 10, 1,000 and 10,000 open
incidents, a month against its incidents beside the same done naively, and one
incident over the month. Takes about half a minute at its full size; less of a
month proves less.

Example:
  ticketlink bench match --tickets 20000 --incidents 12`
}

func (b benchMatchCommand) Run() error {
	if b.Tickets < 1 || b.Incidents < 1 {
		return errors.New("bench match: --tickets and --incidents: want 1 or more")
	}
	found := offline.Bench(offline.BenchOptions{Tickets: b.Tickets, Incidents: b.Incidents, Seed: b.Seed, Progress: progressTo(false)})
	return matchReport(found).Write(os.Stdout)
}

// matchReport holds the figures against what the project wants of them.
func matchReport(found offline.BenchReport) bench.Report {
	m := found.Month
	r := bench.Report{Title: "Matching: one new ticket, a month, one incident declared late", Details: []string{
		fmt.Sprintf("%d tickets of a month read in %.1f s, held in %d MB; at most %d MB from the system", m.Tickets, m.Read.Seconds(), m.Corpus>>20, m.Peak>>20),
	}}
	for _, c := range found.PerTicket {
		r.Figures = append(r.Figures, bench.Figure{Name: fmt.Sprintf("new ticket, %d open incidents", c.Incidents), Rate: 1 / c.Index.Seconds(), P50: c.Index,
			Note: fmt.Sprintf("%.2f links a ticket; all compared: %.0f us", c.Links, float64(c.Loop)/1e3)})
	}
	r.Figures = append(r.Figures,
		bench.Figure{Name: fmt.Sprintf("the month, incidents: %d", m.Incidents), P50: m.Match, Note: fmt.Sprintf("links: %d; %d MB allocated", m.Links, m.MatchBytes>>20)},
		bench.Figure{Name: "naively, every ticket for every one", P50: m.Naive, Note: fmt.Sprintf("extrapolated; %d MB allocated", m.NaiveBytes>>20)},
		bench.Figure{Name: "one incident over the month", P50: m.One},
		bench.Figure{Name: "a look for surges, every minute", P50: m.Look, Note: fmt.Sprintf("once a day %.0f ms", m.FirstLook.Seconds()*1e3)})
	few, many := found.PerTicket[0], found.PerTicket[len(found.PerTicket)-1]
	r.Goals = []bench.Goal{
		{Name: fmt.Sprintf("a ticket, %d incidents against %d", many.Incidents, few.Incidents), Measured: float64(many.Index) / float64(few.Index), Limit: 2, AtMost: true, Unit: "x"},
		{Name: "the month, naively against ours", Measured: float64(m.Naive) / float64(m.Match), Limit: 2, Unit: "x"},
		{Name: "one incident over the month", Measured: m.One.Seconds(), Limit: 2, AtMost: true, Unit: " s"},
	}
	return r
}
