package config

import "time"

// Matching decides which tickets belong to an incident.
type Matching struct {
	AutoLink     float64            `yaml:"auto_link" default:"0.9" min:"0" max:"1" doc:"confidence from which a ticket is linked without asking"`
	Suggest      float64            `yaml:"suggest" default:"0.25" min:"0" max:"1" doc:"confidence from which it is suggested to a person"`
	CarefulStart int                `yaml:"careful_start" default:"50" min:"0" max:"100000" doc:"decisions by people before tickets are linked without asking; 0: from the start"`
	IgnoreTags   []string           `yaml:"ignore_tags" doc:"tags that say nothing about incidents"`
	Windows      Windows            `yaml:"windows" doc:"how far from an incident a ticket may have come"`
	Weights      map[string]float64 `yaml:"weights" keys:"history,organization,region,similar,surge,symptom,tag,text,time,topic" min:"0" max:"10" doc:"a factor for a kind of evidence, by its name in a link's evidence; default: 1 for each; 0: it counts for nothing"`
	Always       []Rule             `yaml:"always" doc:"tickets that belong to every incident of a service, within its windows and from the first day"`
	Never        []Rule             `yaml:"never" doc:"tickets that never do, whatever always says"`
}

// Windows bound the search for an incident's tickets.
type Windows struct {
	Before time.Duration `yaml:"before" default:"12h" min:"0s" max:"30d" doc:"before its start; customers may notice first"`
	After  time.Duration `yaml:"after" default:"36h" min:"0s" max:"30d" doc:"after its end; customers write late"`
}

// A Rule overrides the evidence for tickets that meet When.
type Rule struct {
	When            RuleWhen `yaml:"when" doc:"every condition given must hold"`
	IncidentService string   `yaml:"incident_service" doc:"incidents of this service; never: absent means all incidents"`
}

// RuleWhen is what a rule asks of a ticket; an empty condition asks nothing.
type RuleWhen struct {
	Tag          string `yaml:"tag" doc:"the ticket carries this tag"`
	Form         string `yaml:"form" doc:"it came in by this form, by id"`
	Organization string `yaml:"organization" doc:"its customer is this organization, by id"`
}

// Impact says where a customer's worth is read from.
type Impact struct {
	Plan      string `yaml:"plan" format:"field" doc:"the customer's plan, organization_fields., user_fields. (the requester's) or ticket_fields. and the field's key"`
	Revenue   string `yaml:"revenue" format:"field" doc:"the customer's revenue, a number, likewise"`
	Region    string `yaml:"region" format:"field" doc:"the customer's region, likewise"`
	TimeSpent string `yaml:"time_spent" format:"ticket_field" doc:"where agents' working time on a ticket stands, in seconds: ticket_fields. and the id of Zendesk's Time Tracking field Total time spent (sec)"`
	Currency  string `yaml:"currency" default:"USD" format:"currency" doc:"what revenue is counted in"`
	Privacy   string `yaml:"privacy" default:"organizations" enum:"none,organizations,all" doc:"which names a report shows; of messages in the incident's chat: none counts them, organizations leaves out e-mail addresses and telephone numbers, all shows them as they are"`
}

