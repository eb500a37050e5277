package followup

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Input is everything that planning one incident looks at.
type Input struct {
	Incident Incident
	Tickets  []Ticket
	Existing []FollowUp // of this incident, all that there are
	Policy   Policy
	Now      time.Time
}

// Plan returns the incident's follow-ups as they should be: the existing ones
// brought up to date and the missing ones, by key. Planning its own result
// changes nothing.
//
// An open incident owes each customer a first reply, counted from the later of
// the oldest ticket and the declaration, or once they were answered, news,
// counted from the last word, unless all their tickets are solved. A resolved
// incident owes each customer one closing word, counted from the resolution, or
// from the declaration or the oldest ticket where they came later; it takes the
// place of the other two, and only a public reply after the resolution is one.
// What a person has done or cancelled stays as it is and, when done, counts as a
// word to the customer.
func Plan(in Input) []FollowUp {
	existing := map[string]FollowUp{}
	for _, f := range in.Existing {
		existing[f.Key] = f
	}
	customers := customersOf(in)
	var plan []FollowUp
	for _, c := range customers {
		want, owed := c.duty(in)
		if !owed {
			continue
		}
		old, known := existing[want.Key]
		if !known || old.State != Open {
			want.forget(in)
		}
		if known {
			want = old.become(want, in.Incident)
			delete(existing, want.Key)
		}
		plan = append(plan, want)
	}
	for _, f := range existing {
		plan = append(plan, f.settle(customers[f.Customer], in))
	}
	slices.SortFunc(plan, func(a, b FollowUp) int { return cmp.Compare(a.Key, b.Key) })
	return plan
}

// now returns the incident's current phase and its number.
func (i Incident) now() (Phase, int) {
	if len(i.Phases) == 0 {
		return Phase{}, 1
	}
	return i.Phases[len(i.Phases)-1], len(i.Phases)
}

// duty returns what the customer is owed in the incident's current phase.
func (c *customer) duty(in Input) (FollowUp, bool) {
	phase, number := in.Incident.now()
	f := c.followUp(in.Incident, number)
	policy := in.Policy.For(f.Severity, f.Plan, f.Organization)
	var span Span
	switch heard := c.heard(); {
	case !phase.ResolvedAt.IsZero():
		if !c.close(&f, phase, in.Now) {
			return f, false
		}
		span = policy.AfterResolve
	case len(c.live) == 0:
		return f, false
	case heard.IsZero():
		f.Kind, span = FirstReply, policy.FirstReply
		f.Since = later(c.live[0].CreatedAt, phase.From)
		f.Reason = "no public reply yet"
	case c.solved():
		return f, false
	default:
		f.Kind, span = Update, policy.UpdateEvery
		f.Since = later(heard, phase.From)
		f.Reason = "no news since " + moment(f.Since)
	}
	f.Since = f.Since.UTC()
	f.DueAt = span.After(f.Since, policy.Hours).UTC()
	f.Key = key(f)
	return f, !span.Off
}

// close fills in the closing duty; false where no linked ticket is left.
func (c *customer) close(f *FollowUp, phase Phase, now time.Time) bool {
	if len(c.linked) == 0 {
		return false
	}
	resolved := phase.ResolvedAt
	f.Kind, f.Since = Closing, later(resolved, phase.From)
	f.Reason = "the incident was resolved at " + moment(resolved) + " and the customer has not heard since"
	if r, ok := c.replyAfter(resolved); ok {
		f.end(Done, r.at, r.words()+", after the resolution")
		return true
	}
	if len(c.live) == 0 {
		f.end(Cancelled, now, "ticket "+c.linked[0].ID+" is closed and cannot be answered")
		return true
	}
	f.Since = later(f.Since, c.live[0].CreatedAt)
	return true
}

// become returns the follow-up as wanted now, but for what a person decided
// and for what has already ended the same way. A closing word that turns out
// to lie before the resolution, because that was corrected, counts no more.
func (f FollowUp) become(want FollowUp, i Incident) FollowUp {
	phase, _ := i.now()
	early := f.Kind == Closing && f.EndedAt.Before(phase.ResolvedAt)
	switch {
	case f.State == Open:
	case f.ByHand, f.State == Done && !early, f.State == want.State:
		return f
	}
	want.SnoozedUntil, want.RemindedAt = f.SnoozedUntil, f.RemindedAt
	return want
}

// forget ends a closing duty that nobody knew of until it was too old to matter.
func (f *FollowUp) forget(in Input) {
	bound := in.Policy.OwedFor
	if f.Kind == Closing && f.State == Open && bound > 0 && in.Now.Sub(f.Since) > bound {
		f.end(Cancelled, in.Now, "the incident was resolved at "+moment(f.Since)+", more than "+inWords(bound)+" before this was planned")
	}
}

// settle ends an open follow-up that is not owed any more.
func (f FollowUp) settle(c *customer, in Input) FollowUp {
	if f.State != Open {
		return f
	}
	if c != nil {
		if r, ok := c.answerTo(f, in.Incident); ok {
			f.end(Done, r.at, r.words())
			return f
		}
	}
	f.end(Cancelled, in.Now, f.whyNot(c, in))
	return f
}

// whyNot says in words why nothing is owed any more.
func (f FollowUp) whyNot(c *customer, in Input) string {
	phase, number := in.Incident.now()
	switch {
	case c == nil || len(c.live) == 0:
		return f.whyGone(in.Tickets)
	case f.Kind == Closing && phase.ResolvedAt.IsZero(), f.Phase < number:
		return "the incident was reopened"
	case f.Kind != Closing && !phase.ResolvedAt.IsZero():
		return "the incident was resolved at " + moment(phase.ResolvedAt) + ": the closing word takes its place"
	case f.Kind == Update && c.solved():
		return "ticket " + c.live[0].ID + " is solved"
	}
	return "the policy does not ask for it any more"
}

// whyGone says what became of the follow-up's tickets.
func (f FollowUp) whyGone(tickets []Ticket) string {
	for _, t := range tickets {
		if t.Helpdesk != f.Helpdesk || t.ID != f.TicketID {
			continue
		}
		switch {
		case t.Link == "rejected":
			return "the link of ticket " + t.ID + " was rejected"
		case t.Status == "deleted":
			return "ticket " + t.ID + " was deleted"
		case t.linked() && t.Status == "closed":
			return "ticket " + t.ID + " was closed"
		case t.linked():
			return "ticket " + t.ID + " belongs to another follow-up now"
		}
	}
	return "ticket " + f.TicketID + " is not linked any more"
}

func (f *FollowUp) end(s State, at time.Time, why string) {
	f.State, f.EndedAt, f.Reason = s, at.UTC(), why
}

// key names the follow-up. Each update duty has its own, by the silence it ends.
func key(f FollowUp) string {
	k := fmt.Sprintf("%s/%s/%s/%s", url.PathEscape(f.Incident), f.Customer, f.Kind, strconv.Itoa(f.Phase))
	if f.Kind == Update {
		k += "/" + f.Since.UTC().Format("20060102T150405Z")
	}
	return k
}

func moment(t time.Time) string { return t.UTC().Format("15:04 UTC on 2 January") }
