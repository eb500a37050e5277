package worker

import (
	"fmt"

	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/web"
)

// tilesOf words an impact for the page. The definitions are package impact's.
func tilesOf(m impact.Impact, due dueCount) []web.Tile {
	waiting := web.Tile{ID: "unanswered", Name: "Unanswered", Value: web.Count(m.Unanswered), Note: fmt.Sprintf("of %s", web.Tickets(int(m.Linked))),
		Means: "Linked tickets without a public reply by an agent that are not solved or closed."}
	if m.Unanswered > 0 {
		waiting.Class = "warn"
	}
	late := web.Tile{ID: "overdue", Name: "Overdue", Value: web.Count(due.Overdue), Note: fmt.Sprintf("of %d due", due.Due),
		Means: "Follow-ups whose time has passed, and the first reminder after it too."}
	if due.Overdue > 0 {
		late.Class = "bad"
	}
	money, currency := web.Money(m.Revenue)
	return []web.Tile{
		{ID: "customers", Name: "Customers", Value: web.Count(m.Customers), Note: customersNote(m),
			Means: "Distinct people who wrote linked tickets, and their distinct organizations."},
		{ID: "linked", Name: "Tickets", Value: web.Count(m.Linked), Note: "probably " + fromTo(m.ExpectedLow, m.ExpectedHigh),
			Means: "Linked tickets: by the machine or by people. Probably: with suggestions counted by their confidence, 80 % interval."},
		{ID: "excess", Name: "Above usual", Value: web.Count(int64(m.Excess + 0.5)), Note: fmt.Sprintf("peak %d in 15 min", m.PeakPerBin),
			Means: "How many more tickets came than in the same hours of the four weeks before, all tickets counted, linked or not."},
		waiting, late,
		{ID: "first-reply", Name: "First reply", Value: web.Span(m.FirstReply), Note: "median",
			Means: "Time from a linked ticket to its first public reply by an agent: the median over the answered ones."},
		{ID: "lag", Name: "Who knew first", Value: lagValue(m.DetectionLag), Note: lagNote(m.DetectionLag),
			Means: "From the first linked ticket of the rush to when the incident was detected, or declared where nothing detected it."},
		{ID: "revenue", Name: "Revenue touched", Value: money, Note: currency,
			Means: "Sum of the revenue fields of the organizations that wrote linked tickets. It says whose business was touched, not what was lost."},
	}
}

// fromTo is a range of whole numbers, one number where its ends round to the same.
func fromTo(low, high float64) string {
	from, to := fmt.Sprintf("%.0f", low), fmt.Sprintf("%.0f", high)
	if from == to {
		return from
	}
	return from + " to " + to
}

func customersNote(m impact.Impact) string {
	if m.Organizations == 1 {
		return "in 1 organization"
	}
	return "in " + web.Count(m.Organizations) + " organizations"
}

func lagValue(seconds *float64) string {
	if seconds == nil {
		return "–"
	}
	away := max(*seconds, -*seconds)
	return web.Span(&away)
}

func lagNote(seconds *float64) string {
	switch {
	case seconds == nil:
		return ""
	case *seconds > 0:
		return "customers before us"
	case *seconds == 0:
		return "at the same time"
	}
	return "we before customers"
}
