package followup

import (
	"cmp"
	"slices"
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
	Assignees map[string][]string // by the helpdesk's agent id
	Groups    map[string][]string // by the helpdesk's group id
	Default   []string
	Escalate  []string
}

// For returns the targets of one reminder: the assignee's, else the group's,
// else the default. An escalation goes to the escalation targets as well.
func (r Routes) For(f FollowUp, escalate bool) []string {
	targets := r.Default
	if own := r.Assignees[f.Assignee]; len(own) > 0 {
		targets = own
	} else if group := r.Groups[f.Group]; len(group) > 0 {
		targets = group
	}
	targets = slices.Clone(targets)
	if escalate {
		targets = append(targets, r.Escalate...)
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}
