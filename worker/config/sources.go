package config

import "time"

// Kinds of systems that this version speaks.
const (
	Zendesk      = "zendesk"
	Freshdesk    = "freshdesk"
	Helpscout    = "helpscout"
	Zammad       = "zammad"
	Intercom     = "intercom"
	JSM          = "jsm" // Jira Service Management, in the cloud
	Alertmanager = "alertmanager"
	Generic      = "generic"
	// ZendeskProblem sends nothing: the helpdesk's tickets tell of it.
	ZendeskProblem = "zendesk_problem"
)

// A Helpdesk is one account at a helpdesk.
type Helpdesk struct {
	Name            string           `yaml:"name" required:"true" format:"name" doc:"appears in URLs, metrics and links: /webhooks/{name}"`
	Kind            string           `yaml:"kind" required:"true" enum:"zendesk,freshdesk,zammad,intercom,helpscout,jsm,generic" doc:"which product it is"`
	URL             string           `yaml:"url" required:"true" format:"url" doc:"the account's own address; intercom: where people work, with the workspace (https://app.intercom.com/a/inbox/abc123); helpscout: https://api.helpscout.net; https unless it is on this machine"`
	AllowHTTP       bool             `yaml:"allow_http" default:"false" doc:"lets url be plain http to another machine; for a simulated helpdesk in a closed network"`
	Email           string           `yaml:"email" format:"email" doc:"zendesk and jsm: the agent that api_token belongs to"`
	AppID           string           `yaml:"app_id" doc:"helpscout: the id of an app (Your profile, My apps), whose secret is api_token"`
	APIToken        Secret           `yaml:"api_token" doc:"zendesk: with email, an admin's, for the export; freshdesk: an agent's API key; zammad: an agent's access token; intercom: an app's access token; helpscout: with app_id, the app's secret; jsm: with email, an agent's; generic: sent as a bearer token, absent: none"`
	OAuthToken      Secret           `yaml:"oauth_token" doc:"zendesk and zammad: instead of api_token"`
	WebhookSecret   Secret           `yaml:"webhook_secret" doc:"signing secret of the helpdesk's webhook, or what a product that signs nothing (freshdesk) sends with it; absent: its webhooks are refused and polling does the work"`
	PollInterval    time.Duration    `yaml:"poll_interval" default:"1m" min:"1s" max:"24h" doc:"how often the export is read; Zendesk allows 10 exports a minute for all clients of an account, Freshdesk 20 to 200"`
	StartTime       time.Time        `yaml:"start_time" doc:"the first poll begins here; default: 30 days ago"`
	WriteBack       WriteBack        `yaml:"write_back" doc:"what is written to linked tickets"`
	SignatureHeader string           `yaml:"signature_header" doc:"generic: the header with the HMAC-SHA256 of the body in hexadecimal; absent: the secret itself is sent"`
	Generic         *GenericHelpdesk `yaml:"generic" doc:"generic: how its JSON is read and written; the package comment of integrations/generichelpdesk has a whole example"`
}

// WriteBack says what is written to a linked ticket.
type WriteBack struct {
	Tag     bool `yaml:"tag" default:"true" doc:"the tag incident_{key}"`
	Note    bool `yaml:"note" default:"true" doc:"one internal note with the reason"`
	Problem bool `yaml:"problem" default:"false" doc:"zendesk: make a confirmed ticket an incident of the incident's problem ticket, which is found by its tag incident_{key} or made"`
	// ProblemAuto is apart from Problem: solving a problem solves its tickets.
	ProblemAuto bool `yaml:"problem_auto" default:"false" doc:"with problem: also tickets that were linked without asking"`
}

// An IncidentSource tells of incidents by webhook. The package comments below
// integrations say where to click in each product.
type IncidentSource struct {
	Name            string         `yaml:"name" required:"true" format:"name" doc:"appears in URLs and metrics: /webhooks/{name}"`
	Kind            string         `yaml:"kind" required:"true" enum:"alertmanager,pagerduty,opsgenie,incident_io,statuspage,grafana_oncall,firehydrant,rootly,github,zendesk_problem,generic" doc:"which product it is; alertmanager also for Grafana alerting, opsgenie also for its incidents and for Jira Service Management, grafana_oncall also for Grafana IRM"`
	WebhookSecret   Secret         `yaml:"webhook_secret" doc:"all but alertmanager and zendesk_problem: the webhook's signing secret; for products that sign nothing (opsgenie, statuspage, grafana_oncall) the secret that they send as bearer token, password, X-Webhook-Secret or ?secret= in the URL; alertmanager: of Grafana's HMAC signature"`
	BearerToken     Secret         `yaml:"bearer_token" doc:"alertmanager: what http_config.authorization.credentials sends"`
	Username        string         `yaml:"username" doc:"alertmanager: with password, instead of bearer_token"`
	Password        Secret         `yaml:"password" doc:"alertmanager: with username"`
	Helpdesk        string         `yaml:"helpdesk" format:"name" doc:"zendesk_problem: the helpdesk whose problem tickets are incidents"`
	Tag             string         `yaml:"tag" doc:"zendesk_problem: only problem tickets that carry it"`
	Label           string         `yaml:"label" default:"incident" doc:"github: an open issue with this label is an incident"`
	SignatureHeader string         `yaml:"signature_header" doc:"generic: the header with the HMAC-SHA256 of the body in hexadecimal; absent: the secret itself is sent"`
	Mapping         *SourceMapping `yaml:"mapping" doc:"generic: an expression (expr-lang.org) for each thing, evaluated on the JSON that was sent"`
}

// A SourceMapping says where a sender's JSON tells what.
type SourceMapping struct {
	Key        string `yaml:"key" required:"true" format:"expression" doc:"names the incident in its source, e.g. incident.id; nil: the message is about none"`
	Resolved   string `yaml:"resolved" required:"true" format:"condition" doc:"whether it is over, e.g. incident.state == \"closed\""`
	ResolvedAt string `yaml:"resolved_at" format:"expression" doc:"since when; default: at"`
	StartedAt  string `yaml:"started_at" format:"expression" doc:"when it began; default: at"`
	At         string `yaml:"at" format:"expression" doc:"when the message was sent, so that disorder can be put right; default: when it came"`
	Title      string `yaml:"title" format:"expression" doc:"one line"`
	Summary    string `yaml:"summary" format:"expression" doc:"more of it"`
	Message    string `yaml:"message" format:"expression" doc:"what was told with this step; kept at the resolution"`
	Severity   string `yaml:"severity" format:"expression" doc:"e.g. incident.priority ?? \"p3\""`
	Services   string `yaml:"services" format:"expression" doc:"a text or a list, e.g. map(incident.components ?? [], #.name)"`
	Tags       string `yaml:"tags" format:"expression" doc:"a text or a list"`
	Regions    string `yaml:"regions" format:"expression" doc:"a text or a list"`
	URL        string `yaml:"url" format:"expression" doc:"where people look at it"`
	Event      string `yaml:"event" format:"expression" doc:"what happened, in the sender's words"`
}
