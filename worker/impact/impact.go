// Package impact says what an incident did to customers. It is pure: counts
// and times go in, an Impact comes out; the definitions are its docstrings.
//
// "Linked" tickets are those in state auto or confirmed. Deleted tickets count
// nowhere. A customer is a requester; a ticket without one is its own customer.
package impact

import "time"

// Bin is the width of the bins that tickets are counted in.
const Bin = 15 * time.Minute

// An Impact is the measure of one incident at one moment. Lags and reply times
// are in seconds; nil means not known (yet).
type Impact struct {
	// Tickets counts links by state.
	Tickets Tickets `json:"tickets"`
	// Linked is auto + confirmed.
	Linked int64 `json:"linked_tickets"`
	// Expected is the sum of the confidences of all that is linked or suggested
	// (confirmed counts 1), with an 80 % interval from the sum's variance.
	Expected     float64 `json:"expected_tickets"`
	ExpectedLow  float64 `json:"expected_tickets_low"`
	ExpectedHigh float64 `json:"expected_tickets_high"`
	// Customers are distinct requesters of linked tickets; Organizations their
	// distinct organizations.
	Customers     int64 `json:"customers"`
	Organizations int64 `json:"organizations"`
	// Plans and regions are read from fields of organizations, requesters or tickets,
	// as configured; "unknown" where they do not say. An organization whose people
	// say different things counts once, with its first customer.
	ByPlan            map[string]int64 `json:"organizations_by_plan,omitempty"`
	ByRegion          map[string]int64 `json:"organizations_by_region,omitempty"`
	CustomersByPlan   map[string]int64 `json:"customers_by_plan,omitempty"`
	CustomersByRegion map[string]int64 `json:"customers_by_region,omitempty"`
	// ByChannel counts linked tickets by how they came.
	ByChannel map[string]int64 `json:"tickets_by_channel,omitempty"`
	// Revenue is the sum of the touched organizations' revenue field (or customers',
	// where it is a requester's or a ticket's), each once, by currency: the one that
	// the field names (see ParseMoney), else the configured one. It
	// says whose business was touched, not what was lost.
	Revenue map[string]float64 `json:"revenue_affected"`
	// Excess is how many more tickets came than usual, from the onset or the
	// start to the end (or now), while it was open, all tickets counted, never below 0.
	Excess float64 `json:"excess_tickets"`
	// Unanswered are linked tickets without a public reply by an agent that are
	// not solved or closed; Backlog all that are not solved or closed.
	Unanswered int64 `json:"unanswered_tickets"`
	Answered   int64 `json:"answered_tickets"`
	Backlog    int64 `json:"backlog_tickets"`
	// Reopened are linked tickets that were opened again after they were solved,
	// as far as we saw it happen.
	Reopened int64 `json:"reopened_tickets"`
	// Satisfied and Dissatisfied count ratings of linked tickets. SatisfactionDuring
	// is the good share of them, 0..1; SatisfactionBefore that of all tickets
	// of the Weeks weeks before the start. Nil where nobody rated.
	Satisfied          int64    `json:"satisfied_tickets"`
	Dissatisfied       int64    `json:"dissatisfied_tickets"`
	SatisfactionDuring *float64 `json:"satisfaction_during"`
	SatisfactionBefore *float64 `json:"satisfaction_before"`
	// FollowUps says how what was owed to customers went.
	FollowUps FollowUps `json:"follow_ups"`

	FirstTicketAt *time.Time `json:"first_ticket_at"`
	LastTicketAt  *time.Time `json:"last_ticket_at"`
	// OnsetAt is the first linked ticket in the first bin that rose above usual;
	// where none rose, the first linked ticket.
	OnsetAt *time.Time `json:"onset_at"`
	// FirstTicketLag is from the incident's start to its first linked ticket;
	// negative when customers wrote before the start that people entered.
	FirstTicketLag *float64 `json:"first_ticket_lag_seconds"`
	// DetectionLag is how long customers knew before we did: detection (or
	// declaration) minus onset; negative when the monitoring was first.
	DetectionLag *float64 `json:"detection_lag_seconds"`
	// FirstReply is the time from a linked ticket to its first public reply, the
	// median and the 90th percentile over the answered ones.
	FirstReply    *float64 `json:"first_reply_seconds"`
	FirstReplyP90 *float64 `json:"first_reply_p90_seconds"`
	// Spent is how long agents worked on linked tickets, in all: the sum over the
	// SpentTickets whose helpdesk tells it (configuration: impact.time_spent; where a
	// helpdesk counts it itself, that). Nil where none does.
	Spent        *float64 `json:"support_spent_seconds"`
	SpentTickets int64    `json:"tickets_with_time_spent"`
	// RequesterWait is how long a requester waited for support in all, Resolution
	// the time from a ticket's creation to its latest solving: each the median over
	// the linked tickets whose helpdesk tells it, in calendar time (Zendesk: ticket
	// metrics requester_wait_time and full_resolution_time).
	RequesterWait *float64 `json:"requester_wait_seconds"`
	Resolution    *float64 `json:"resolution_seconds"`
	// PeakPerBin is the largest number of linked tickets in one bin.
	PeakPerBin int `json:"peak_tickets_per_15_minutes"`
}

// Tickets are counts of links by state.
type Tickets struct {
	Suggested int64 `json:"suggested"`
	Auto      int64 `json:"auto"`
	Confirmed int64 `json:"confirmed"`
	Rejected  int64 `json:"rejected"`
}

// FollowUps are counts of an incident's follow-ups. On time are those done no
// later than they were due; cancelled are those that were not needed after all.
type FollowUps struct {
	OnTime    int64 `json:"on_time"`
	Late      int64 `json:"late"`
	Open      int64 `json:"open"`
	Cancelled int64 `json:"cancelled"`
}
