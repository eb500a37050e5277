package followup

import (
	"cmp"
	"net/url"
	"slices"
	"time"
)

// A customer is one requester's part of the incident.
type customer struct {
	id       string
	helpdesk string
	linked   []Ticket // part of the incident and not deleted, oldest first
	live     []Ticket // those of them on which a word is still owed
	replies  []reply  // public ones by agents, ascending
	byHand   []time.Time
}

// A reply is a public reply by an agent.
type reply struct {
	at     time.Time
	ticket string
	from   string // the ticket that was merged into it, "" for none
}

func (r reply) words() string {
	if r.from != "" {
		return "ticket " + r.from + " was closed by merge into " + r.ticket + ", which was answered publicly at " + moment(r.at)
	}
	return "answered publicly on ticket " + r.ticket + " at " + moment(r.at)
}

// customersOf groups the linked tickets by who wrote them.
func customersOf(in Input) map[string]*customer {
	customers := map[string]*customer{}
	for _, t := range in.Tickets {
		if t.linked() && t.Status != "deleted" {
			id := customerID(t, in.Policy.PerTicket)
			if customers[id] == nil {
				customers[id] = &customer{id: id, helpdesk: t.Helpdesk}
			}
			customers[id].add(t)
		}
	}
	for _, f := range in.Existing {
		if c := customers[f.Customer]; c != nil && f.ByHand && f.State == Done {
			c.byHand = append(c.byHand, f.EndedAt)
		}
	}
	for _, c := range customers {
		c.sort()
	}
	return customers
}

func customerID(t Ticket, perTicket bool) string {
	who := t.Requester
	if who == "" || perTicket {
		who = "ticket:" + t.ID
	}
	return url.PathEscape(t.Helpdesk) + "/" + url.PathEscape(who)
}

func (c *customer) add(t Ticket) {
	c.linked = append(c.linked, t)
	for _, at := range t.Replies {
		c.replies = append(c.replies, reply{at: at, ticket: t.ID})
	}
	if t.MergedInto == "" {
		return
	}
	for _, at := range t.MergedReplies {
		c.replies = append(c.replies, reply{at: at, ticket: t.MergedInto, from: t.ID})
	}
}

func (c *customer) sort() {
	slices.SortFunc(c.linked, func(a, b Ticket) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(c.replies, func(a, b reply) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.from, b.from), cmp.Compare(a.ticket, b.ticket))
	})
	for _, t := range c.linked {
		if t.live() {
			c.live = append(c.live, t)
		}
	}
}

// heard returns when the customer last got a word, zero for never.
func (c *customer) heard() time.Time {
	var last time.Time
	if n := len(c.replies); n > 0 {
		last = c.replies[n-1].at
	}
	for _, at := range c.byHand {
		last = later(last, at)
	}
	return last
}

// solved says whether all live tickets are.
func (c *customer) solved() bool {
	return !slices.ContainsFunc(c.live, func(t Ticket) bool { return t.Status != "solved" })
}

func (c *customer) replyAfter(t time.Time) (reply, bool) {
	i := slices.IndexFunc(c.replies, func(r reply) bool { return r.at.After(t) })
	if i < 0 {
		return reply{}, false
	}
	return c.replies[i], true
}

// answerTo returns the reply that fulfils f, a follow-up that is not owed any
// more: for a first reply any; else one after the event, and in f's own phase.
func (c *customer) answerTo(f FollowUp, i Incident) (reply, bool) {
	var since, until time.Time
	if f.Kind != FirstReply {
		since = f.Since
	}
	if f.Phase > 0 && f.Phase < len(i.Phases) {
		until = i.Phases[f.Phase].From
	}
	r, ok := c.replyAfter(since)
	return r, ok && (until.IsZero() || r.at.Before(until))
}

// followUp returns an open follow-up with all that does not depend on its kind.
func (c *customer) followUp(i Incident, phase int) FollowUp {
	f := FollowUp{
		Incident: i.Key, Severity: i.Severity, Phase: phase,
		Customer: c.id, Helpdesk: c.helpdesk, State: Open,
	}
	for _, t := range c.linked {
		f.TicketIDs = append(f.TicketIDs, t.ID)
		f.Plan = cmp.Or(f.Plan, t.Plan)
		f.Organization = cmp.Or(f.Organization, t.Organization)
	}
	for _, t := range slices.Concat(c.live, c.linked) {
		f.TicketID = cmp.Or(f.TicketID, t.ID)
		f.Assignee = cmp.Or(f.Assignee, t.Assignee)
		f.Group = cmp.Or(f.Group, t.Group)
	}
	return f
}
