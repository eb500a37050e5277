package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker/match/offline"
)

func TestMatchGoalsAreHeldAgainstTheFigures(t *testing.T) {
	found := offline.BenchReport{
		PerTicket: []offline.TicketCost{{Incidents: 10, Index: 1000}, {Incidents: 10_000, Index: 2100}},
		Month:     offline.MonthCost{Match: time.Second, Naive: 2 * time.Second, One: 2 * time.Second},
	}
	var out strings.Builder
	if err := matchReport(found).Write(&out); err != nil {
		t.Fatal(err)
	}
	if missed := strings.Count(out.String(), "missed"); missed != 1 || strings.Count(out.String(), "reached") != 2 {
		t.Errorf("want the cost per ticket missed and the others reached:\n%s", &out)
	}
}

func TestMatchIsMeasuredOnSomething(t *testing.T) {
	if _, err := run(t, "bench", "match", "--incidents=-1"); err == nil || !strings.Contains(err.Error(), "want 1 or more") {
		t.Errorf("%v", err)
	}
}
