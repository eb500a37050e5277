package followup

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Policy says how soon customers hear back and how support is reminded.
type Policy struct {
	FirstReply   Span // incident open: from the ticket to its first public reply
	UpdateEvery  Span // incident open: from the last public reply to the next
	AfterResolve Span // from the resolution to the closing word
	// Remind are the reminders, ascending, counted from the due time. The last
	// one escalates.
	Remind []Span
	Hours  *Hours // nil: always open
	// OwedFor bounds what old incidents owe: one that was resolved longer ago than
	// this when it is first planned, as a backfilled one, owes no closing word.
	// Zero is no bound.
	OwedFor time.Duration
	// PerTicket follows up every ticket by itself. Otherwise a customer's tickets
	// are one follow-up, and answering any of them counts.
	PerTicket bool
	// Overrides change the policy for some; the first that matches wins.
	Overrides []Override
}

// An Override replaces parts of a policy where the incident's severity, the
// customer's plan and the organization's id are among those listed. An empty
// list matches all.
type Override struct {
	Severities, Plans, Organizations []string

	FirstReply, UpdateEvery, AfterResolve *Span
	Remind                                []Span
	Hours                                 *Hours
}

// DefaultPolicy is what holds when nothing is configured.
func DefaultPolicy() Policy {
	return Policy{
		FirstReply:   Span{D: 30 * time.Minute},
		UpdateEvery:  Span{D: 4 * time.Hour},
		AfterResolve: Span{D: time.Hour},
		Remind:       []Span{{}, {D: 4 * time.Hour}, {D: 24 * time.Hour}},
		OwedFor:      14 * day,
	}
}

// For returns the policy for one customer, without overrides.
func (p Policy) For(severity, plan, organization string) Policy {
	for _, o := range p.Overrides {
		if among(o.Severities, severity) && among(o.Plans, plan) && among(o.Organizations, organization) {
			p.apply(o)
			break
		}
	}
	p.Overrides = nil
	return p
}

func (p *Policy) apply(o Override) {
	p.FirstReply = *cmp.Or(o.FirstReply, &p.FirstReply)
	p.UpdateEvery = *cmp.Or(o.UpdateEvery, &p.UpdateEvery)
	p.AfterResolve = *cmp.Or(o.AfterResolve, &p.AfterResolve)
	p.Hours = cmp.Or(o.Hours, p.Hours)
	if o.Remind != nil {
		p.Remind = o.Remind
	}
}

func among(list []string, s string) bool {
	return len(list) == 0 || slices.Contains(list, s)
}

// Routes name the notification targets of reminders.
type Routes struct {
	Agents   map[string]string // by the helpdesk's agent id, or e-mail address in lower case
	Groups   map[string]string // by the helpdesk's group id
	Default  []string
	Escalate []string
}

// For returns the targets of one reminder: the assignee's, else the group's,
// else the default. An escalation goes to the escalation targets as well. email
// is the assignee's, "" where unknown.
func (r Routes) For(f FollowUp, email string, escalate bool) []string {
	targets := slices.Clone(r.Default)
	if own := cmp.Or(r.Agents[f.Assignee], r.Agents[strings.ToLower(email)], r.Groups[f.Group]); own != "" {
		targets = []string{own}
	}
	if escalate {
		targets = append(targets, r.Escalate...)
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}
