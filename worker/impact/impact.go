// Package impact says what an incident did to customers. It is pure: counts
// and times go in, an Impact comes out; the definitions are its docstrings.
//
// "Linked" tickets are those in state auto or confirmed. Deleted tickets count
// nowhere. A customer is a requester; a ticket without one is its own customer.
package impact

import (
	"math"
	"strconv"
	"strings"
	"time"
)

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
	Customers     int64            `json:"customers"`
	Organizations int64            `json:"organizations"`
	ByPlan        map[string]int64 `json:"organizations_by_plan,omitempty"`
	ByRegion      map[string]int64 `json:"organizations_by_region,omitempty"`
	// Revenue is the sum of the touched organizations' revenue field, by currency.
	Revenue map[string]float64 `json:"revenue_affected"`
	// Excess is how many more tickets came than usual, from the onset or the
	// start to the end (or now), all tickets counted, never below 0.
	Excess float64 `json:"excess_tickets"`
	// Unanswered are linked tickets without a public reply by an agent that are
	// not solved or closed; Backlog all that are not solved or closed.
	Unanswered int64 `json:"unanswered_tickets"`
	Answered   int64 `json:"answered_tickets"`
	Backlog    int64 `json:"backlog_tickets"`
	// Satisfied and Dissatisfied count ratings of linked tickets.
	Satisfied    int64 `json:"satisfied_tickets"`
	Dissatisfied int64 `json:"dissatisfied_tickets"`

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

// Input is what an Impact is computed from.
type Input struct {
	Counts        Counts
	Organizations []Organization
	Currency      string
	Started       time.Time
	Detected      time.Time // the declaration where nobody detected it before
	End           time.Time // the resolution, or now
	Bins          Bins
}

// Counts are what the database counts over an incident's links.
type Counts struct {
	Tickets                         Tickets
	Expected, Variance              float64
	Customers, Organizations        int64
	Unanswered, Answered, Backlog   int64
	Satisfied, Dissatisfied         int64
	FirstTicket, LastTicket         time.Time // zero for none
	FirstReplyMedian, FirstReplyP90 float64   // seconds
}

// An Organization is one that has linked tickets.
type Organization struct {
	Plan, Region, Revenue string // as its fields hold them
}

// z80 bounds the middle 80 % of a normal distribution.
const z80 = 1.2816

// Measure computes an incident's impact.
func Measure(in Input) Impact {
	c := in.Counts
	spread := z80 * math.Sqrt(max(c.Variance, 0))
	linked := c.Tickets.Auto + c.Tickets.Confirmed
	i := Impact{
		Tickets: c.Tickets, Linked: linked,
		Expected: c.Expected, ExpectedLow: max(c.Expected-spread, float64(c.Tickets.Confirmed)), ExpectedHigh: c.Expected + spread,
		Customers: c.Customers, Organizations: c.Organizations, Unanswered: c.Unanswered, Answered: c.Answered,
		Backlog: c.Backlog, Satisfied: c.Satisfied, Dissatisfied: c.Dissatisfied,
		Revenue: map[string]float64{}, ByPlan: map[string]int64{}, ByRegion: map[string]int64{},
	}
	for _, o := range in.Organizations {
		i.ByPlan[orUnknown(o.Plan)]++
		i.ByRegion[orUnknown(o.Region)]++
		if amount, ok := ParseAmount(o.Revenue); ok {
			i.Revenue[in.Currency] += amount
		}
	}
	if linked > 0 {
		i.times(in)
	}
	if c.Answered > 0 {
		i.FirstReply, i.FirstReplyP90 = &c.FirstReplyMedian, &c.FirstReplyP90
	}
	return i
}

// times fills in what needs at least one linked ticket.
func (i *Impact) times(in Input) {
	c := in.Counts
	i.FirstTicketAt, i.LastTicketAt = &c.FirstTicket, &c.LastTicket
	onset, peak := in.Bins.onset(c.FirstTicket)
	i.OnsetAt, i.PeakPerBin = &onset, peak
	i.FirstTicketLag = seconds(c.FirstTicket.Sub(in.Started))
	i.DetectionLag = seconds(in.Detected.Sub(onset))
	from := in.Started
	if onset.Before(from) {
		from = onset
	}
	i.Excess = in.Bins.excess(from, in.End)
}

func seconds(d time.Duration) *float64 {
	s := d.Seconds()
	return &s
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// ParseAmount reads an amount of money as helpdesk fields hold it: "1200",
// "1,200.50", "$1200". False for anything else, and for negative or infinite ones.
func ParseAmount(s string) (float64, bool) {
	s = strings.Trim(strings.ReplaceAll(strings.TrimSpace(s), ",", ""), "$€£ ")
	amount, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(amount) || math.IsInf(amount, 0) || amount < 0 {
		return 0, false
	}
	return amount, true
}
