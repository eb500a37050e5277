package impact

import (
	"math"
	"slices"
	"time"
)

// Input is what an Impact is computed from.
type Input struct {
	Counts   Counts
	Accounts []Account
	Channels map[string]int64 // linked tickets by channel
	Currency string           // of revenue that names none
	// RevenueOfCustomers says that a customer has a revenue, not an organization.
	RevenueOfCustomers bool
	Started            time.Time
	Detected           time.Time // the declaration where nobody detected it before
	Open               []Span    // the phases in which it was open, in order, the last to the resolution or now
	Bins               Bins
	// Before are the ratings of all tickets of the weeks before the start.
	Before    Ratings
	FollowUps FollowUps
}

// Counts are what the database counts over an incident's links.
type Counts struct {
	Tickets                                 Tickets
	Expected, Variance                      float64
	Customers, Organizations                int64
	Unanswered, Answered, Backlog, Reopened int64
	Ratings                                 Ratings
	FirstTicket, LastTicket                 time.Time // zero for none
	FirstReplyMedian, FirstReplyP90         float64   // seconds
	Spent                                   float64   // seconds, of SpentTickets
	SpentTickets                            int64
	RequesterWait, Resolution               float64 // seconds, the median; below 0 for none
}

// Ratings are customers' words on how they were served.
type Ratings struct{ Good, Bad int64 }

// share is the good part, nil where nobody rated.
func (r Ratings) share() *float64 {
	if r.Good+r.Bad == 0 {
		return nil
	}
	s := float64(r.Good) / float64(r.Good+r.Bad)
	return &s
}

// An Account sums the organizations (or people, or tickets) whose fields say the
// same, and the customers with linked tickets that this is said of. Customers without an organization are an
// Account of 0 organizations.
type Account struct {
	Plan, Region, Revenue string // as the fields hold them
	Organizations         int64
	Customers             int64
}

// z80 bounds the middle 80 % of a normal distribution.
const z80 = 1.2816

// Measure computes an incident's impact.
func Measure(in Input) Impact {
	c := in.Counts
	spread := z80 * math.Sqrt(max(c.Variance, 0))
	i := Impact{
		Tickets: c.Tickets, Linked: c.Tickets.Auto + c.Tickets.Confirmed,
		Expected: c.Expected, ExpectedLow: max(c.Expected-spread, float64(c.Tickets.Confirmed)),
		ExpectedHigh: min(c.Expected+spread, float64(c.Tickets.Auto+c.Tickets.Confirmed+c.Tickets.Suggested)),
		Customers:    c.Customers, Organizations: c.Organizations, ByChannel: in.Channels,
		Unanswered: c.Unanswered, Answered: c.Answered, Backlog: c.Backlog, Reopened: c.Reopened,
		Satisfied: c.Ratings.Good, Dissatisfied: c.Ratings.Bad,
		SatisfactionDuring: c.Ratings.share(), SatisfactionBefore: in.Before.share(), FollowUps: in.FollowUps,
	}
	i.accounts(in)
	if i.Linked > 0 {
		i.times(in)
	}
	if c.SpentTickets > 0 {
		i.Spent, i.SpentTickets = &c.Spent, c.SpentTickets
	}
	i.RequesterWait, i.Resolution = known(c.RequesterWait), known(c.Resolution)
	if c.Answered > 0 {
		i.FirstReply, i.FirstReplyP90 = &c.FirstReplyMedian, &c.FirstReplyP90
	}
	return i
}

// accounts fills in what organizations' fields say.
func (i *Impact) accounts(in Input) {
	i.Revenue = map[string]float64{}
	i.ByPlan, i.ByRegion = map[string]int64{}, map[string]int64{}
	i.CustomersByPlan, i.CustomersByRegion = map[string]int64{}, map[string]int64{}
	for _, a := range in.Accounts {
		plan, region := orUnknown(a.Plan), orUnknown(a.Region)
		i.CustomersByPlan[plan] += a.Customers
		i.CustomersByRegion[region] += a.Customers
		if a.Organizations > 0 {
			i.ByPlan[plan] += a.Organizations
			i.ByRegion[region] += a.Organizations
		}
		payers := a.Organizations
		if in.RevenueOfCustomers {
			payers = a.Customers
		}
		if amount, currency, ok := ParseMoney(a.Revenue, in.Currency); ok && payers > 0 {
			i.Revenue[currency] += amount * float64(payers)
		}
	}
}

// times fills in what needs at least one linked ticket.
func (i *Impact) times(in Input) {
	c := in.Counts
	i.FirstTicketAt, i.LastTicketAt = &c.FirstTicket, &c.LastTicket
	onset, peak := in.Bins.onset(c.FirstTicket)
	i.OnsetAt, i.PeakPerBin = &onset, peak
	i.FirstTicketLag = seconds(c.FirstTicket.Sub(in.Started))
	i.DetectionLag = seconds(in.Detected.Sub(onset))
	i.Excess = in.Bins.excess(in.openFrom(onset))
}

// openFrom are the phases, the first from the onset on where that was earlier.
func (in Input) openFrom(onset time.Time) []Span {
	open := slices.Clone(in.Open)
	if len(open) > 0 && onset.Before(open[0].From) {
		open[0].From = onset
	}
	return open
}

func seconds(d time.Duration) *float64 {
	s := d.Seconds()
	return &s
}

// known is nil for a time below 0.
func known(s float64) *float64 {
	if s < 0 {
		return nil
	}
	return &s
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