// FollowUp says which customers must hear back, when, and who is reminded.
type FollowUp struct {
	FirstReply       Span              `yaml:"first_reply" default:"30m" doc:"incident open: a linked ticket that nobody has answered publicly is due after this"`
	UpdateEvery      Span              `yaml:"update_every" default:"4h" doc:"incident open: an answered ticket is due for news after this long in silence"`
	AfterResolve     Span              `yaml:"after_resolve" default:"1h" doc:"incident resolved: every affected customer hears back within this"`
	Remind           []Span            `yaml:"remind" default:"0s,4h,24h" doc:"reminders, counted from the due time, ascending; the last one escalates"`
	BusinessHours    *BusinessHours    `yaml:"business_hours" doc:"when the spans run that are not calendar; absent: always"`
	Notify           []string          `yaml:"notify" format:"name" doc:"names in notify or on_call that get reminders where neither agents nor groups has one"`
	Escalate         []string          `yaml:"escalate" format:"name" doc:"names in notify or on_call that get the last one as well"`
	Agents           map[string]string `yaml:"agents" format:"name" doc:"who gets the reminders of an assignee's tickets: the helpdesk's agent id or e-mail address, and a name in notify or on_call"`
	Groups           map[string]string `yaml:"groups" format:"name" doc:"who gets those of a group's other tickets: the helpdesk's group id, and a name likewise"`
	OnCall           []OnCall          `yaml:"on_call" doc:"targets that are whoever has duty, by a calendar"`
	DigestAbove      int               `yaml:"digest_above" default:"5" min:"0" max:"1000" doc:"more reminders than this that are due together for one target are one message; 0: never"`
	OwedFor          time.Duration     `yaml:"owed_for" default:"14d" min:"0s" doc:"an incident that was resolved longer ago than this when it is first planned, as a backfilled one, owes no closing word; 0s: no bound"`
	OnePerCustomer   bool              `yaml:"one_per_customer" default:"true" doc:"one follow-up for all of a customer's tickets on an incident; false: one for each ticket"`
	Language         string            `yaml:"language" default:"en" enum:"de,en,es,fr" doc:"of reminders, where the target has none"`
	Templates        string            `yaml:"templates" doc:"file of Go text templates that replace the built-in words: subject, text, digest_subject, digest, answer; ticketlink preview shows what they say"`
	AnswersPerMinute int               `yaml:"answers_per_minute" default:"60" min:"1" max:"1000" doc:"how fast answers to all affected tickets are sent; Zendesk takes 100 updates a minute from all clients"`
	Overrides        []Override        `yaml:"overrides" doc:"other spans for some; the first that fits counts"`
}

// An OnCall is a target that is whoever has duty now. Where the calendar names
// nobody known, follow_up.notify is told instead.
type OnCall struct {
	Name     string            `yaml:"name" required:"true" format:"name" doc:"named like a name in notify"`
	Calendar Secret            `yaml:"calendar" required:"true" doc:"an iCalendar file's path or https URL; an event is a duty, its title or attendee who has it"`
	Refresh  time.Duration     `yaml:"refresh" default:"10m" min:"1m" max:"24h" doc:"how often the calendar is read"`
	People   map[string]string `yaml:"people" required:"true" format:"name" doc:"a title or attendee's name or e-mail address in the calendar, and the name in notify that reaches them"`
}

// BusinessHours are a week's opening times in one time zone: days with from and
// to, or several shifts, or both.
type BusinessHours struct {
	Timezone string   `yaml:"timezone" required:"true" format:"timezone" doc:"IANA name"`
	Days     []string `yaml:"days" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"working days"`
	From     string   `yaml:"from" format:"clock" doc:"opening, in quotes"`
	To       string   `yaml:"to" format:"clock" doc:"closing, in quotes; 24:00 is midnight, before from means the next day"`
	Shifts   []Shift  `yaml:"shifts" doc:"more opening times, for example around a lunch break"`
	Holidays []string `yaml:"holidays" format:"holiday" doc:"closed on these dates and on the public holidays of these countries or parts of one"`
}

// A Shift is one opening time on some days.
type Shift struct {
	Days []string `yaml:"days" required:"true" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"its working days"`
	From string   `yaml:"from" required:"true" format:"clock" doc:"opening, in quotes"`
	To   string   `yaml:"to" required:"true" format:"clock" doc:"closing, in quotes"`
}

// An Override replaces follow-up spans for some customers or incidents. What is
// nil stays as it is.
type Override struct {
	When          OverrideWhen   `yaml:"when" doc:"every condition given must hold"`
	FirstReply    *Span          `yaml:"first_reply" doc:"as in follow_up"`
	UpdateEvery   *Span          `yaml:"update_every" doc:"as in follow_up"`
	AfterResolve  *Span          `yaml:"after_resolve" doc:"as in follow_up"`
	Remind        []Span         `yaml:"remind" doc:"as in follow_up"`
	BusinessHours *BusinessHours `yaml:"business_hours" doc:"as in follow_up"`
}

// OverrideWhen is what an override asks; an empty condition asks nothing.
type OverrideWhen struct {
	Severity     []string `yaml:"severity" doc:"the incident's severity is one of these"`
	Plan         []string `yaml:"plan" doc:"the customer's plan is"`
	Organization []string `yaml:"organization" doc:"the customer's organization is, by id"`
}
