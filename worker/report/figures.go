package report

import (
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/worker/impact"
)

// A Figure is one number of the impact with what it means and where it is from.
type Figure struct {
	Name       string `json:"name"`
	Value      string `json:"value"`
	Definition string `json:"definition"`
}

// Figures are the measures of an incident, in the order they are read.
func Figures(i impact.Impact) []Figure {
	all := append(harm(i), noticing(i)...)
	return append(all, answering(i)...)
}

func harm(i impact.Impact) []Figure {
	out := []Figure{
		{"Tickets", fmt.Sprintf("%s (%d by rule, %d confirmed)", thousands(i.Linked), i.Tickets.Auto, i.Tickets.Confirmed),
			"Linked tickets: linked by rule with enough confidence, or confirmed by a person. Deleted tickets count nowhere."},
		{"Suggested, rejected", fmt.Sprintf("%d, %d", i.Tickets.Suggested, i.Tickets.Rejected),
			"Tickets that a person should look at, and those that a person has ruled out. Neither counts as linked."},
		{"Expected tickets", fmt.Sprintf("%.0f (%.0f to %.0f)", i.Expected, i.ExpectedLow, i.ExpectedHigh),
			"Sum of the confidences of linked and suggested tickets, a confirmed one counting 1, with the interval that holds the true number in 80 of 100 cases if the confidences are right."},
		{"More than usual", fmt.Sprintf("%.0f tickets", i.Excess),
			fmt.Sprintf("All tickets from the onset (or the start) to the end, less the mean of the same quarters of an hour in the %d weeks before.", impact.Weeks)},
		{"Customers", thousands(i.Customers), "Distinct requesters of linked tickets."},
		{"Customers by plan", shares(i.CustomersByPlan), "By the plan in the fields of the organization, the requester or the ticket, as configured; unknown where they do not say."},
		{"Customers by region", shares(i.CustomersByRegion), "By the region in those fields, likewise."},
		{"Organizations", thousands(i.Organizations), "Distinct organizations of linked tickets."},
		{"Channels", shares(i.ByChannel), "Linked tickets by how they came."},
	}
	if len(i.Revenue) > 0 {
		out = append(out, Figure{"Revenue touched", money(i.Revenue),
			"Sum of the revenue field of those with linked tickets, each organization (or customer, where the field is theirs) once: whose business was touched, not what was lost."})
	}
	return out
}

func noticing(i impact.Impact) []Figure {
	return []Figure{
		{"Onset", at(i.OnsetAt), "First linked ticket in the first quarter of an hour that rose above usual by two standard deviations of a Poisson count; where none rose, the first linked ticket."},
		{"First ticket after", seconds(i.FirstTicketLag), "From the incident's start to its first linked ticket; negative when customers wrote before the start that was entered."},
		{"Detection lag", seconds(i.DetectionLag), "How long customers knew before we did: detection, or declaration where nothing was detected before, less the onset; negative when monitoring was first."},
		{"Peak", fmt.Sprintf("%d in 15 minutes", i.PeakPerBin), "Most linked tickets in a quarter of an hour."},
	}
}

func answering(i impact.Impact) []Figure {
	out := []Figure{
		{"First reply, median", seconds(i.FirstReply), "From a linked ticket's creation to its first public reply by an agent, over the answered ones."},
		{"First reply, 90th percentile", seconds(i.FirstReplyP90), "Nine in ten answered tickets waited no longer than this."},
		{"Unanswered", thousands(i.Unanswered), "Linked tickets that have no public reply by an agent and are not solved or closed."},
		{"Backlog", thousands(i.Backlog), "Linked tickets that are not solved or closed."},
		{"Reopened", thousands(i.Reopened), "Linked tickets that were opened again after they were solved, as far as it was seen happening."},
		{"Satisfaction", fmt.Sprintf("%s (before: %s)", percent(i.SatisfactionDuring), percent(i.SatisfactionBefore)),
			fmt.Sprintf("Good ratings among all ratings of linked tickets; before: of all tickets of the %d weeks before the start.", impact.Weeks)},
	}
	out = append(out, effort(i)...)
	if f := i.FollowUps; f.OnTime+f.Late+f.Open > 0 {
		out = append(out, Figure{"Follow-ups in time", fmt.Sprintf("%d of %d done, %d open", f.OnTime, f.OnTime+f.Late, f.Open),
			"Follow-ups done no later than they were due; cancelled ones do not count."})
	}
	return out
}

// effort is what the helpdesk measured; what it does not tell is no figure.
func effort(i impact.Impact) []Figure {
	var out []Figure
	if i.Spent != nil {
		out = append(out, Figure{"Time spent by support", fmt.Sprintf("%s on %s", seconds(i.Spent), count(i.SpentTickets, "ticket")),
			"Agents' working time on linked tickets in all, of those tickets where the helpdesk tells it."})
	}
	if i.RequesterWait != nil {
		out = append(out, Figure{"Waited for support, median", seconds(i.RequesterWait),
			"How long a requester waited for support in all, over the linked tickets where the helpdesk tells it, in calendar time."})
	}
	if i.Resolution != nil {
		out = append(out, Figure{"Solved after, median", seconds(i.Resolution),
			"From a linked ticket's creation to its latest solving, where the helpdesk tells it, in calendar time."})
	}
	return out
}

func at(t *time.Time) string {
	if t == nil {
		return "not known yet"
	}
	return moment(*t) + " UTC"
}
