package main

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/firehydrant"
	"github.com/ticketlink/ticketlink/integrations/grafanaoncall"
	"github.com/ticketlink/ticketlink/integrations/incidentio"
	"github.com/ticketlink/ticketlink/integrations/opsgenie"
	"github.com/ticketlink/ticketlink/integrations/pagerduty"
	"github.com/ticketlink/ticketlink/integrations/rootly"
	"github.com/ticketlink/ticketlink/integrations/statuspage"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/match"
)

// The kinds of systems that can be connected. A new one is a folder below
// integrations and a line here.
var (
	helpdeskKinds = map[string]helpdeskKind{
		"freshdesk": {freshdeskHelpdesk, "check api_token: the API key of an agent who sees all tickets (Profile settings)"},
		"generic":   {genericHelpdesk, "check api_token: it is sent as Authorization: Bearer"},
		"helpscout": {helpscoutHelpdesk, "check app_id and api_token: an app of a user who sees all inboxes (Your profile, My apps)"},
		"zammad":    {zammadHelpdesk, "check api_token (or oauth_token): an access token with ticket.agent, and admin.webhook and admin.trigger for setup"},
		"intercom":  {intercomHelpdesk, "check api_token: an app's access token that may read and write conversations, tags, contacts and companies (Developer Hub, Authentication)"},
		"jsm":       {jsmHelpdesk, "check email and api_token: an agent's of the service projects (id.atlassian.com, Security, API tokens)"},
		"zendesk":   {zendeskHelpdesk, "check email and api_token (or oauth_token): the user must be an admin and token access switched on"},
	}
	sourceKinds = map[string]func(config.IncidentSource, *config.Config) (worker.Source, error){
		"alertmanager":    alertmanagerSource,
		"pagerduty":       plain(pagerduty.Verify, pagerduty.DedupKey, pagerduty.Decode),
		"opsgenie":        plain(opsgenie.Verify, opsgenie.DedupKey, opsgenie.Decode),
		"incident_io":     plain(incidentio.Verify, incidentio.DedupKey, incidentio.Decode),
		"statuspage":      plain(statuspage.Verify, statuspage.DedupKey, statuspage.Decode),
		"grafana_oncall":  plain(grafanaoncall.Verify, grafanaoncall.DedupKey, grafanaoncall.Decode),
		"firehydrant":     plain(firehydrant.Verify, firehydrant.DedupKey, firehydrant.Decode),
		"rootly":          plain(rootly.Verify, rootly.DedupKey, rootly.Decode),
		"github":          githubSource,
		"generic":         genericSource,
		"zendesk_problem": problemSource,
	}
)

// options builds the service's parts from the configuration. Database and
// Redis are left to the caller, who opens and closes them.
func options(c *config.Config, now func() time.Time, log *slog.Logger) (worker.Options, error) {
	o := worker.Options{
		Now: now, Log: log, Metrics: worker.NewMetrics(),
		Matching: matchPolicy(c.Matching), Careful: c.Matching.CarefulStart,
		Impact: worker.ImpactFields{Plan: c.Impact.Plan, Region: c.Impact.Region, Revenue: c.Impact.Revenue,
			TimeSpent: c.Impact.TimeSpent, Currency: c.Impact.Currency, Privacy: c.Impact.Privacy},
		AnswersPerMinute: c.FollowUp.AnswersPerMinute, PublicURL: c.PublicURL,
		MaxBody: int64(c.WebhookMaxBody), KeepWebhooks: c.Retention.Webhooks, KeepTickets: c.Retention.Tickets,
	}
	o.Matching.Key = c.Privacy.Key()
	var err error
	if o.FollowUp, err = followUpPolicy(c.FollowUp); err != nil {
		return o, err
	}
	for _, h := range c.Helpdesks {
		desk, err := connect(h, integrations.Line{Transport: outbound(c).Transport(), Observe: o.Metrics.Helpdesk(h.Name), Clock: now})
		if err != nil {
			return o, fmt.Errorf("helpdesk %s: %w", h.Name, err)
		}
		o.Helpdesks = append(o.Helpdesks, desk.served(h, c, now))
	}
	for _, s := range c.Chat {
		chat, err := chatKinds[s.Kind](s, c, now)
		if err != nil {
			return o, fmt.Errorf("chat %s: %w", s.Name, err)
		}
		o.Chats = append(o.Chats, chat)
	}
	for _, s := range c.IncidentSources {
		source, err := sourceKinds[s.Kind](s, c)
		if err != nil {
			return o, fmt.Errorf("incident source %s: %w", s.Name, err)
		}
		o.Sources = append(o.Sources, source)
	}
	if o.Reminding, o.Targets, err = reminding(c, now, log); err != nil {
		return o, err
	}
	for _, tag := range o.Reminding.TicketNotes { // what we write is no evidence
		o.Matching.IgnoreTags = append(slices.Clone(o.Matching.IgnoreTags), tag)
	}
	for _, t := range c.Tokens() {
		o.Tokens = append(o.Tokens, worker.Token{Name: t.Name, Hash: t.Hash(), Scopes: t.Scopes})
	}
	o.SignIn = signIn(c, now)
	return o, nil
}

func matchPolicy(m config.Matching) match.Policy {
	p := match.DefaultPolicy()
	p.AutoLink, p.Suggest, p.IgnoreTags = m.AutoLink, m.Suggest, m.IgnoreTags
	p.Windows, p.Weights = match.Windows{Before: m.Windows.Before, After: m.Windows.After}, m.Weights
	for _, never := range []bool{true, false} { // the first that fits counts
		rules := m.Always
		if never {
			rules = m.Never
		}
		for _, r := range rules {
			p.Rules = append(p.Rules, match.Rule{Never: never, Tag: r.When.Tag, Form: r.When.Form,
				Organization: r.When.Organization, Service: r.IncidentService})
		}
	}
	return p
}

func followUpPolicy(f config.FollowUp) (followup.Policy, error) {
	p := followup.Policy{FirstReply: followup.Span(f.FirstReply), UpdateEvery: followup.Span(f.UpdateEvery),
		AfterResolve: followup.Span(f.AfterResolve), Remind: spans(f.Remind), PerTicket: !f.OnePerCustomer, OwedFor: f.OwedFor}
	var err error
	if p.Hours, err = hours(f.BusinessHours); err != nil {
		return p, err
	}
	for _, o := range f.Overrides {
		override := followup.Override{Severities: o.When.Severity, Plans: o.When.Plan, Organizations: o.When.Organization,
			FirstReply: (*followup.Span)(o.FirstReply), UpdateEvery: (*followup.Span)(o.UpdateEvery),
			AfterResolve: (*followup.Span)(o.AfterResolve), Remind: spans(o.Remind)}
		if override.Hours, err = hours(o.BusinessHours); err != nil {
			return p, err
		}
		p.Overrides = append(p.Overrides, override)
	}
	return p, nil
}

func spans(in []config.Span) []followup.Span {
	var out []followup.Span
	for _, s := range in {
		out = append(out, followup.Span(s))
	}
	return out
}

func hours(b *config.BusinessHours) (*followup.Hours, error) {
	if b == nil {
		return nil, nil
	}
	s := followup.Schedule{Timezone: b.Timezone, Days: b.Days, From: b.From, To: b.To, Holidays: b.Holidays}
	for _, shift := range b.Shifts {
		s.Shifts = append(s.Shifts, followup.Shift(shift))
	}
	return followup.NewHours(s)
}

// outbound is where connections may go.
func outbound(c *config.Config) integrations.Outbound {
	return integrations.Outbound{Allow: c.Outbound.Networks()}
}
