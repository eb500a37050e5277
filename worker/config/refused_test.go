package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each refusal is told with its place, its key, what was wrong and what was expected.
func TestRefusals(t *testing.T) {
	const desk = "name: a, kind: zendesk, url: https://a.example, oauth_token: x"
	tests := []struct {
		name, file string
		want       []string
	}{
		{"unknown key", "lisen: x", []string{
			"t.yaml:1:1: lisen: unknown key; expected " + strings.Join(keysOfConfig(), ", ") + " (did you mean listen?)"}},
		{"unknown key inside", "helpdesks:\n  - {" + desk + ", write_back: {tags: true}}", []string{
			"t.yaml:2:83: helpdesks[0].write_back.tags: unknown key; expected tag, note, problem, problem_auto (did you mean tag?)"}},
		{"unknown key like no other", "matching: {windows: {x: 1}}", []string{
			"t.yaml:1:22: matching.windows.x: unknown key; expected before, after"}},
		{"the same key twice", "log_level: info\nlog_level: warn", []string{"t.yaml:2:1: log_level: is given twice"}},
		{"YAML that is none", "a: [1,\nb: 2", []string{"t.yaml:1:4: not valid YAML: sequence end token ']' not found"}},
		{"a list at the top", "- a", []string{"t.yaml:1:1: is a list; expected keys and values"}},
		{"two documents", "migrate: true\n---\nmigrate: true", []string{"t.yaml:3:1: a second YAML document; expected one"}},
		{"text for a mapping", "impact: high", []string{"t.yaml:1:9: impact: is a single value; expected keys and values"}},
		{"a mapping for text", "data_dir: {a: b}", []string{"t.yaml:1:12: data_dir: is a mapping; expected text"}},
		{"text for a list", "notify: a", []string{"t.yaml:1:9: notify: is a single value; expected a list"}},
		{"an empty item", "helpdesks: [~]", []string{"t.yaml:1:13: helpdesks[0]: is empty; expected a value or no item"}},
		{"an alias", "data_dir: &a x\npublic_url: *a", []string{
			"t.yaml:1:11: data_dir: is a YAML anchor, alias or tag, which are not read here; expected text",
			"t.yaml:2:13: public_url: is a YAML anchor, alias or tag, which are not read here; expected text"}},
		{"enum", "log_level: inf", []string{`t.yaml:1:12: log_level: "inf" is not known; expected debug, info, warn, error (did you mean info?)`}},
		{"a provider that nobody gets a role from", "public_url: https://x.example\nsign_in: {oidc: {issuer: https://a, client_id: x}}", []string{
			"t.yaml:2:18: sign_in.oidc.roles: is missing, and so is default_role: nobody could sign in; expected groups with their roles, for example {support: agent}"}},
		{"a provider that sends people nowhere", "sign_in: {oidc: {issuer: https://a, client_id: x, default_role: viewer}}", []string{
			"t.yaml:1:18: sign_in.oidc: needs public_url, to which the provider sends people back"}},
		{"a provider in the clear", "public_url: https://x.example\nsign_in: {oidc: {issuer: http://a, client_id: x, default_role: viewer}}", []string{
			"t.yaml:2:26: sign_in.oidc.issuer: is plain http, by which anybody on the way could sign in; expected https"}},
		{"a role that there is not", "public_url: https://x.example\nsign_in: {oidc: {issuer: https://a, client_id: x, roles: {leads: boss}, session: 4m59s}}", []string{
			`t.yaml:2:66: sign_in.oidc.roles.leads: "boss" is not known; expected viewer, agent, admin`,
			`t.yaml:2:82: sign_in.oidc.session: "4m59s" is too small; expected at least 5m`}},
		{"half a provider", "public_url: https://x.example\nsign_in: {oidc: {default_role: viewer}}", []string{
			"t.yaml:2:18: sign_in.oidc.issuer: is missing; the provider's own address, below which .well-known/openid-configuration is; https unless it is on this machine",
			"t.yaml:2:18: sign_in.oidc.client_id: is missing; ours at the provider"}},
		{"helpdesk of a kind we do not speak", "helpdesks: [{name: a, kind: lotus, url: https://a, oauth_token: x}]", []string{
			`t.yaml:1:29: helpdesks[0].kind: "lotus" is not known; expected zendesk, freshdesk, zammad, intercom, helpscout, jsm, generic`}},
		{"yes for true", "migrate: yes", []string{`t.yaml:1:10: migrate: "yes" is not valid; expected true or false`}},
		{"duration", "webhook_max_age: 5 minutes", []string{`t.yaml:1:18: webhook_max_age: "5 minutes" is not valid; expected a duration, for example 90s, 4h or 30d`}},
		{"too short", "webhook_max_age: 999ms", []string{`t.yaml:1:18: webhook_max_age: "999ms" is too small; expected at least 1s`}},
		{"too long", "webhook_max_age: 1d1s", []string{`t.yaml:1:18: webhook_max_age: "1d1s" is too large; expected at most 24h`}},
		{"negative", "follow_up: {first_reply: -1m}", []string{`t.yaml:1:26: follow_up.first_reply: "-1m" is not valid; expected hours and minutes up to 8784h as in 1h30m, then calendar if business hours do not matter, or off`}},
		{"size", "webhook_max_body: 1MB", []string{`t.yaml:1:19: webhook_max_body: "1MB" is not valid; expected a size, for example 512KiB or 2MiB`}},
		{"not a number", "matching: {auto_link: .nan}", []string{`t.yaml:1:23: matching.auto_link: ".nan" is not valid; expected a number`}},
		{"above one", "matching: {auto_link: 1.01}", []string{`t.yaml:1:23: matching.auto_link: "1.01" is too large; expected at most 1`}},
		{"text left out without a key", "privacy: {store_text: false}", []string{
			"t.yaml:1:11: privacy.text_key: is missing; expected 32 characters or more, for example from: openssl rand -hex 32"}},
		{"a key one character too short", "privacy: {store_text: false, text_key: 0123456789abcdef0123456789abcde}", []string{
			"t.yaml:1:40: privacy.text_key: has 31 characters; expected 32 or more"}},
		{"a key and text", "privacy: {text_key: 0123456789abcdef0123456789abcdef}", []string{
			"t.yaml:1:21: privacy.text_key: is given and text is stored; expected store_text: false, or no key"}},
		{"suggest above auto_link", "matching:\n  auto_link: 0.2", []string{"t.yaml:2:3: matching.suggest: is above auto_link; expected at most 0.2"}},
		{"weight", "matching: {weights: {tag: -1}}", []string{`t.yaml:1:27: matching.weights.tag: "-1" is too small; expected at least 0`}},
		{"weight of what is no evidence", "matching: {weights: {prior: 2}}", []string{
			"t.yaml:1:22: matching.weights.prior: unknown key; expected history, organization, region, similar, surge, symptom, tag, text, time, topic"}},
		{"listen without a port", "listen: localhost", []string{"t.yaml:1:9: listen: is not valid; expected an address and a port, for example 127.0.0.1:8080"}},
		{"name", "notify: [{name: My Team, url: slack://x}]", []string{"t.yaml:1:17: notify[0].name: is not valid; expected 1 to 63 lower-case letters, digits and hyphens"}},
		{"missing keys", "notify:\n  - {}\n  - name: ~\n    url: ''", []string{
			"t.yaml:2:5: notify[0].name: is missing; named in follow_up.notify and follow_up.escalate",
			"t.yaml:2:5: notify[0].url: is missing; one URL in shoutrrr's form, for example slack://hook:A-B-C@webhook, smtp://… or generic+https://…",
			"t.yaml:3:11: notify[1].name: is empty; named in follow_up.notify and follow_up.escalate",
			"t.yaml:4:10: notify[1].url: is empty; one URL in shoutrrr's form, for example slack://hook:A-B-C@webhook, smtp://… or generic+https://…"}},
		{"a name taken by another source", "helpdesks: [{" + desk + "}]\nincident_sources: [{name: a, kind: alertmanager, bearer_token: x}]", []string{
			`t.yaml:2:27: incident_sources[0].name: "a" is already helpdesks[0].name; expected another`}},
		{"problem tickets of nobody", "helpdesks: [{" + desk + "}]\nincident_sources: [{name: b, kind: zendesk_problem}, {name: c, kind: zendesk_problem, helpdesk: x}, {name: d, kind: zendesk_problem, helpdesk: a, tag: t}, {name: e, kind: zendesk_problem, helpdesk: a}]", []string{
			"t.yaml:2:21: incident_sources[0].helpdesk: is missing; expected the name of a helpdesk of kind zendesk",
			"t.yaml:2:97: incident_sources[1].helpdesk: \"x\" is no helpdesk of kind zendesk; expected the name of one",
			"t.yaml:2:199: incident_sources[3].helpdesk: has another source of kind zendesk_problem; expected one for each helpdesk"}},
		{"a problem tag for another kind", "incident_sources: [{name: b, kind: pagerduty, webhook_secret: x, tag: t}]", []string{
			"t.yaml:1:36: incident_sources[0].kind: helpdesk and tag are for kind zendesk_problem; expected that kind, or neither"}},
		{"chats", "chat: [{name: a, kind: slack}, {name: b, kind: mattermost, webhook_token: x}, {name: c, kind: mattermost, url: http://chat.example}, {name: a, kind: slack, signing_secret: x}, {name: d, kind: mattermost, url: https://chat.example, webhook_token: x}]", []string{
			"t.yaml:1:9: chat[0].signing_secret: is missing; expected the app's signing secret",
			"t.yaml:1:33: chat[1].url: is missing; expected the server's address",
			"t.yaml:1:80: chat[2].command_tokens: is missing; expected the tokens of the slash commands, or webhook_token",
			"t.yaml:1:112: chat[2].url: is plain http, which shows the tokens to the network; expected https",
			`t.yaml:1:141: chat[3].name: "a" is already chat[0].name; expected another`}},
		{"one token for two", "api_token: x\napi_tokens: [{name: a, token: y}, {name: b, token: y}, {name: c, token: x}]", []string{
			"t.yaml:2:52: api_tokens[1].token: is another token's too; expected one of its own",
			"t.yaml:2:73: api_tokens[2].token: is another token's too; expected one of its own"}},
		{"one token for two, one of them hashed", "api_tokens: [{name: a, token: x}, {name: b, token_sha256: 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881}]", []string{
			"t.yaml:1:59: api_tokens[1].token_sha256: is another token's too; expected one of its own"}},
		{"no token, both, no hash", "api_tokens: [{name: a}, {name: b, token: x, token_sha256: '" + strings.Repeat("f", 64) + "'}, {name: c, token_sha256: '" + strings.Repeat("0", 63) + "'}]", []string{
			"t.yaml:1:15: api_tokens[0].token: is missing; expected token or token_sha256",
			"t.yaml:1:59: api_tokens[1].token_sha256: is given together with token; expected one of them",
			"t.yaml:1:152: api_tokens[2].token_sha256: is not valid; expected 64 hexadecimal digits, as ticketlink token create prints them"}},
		{"http to another machine", "helpdesks: [{name: a, kind: zendesk, url: http://a.example, oauth_token: x}]", []string{
			"t.yaml:1:43: helpdesks[0].url: is plain http, which shows the credentials to the network; expected https, or allow_http: true"}},
		{"helpdesk without credentials", "helpdesks: [{name: a, kind: zendesk, url: https://a}]", []string{
			"t.yaml:1:14: helpdesks[0].api_token: is missing; expected email and api_token, or oauth_token"}},
		{"a token without its agent", "helpdesks: [{name: a, kind: zendesk, url: https://a, api_token: x}]", []string{
			"t.yaml:1:14: helpdesks[0].email: is missing; expected it together with api_token"}},
		{"an app without its id", "helpdesks: [{name: a, kind: helpscout, url: https://a, api_token: x}]", []string{
			"t.yaml:1:14: helpdesks[0].app_id: is missing; expected it together with api_token"}},
		{"an app without its secret", "helpdesks: [{name: a, kind: helpscout, url: https://a, app_id: x}]", []string{
			"t.yaml:1:14: helpdesks[0].api_token: is missing; expected app_id and api_token"}},
		{"both ways to sign in", "helpdesks: [{" + desk + ", email: a@b, api_token: x}]", []string{
			"t.yaml:1:75: helpdesks[0].oauth_token: is given together with api_token; expected one of them"}},
		{"problem tickets where there are none", "helpdesks: [{name: a, kind: zammad, url: https://a, api_token: x, write_back: {problem: true}}]", []string{
			"t.yaml:1:89: helpdesks[0].write_back.problem: is for kind zendesk; zammad has no problem tickets"}},
		{"a helpdesk that nobody described", "helpdesks: [{name: a, kind: generic, url: https://a, webhook_secret: x}]", []string{
			"t.yaml:1:14: helpdesks[0].generic: is missing; expected how its JSON is read, at least ticket.id"}},
		{"half a description of a helpdesk", "helpdesks: [{name: a, kind: generic, url: https://a, webhook_secret: x, generic: {ticket: {subject: title}}}]", []string{
			"t.yaml:1:92: helpdesks[0].generic.ticket.id: is missing; letters, digits, - and _"}},
		{"a description of a helpdesk that is known", "helpdesks: [{" + desk + ", generic: {ticket: {id: id}}}]", []string{
			"t.yaml:1:88: helpdesks[0].generic: is for kind generic; zendesk has a form of its own"}},
		{"a helpdesk whose tickets cannot come", "helpdesks: [{name: a, kind: generic, url: https://a, generic: {ticket: {id: id}, fetch: {path: '/{id}'}}}]", []string{
			"t.yaml:1:64: helpdesks[0].generic: has neither list.path nor a webhook_secret beside it; expected a way for tickets to come"}},
		{"an expression, a condition, a path and a method that are none", "helpdesks: [{name: a, kind: generic, url: https://a, generic: {ticket: {id: id +, deleted: '1'}, list: {path: tickets}, write: {note: {method: GET, path: /x}}}}]", []string{
			"t.yaml:1:77: helpdesks[0].generic.ticket.id: is not valid at its character 4; expected an expression (expr-lang.org)",
			"t.yaml:1:92: helpdesks[0].generic.ticket.deleted: is not valid; expected an expression (expr-lang.org) that is true or false",
			"t.yaml:1:111: helpdesks[0].generic.list.path: is not valid; expected a path below url that begins with /",
			`t.yaml:1:144: helpdesks[0].generic.write.note.method: "GET" is not known; expected POST, PUT, PATCH, DELETE`}},
		{"alerts from anybody", "incident_sources: [{name: a, kind: alertmanager}]", []string{
			"t.yaml:1:21: incident_sources[0].bearer_token: is missing; expected bearer_token, or username and password, or webhook_secret for Grafana"}},
		{"incidents from anybody", "incident_sources: [{name: a, kind: pagerduty}]", []string{
			"t.yaml:1:21: incident_sources[0].webhook_secret: is missing; expected the webhook's signing secret, or the secret that the product sends"}},
		{"a form that nobody described", "incident_sources: [{name: a, kind: generic, webhook_secret: x}]", []string{
			"t.yaml:1:21: incident_sources[0].mapping: is missing; expected an expression for key and for resolved"}},
		{"half a description", "incident_sources: [{name: a, kind: generic, webhook_secret: x, mapping: {key: id}}]", []string{
			`t.yaml:1:74: incident_sources[0].mapping.resolved: is missing; whether it is over, e.g. incident.state == "closed"`}},
		{"expressions that read nothing", "incident_sources:\n  - name: a\n    kind: generic\n    webhook_secret: x\n    mapping:\n      key: id +\n      resolved: state\n      title: id ?? shout(id)\n      at: now()\n      tags: '\"a\"'", []string{
			"t.yaml:6:12: incident_sources[0].mapping.key: is not valid at its character 4; expected an expression (expr-lang.org)",
			"t.yaml:8:14: incident_sources[0].mapping.title: is not valid at its character 7, where it calls a function that there is not; expected an expression (expr-lang.org)",
			"t.yaml:9:11: incident_sources[0].mapping.at: is not valid at its character 1, where it calls a function that there is not; expected an expression (expr-lang.org)"}},
		{"an end that is neither true nor false", "incident_sources: [{name: a, kind: generic, webhook_secret: x, mapping: {key: id, resolved: '\"closed\"'}}]", []string{
			"t.yaml:1:93: incident_sources[0].mapping.resolved: is not valid; expected an expression (expr-lang.org) that is true or false"}},
		{"a description of what is known", "incident_sources: [{name: a, kind: rootly, webhook_secret: x, mapping: {key: id, resolved: over}}]", []string{
			"t.yaml:1:73: incident_sources[0].mapping: is for kind generic; rootly has a form of its own"}},
		{"half a password", "incident_sources: [{name: a, kind: alertmanager, username: x}]", []string{
			"t.yaml:1:21: incident_sources[0].password: username and password go together; expected both"}},
		{"rule for everything", "matching: {never: [{incident_service: a}], always: [{when: {tag: b}}]}", []string{
			"t.yaml:1:21: matching.never[0].when: has no condition and would hold for every ticket; expected tag, form or organization",
			"t.yaml:1:54: matching.always[0].incident_service: is missing; expected the service whose incidents get the tickets"}},
		{"a rule for an ignored tag", "matching: {ignore_tags: [VIP], never: [{when: {tag: vip}}]}", []string{
			`t.yaml:1:53: matching.never[0].when.tag: "vip" is under ignore_tags too; expected a tag that is not ignored`}},
		{"unknown target", "follow_up: {notify: [supprt]}\nnotify: [{name: support, url: slack://x}]", []string{
			`t.yaml:1:22: follow_up.notify[0]: "supprt" is not a name under notify; expected support (did you mean support?)`}},
		{"no target at all", "follow_up: {notify: [a]}", []string{`t.yaml:1:22: follow_up.notify[0]: "a" is not a name under notify; expected a name under notify, where there is none`}},
		{"an agent's unknown target", "follow_up: {agents: {grace@acme.example: grce}}\nnotify: [{name: grace, url: slack://x}]", []string{
			`t.yaml:1:42: follow_up.agents.grace@acme.example: "grce" is not a name under notify; expected grace (did you mean grace?)`}},
		{"a schedule named like a target", "follow_up: {on_call: [{name: a, calendar: x.ics, people: {Grace: a}}]}\nnotify: [{name: a, url: slack://x}]", []string{
			`t.yaml:1:30: follow_up.on_call[0].name: "a" is already a name under notify; expected another`}},
		{"a schedule of nobody", "follow_up: {on_call: [{name: a, calendar: x.ics}]}", []string{
			"t.yaml:1:24: follow_up.on_call[0].people: is missing; a title or attendee's name or e-mail address in the calendar, and the name in notify that reaches them"}},
		{"quiet hours that never are", "notify: [{name: a, url: slack://x, quiet_hours: {timezone: UTC}}]", []string{
			"t.yaml:1:50: notify[0].quiet_hours: is never open; expected days, from and to, or shifts"}},
		{"reminders in disorder", "follow_up: {remind: [4h, 1h]}", []string{"t.yaml:1:21: follow_up.remind: is not ascending; expected the earliest reminder first"}},
		{"override for everybody", "follow_up: {overrides: [{first_reply: 1m}]}", []string{
			"t.yaml:1:26: follow_up.overrides[0].when: has no condition and would always hold; expected severity, plan or organization"}},
		{"no reminder in between", "follow_up: {remind: [0s, off]}", []string{
			"t.yaml:1:21: follow_up.remind: holds off; expected [] for no reminders"}},
		{"hours", "follow_up: {business_hours: {timezone: Europe/Madrit, days: [monday], from: 9am, to: '09:00', holidays: [25.12.2026]}}", []string{
			"t.yaml:1:40: follow_up.business_hours.timezone: is not valid; expected a time zone's IANA name, for example Europe/Madrid",
			`t.yaml:1:62: follow_up.business_hours.days[0]: "monday" is not known; expected mon, tue, wed, thu, fri, sat, sun`,
			"t.yaml:1:77: follow_up.business_hours.from: is not valid; expected a time of day from 00:00 to 24:00",
			"t.yaml:1:106: follow_up.business_hours.holidays[0]: is not valid; expected a date as in 2026-12-25, or the code of a country or a part of one as in ES or DE-BY"}},
		{"no time at all", "follow_up: {business_hours: {timezone: UTC, days: [mon], from: '18:00', to: '18:00'}}", []string{
			"t.yaml:1:77: follow_up.business_hours.to: is the same as from; expected another time, or 00:00 to 24:00 for the whole day"}},
		{"never open", "follow_up: {business_hours: {timezone: UTC, days: []}}", []string{
			"t.yaml:1:30: follow_up.business_hours: is never open; expected days, from and to, or shifts"}},
		{"half a day beside shifts", "follow_up: {business_hours: {timezone: UTC, from: '09:00', shifts: [{days: [], from: '09:00', to: '10:00'}]}}", []string{
			"t.yaml:1:30: follow_up.business_hours: is never open; expected days, from and to, or shifts",
			"t.yaml:1:76: follow_up.business_hours.shifts[0].days: is empty; its working days"}},
		{"no network", "outbound: {allow: [10.0.0.0/33, 10.0.0.0/32, 'fd00::1', example.com]}", []string{
			"t.yaml:1:20: outbound.allow[0]: is not valid; expected a network or an address, for example 10.0.0.0/8 or fd00::1",
			"t.yaml:1:57: outbound.allow[3]: is not valid; expected a network or an address, for example 10.0.0.0/8 or fd00::1"}},
		{"missing variable", "api_token: ${GONE}", []string{"t.yaml:1:12: api_token: environment variable GONE is not set"}},
		{"empty variable", "api_token: ${EMPTY}", []string{"t.yaml:1:12: api_token: environment variable EMPTY is not set"}},
		{"missing file", "api_token: ${file:/gone}", []string{"t.yaml:1:12: api_token: cannot read the secret: open /gone: file does not exist"}},
		{"open reference", `api_token: "${GONE"`, []string{"t.yaml:1:12: api_token: ${ without }; expected ${NAME}, ${file:PATH}, or $${ for the characters themselves"}},
		{"odd reference", `api_token: "${a-b}"`, []string{"t.yaml:1:12: api_token: a ${…} that names no variable; expected ${NAME} or ${file:PATH}, or $${ for the characters themselves"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("t.yaml", []byte(tt.file), env{"EMPTY": ""}.lookup, files{}.read)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusedVariableIsNamed(t *testing.T) {
	_, err := Load("", env{"TICKETLINK_LOG_LEVEL": "loud", "TICKETLINK_DATABASE_URL": "mysql://hunter2@x"}.lookup, files{}.read)
	want := "TICKETLINK_DATABASE_URL: database_url: is not valid; expected postgres://user:password@host/database or host=… dbname=…\n" +
		`TICKETLINK_LOG_LEVEL: log_level: "loud" is not known; expected debug, info, warn, error`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// Whatever is wrong around a secret, the error does not repeat it.
func TestErrorsHoldNoSecret(t *testing.T) {
	e := env{"S": "hunter2", "BAD": "hunter2\nhunter2"}
	disk := files{"/s": "hunter2"}
	for _, file := range []string{
		`api_token: "hunter2\n"`, "api_token: |hunter2\n  x", "api_token: {hunter2", "api_token: [hunter2]", "api_token: ${BAD}",
		"log_level: ${S}", "webhook_max_age: ${file:/s}", "matching: {auto_link: ${S}}", "public_url: https://u:hunter2@x",
		"database_url: mysql://u:hunter2@x", "redis_url: http://:hunter2@x", `redis_url: "redis://hunter2:%zz"`,
		"notify: [{name: a, url: 'hunter2'}]", "follow_up: {notify: ['${S}']}", "follow_up: {notify: ['slack://hunter2@x']}",
		"api_tokens: [{name: '${S}', token: a}, {name: '${S}', token: hunter2}]", `api_token: "${hunter2"`, `api_token: "a${hunter2!}"`,
		"api_tokens: [{name: a, token: hunter2}, {name: b, token: hunter2}]",
	} {
		_, err := Parse("t.yaml", []byte(file), e.lookup, disk.read)
		if err == nil {
			t.Errorf("accepted: %s", file)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: shows the secret: %v", file, err)
		}
	}
}

func keysOfConfig() []string {
	return []string{"listen", "public_url", "data_dir", "database_url", "redis_url", "log_level", "log_format", "api_token", "migrate",
		"webhook_max_body", "webhook_max_age", "api_tokens", "sign_in", "helpdesks", "incident_sources", "chat", "matching", "impact", "follow_up", "notify", "tracing", "privacy", "retention", "outbound"}
}
