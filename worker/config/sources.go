package config

import "time"

// Kinds of systems that this version speaks.
const (
	Zendesk      = "zendesk"
	Alertmanager = "alertmanager"
	PagerDuty    = "pagerduty"
)

// A Helpdesk is one account at a helpdesk.
type Helpdesk struct {
	Name          string        `yaml:"name" required:"true" format:"name" doc:"appears in URLs, metrics and links: /webhooks/{name}"`
	Kind          string        `yaml:"kind" required:"true" enum:"zendesk" doc:"which product it is"`
	URL           string        `yaml:"url" required:"true" format:"url" doc:"the account's own address; https unless it is on this machine"`
	AllowHTTP     bool          `yaml:"allow_http" default:"false" doc:"lets url be plain http to another machine; for a simulated helpdesk in a closed network"`
	Email         string        `yaml:"email" format:"email" doc:"the agent that api_token belongs to"`
	APIToken      Secret        `yaml:"api_token" doc:"with email; the export needs an admin's"`
	OAuthToken    Secret        `yaml:"oauth_token" doc:"instead of email and api_token"`
	WebhookSecret Secret        `yaml:"webhook_secret" doc:"signing secret of the helpdesk's webhook; absent: its webhooks are refused and polling does the work"`
	PollInterval  time.Duration `yaml:"poll_interval" default:"1m" min:"10s" max:"24h" doc:"how often the export is read; Zendesk allows 10 requests a minute for all clients of an account"`
	StartTime     time.Time     `yaml:"start_time" doc:"the first poll begins here; default: 30 days ago"`
	WriteBack     WriteBack     `yaml:"write_back" doc:"what is written to linked tickets"`
}

// WriteBack says what is written to a linked ticket.
type WriteBack struct {
	Tag     bool `yaml:"tag" default:"true" doc:"the tag incident_{key}"`
	Note    bool `yaml:"note" default:"true" doc:"one internal note with the reason"`
	Problem bool `yaml:"problem" default:"false" doc:"link it to the incident's problem ticket"`
}

// An IncidentSource tells of incidents by webhook.
type IncidentSource struct {
	Name          string `yaml:"name" required:"true" format:"name" doc:"appears in URLs and metrics: /webhooks/{name}"`
	Kind          string `yaml:"kind" required:"true" enum:"alertmanager,pagerduty" doc:"which product it is; alertmanager also for Grafana alerting"`
	BearerToken   Secret `yaml:"bearer_token" doc:"alertmanager: what http_config.authorization.credentials sends"`
	Username      string `yaml:"username" doc:"alertmanager: with password, instead of bearer_token"`
	Password      Secret `yaml:"password" doc:"alertmanager: with username"`
	WebhookSecret Secret `yaml:"webhook_secret" doc:"pagerduty: signing secret"`
}
