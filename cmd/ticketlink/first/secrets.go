package first

import (
	"cmp"
	"crypto/rand"
	"strings"
)

// A Variable is one secret that the configuration takes from the environment.
type Variable struct {
	Name  string
	Value string // "" is to be filled in
	Hint  string // where it is found, or what it is for
	// Sample has the right form. The written file is checked with it.
	Sample string
}

// A credential is one key of a system's configuration.
type credential struct {
	key    string
	hint   string
	sample string   // of the right form, where any text is not
	chosen bool     // the secret is ours to choose, and given to the other system
	later  bool     // known only once setup has run: the line waits as a comment
	each   []string // of a list: what there is one of each for
}

const give = "chosen at random; give it to the other system"

// helpdeskCredentials says what each kind of helpdesk needs, where that is not
// anyHelpdesk.
var helpdeskCredentials = map[string][]credential{
	"freshdesk": {
		{key: "api_token", hint: "Freshdesk: an agent's API key, in Profile settings"},
		{key: "webhook_secret", hint: "chosen at random; ticketlink setup freshdesk says where it goes", chosen: true},
	},
	"helpscout": {
		{key: "app_id", hint: "Help Scout: the app's id, in Your Profile, My Apps"},
		{key: "api_token", hint: "Help Scout: the app's secret, there"},
		{key: "webhook_secret", hint: "chosen at random; ticketlink setup helpscout puts it there", chosen: true},
	},
	"intercom": {
		{key: "api_token", hint: "Intercom: an app's access token, in the Developer Hub, Authentication"},
		{key: "webhook_secret", hint: "Intercom: the app's client secret, in the Developer Hub, Basic information"},
	},
	"jsm": {
		{key: "email", hint: "the agent that the token belongs to", sample: "bot@example.com"},
		{key: "api_token", hint: "Jira: an agent's API token, at id.atlassian.com, Security"},
		{key: "webhook_secret", hint: "chosen at random; ticketlink setup jsm says where it goes", chosen: true},
	},
	"zammad": {
		{key: "api_token", hint: "Zammad: an access token with ticket.agent, admin.webhook and admin.trigger, in Profile, Token Access"},
		{key: "webhook_secret", hint: "chosen at random; ticketlink setup zammad puts it there", chosen: true},
	},
	"zendesk": {
		{key: "email", hint: "the admin that the token belongs to", sample: "bot@example.com"},
		{key: "api_token", hint: "Zendesk: Admin Center, Apps and integrations, APIs"},
		{key: "webhook_secret", hint: "printed by ticketlink setup zendesk --show-secret", later: true},
	},
}

var anyHelpdesk = []credential{
	{key: "api_token", hint: "an API token of an administrator"},
	{key: "webhook_secret", hint: give, chosen: true},
}

// sourceCredentials likewise. The products that choose their secrets themselves
// show them where the webhook is made.
var sourceCredentials = map[string][]credential{
	"alertmanager":    {{key: "bearer_token", hint: "chosen at random; Alertmanager's http_config.authorization.credentials", chosen: true}},
	"pagerduty":       {{key: "webhook_secret", hint: "PagerDuty shows it once when the webhook is made"}},
	"opsgenie":        {{key: "webhook_secret", hint: "chosen at random; there the custom header Authorization is Bearer and this", chosen: true}},
	"grafana_oncall":  {{key: "webhook_secret", hint: "chosen at random; there the Authorization header is Bearer and this", chosen: true}},
	"statuspage":      {{key: "webhook_secret", hint: "chosen at random; there the URL ends in ?secret= and this", chosen: true}},
	"github":          {{key: "webhook_secret", hint: "chosen at random; there it is the webhook's Secret", chosen: true}},
	"incident_io":     {{key: "webhook_secret", hint: "incident.io: Settings, Webhooks, the endpoint's signing secret"}},
	"firehydrant":     {{key: "webhook_secret", hint: "FireHydrant shows it at the webhook"}},
	"zendesk_problem": {},
	"rootly":          {{key: "webhook_secret", hint: "Rootly shows it at the webhook"}},
}

// chatCredentials likewise. Without bot_token no impact is shown, without
// webhook_token what is said is not told.
var chatCredentials = map[string][]credential{
	"slack": {
		{key: "signing_secret", hint: "Slack: the app's signing secret, at api.slack.com/apps, Basic Information"},
		{key: "bot_token", hint: "Slack: the bot's token (xoxb-…), there, OAuth & Permissions, with commands, chat:write, channels:history and users:read"},
	},
	"mattermost": {
		{key: "command_tokens", hint: "Mattermost, in Integrations: the token of the slash command", each: []string{"incident", "impact"}},
		{key: "webhook_token", hint: "Mattermost: the outgoing webhook's token, in Integrations"},
		{key: "bot_token", hint: "Mattermost shows it once when the bot account is made, in Integrations"},
	},
}

var anySource = []credential{{key: "webhook_secret", hint: give, chosen: true}}

// variable is the environment's name for a system's secret.
func variable(system, key string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_").Replace(system + "_" + key))
}

func (c credential) variable(system string) Variable {
	v := Variable{Name: variable(system, c.key), Hint: c.hint, Sample: cmp.Or(c.sample, "c2FtcGxlLXNlY3JldA==")}
	if c.chosen {
		v.Value = rand.Text()
	}
	return v
}
