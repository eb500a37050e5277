package main

import (
	"cmp"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/slack/slackfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

// What init writes is what doctor finds well, once the secrets are there.
func TestDoctorConfirmsWhatInitWrote(t *testing.T) {
	helpdesk := httptest.NewServer(zendeskfake.New(zendeskfake.Options{Email: "bot@example.com", APIToken: "planted-api-token"}))
	t.Cleanup(helpdesk.Close)
	targets := notifyfake.New()
	t.Cleanup(targets.Close)
	t.Chdir(t.TempDir())
	if _, err := run(t, "init", "--helpdesk", "zendesk="+helpdesk.URL, "--source", "alertmanager", "--notify", "generic", "--database", "own",
		"--public-url", "https://ticketlink.example.com", "--yes"); err != nil {
		t.Fatal(err)
	}
	database := schematest.URL(t)
	fill := map[string]string{"TICKETLINK_DATABASE_URL": database, "SUPPORT_EMAIL": "bot@example.com", "SUPPORT_API_TOKEN": "planted-api-token", "SUPPORT_LEADS_URL": targets.Target()}
	fillIn(t, "ticketlink.env", fill)
	const source = "ok    incident source alertmanager: sends to https://ticketlink.example.com/webhooks/alertmanager, its secret is set; "
	out, err := run(t, "doctor", "--config", "ticketlink.yaml")
	if err != nil || !strings.Contains(out, "ok    helpdesk support: we are user") || !strings.Contains(out, source+"nothing came yet") {
		t.Fatalf("error %v, printed\n%s", err, out)
	}
	if _, err := run(t, "migrate", "--config", "ticketlink.yaml"); err != nil {
		t.Fatal(err)
	}
	pool, err := schema.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	_, err = pool.Exec(t.Context(), "insert into inbox (source, dedup_key, received_at, body) values ('alertmanager', 'a', $1, '')", aMonday.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if out, err = run(t, "doctor", "--config", "ticketlink.yaml"); err != nil || !strings.Contains(out, source+"the last of 1 deliveries came at 2026-11-23T08:00:00Z") {
		t.Errorf("error %v, printed\n%s", err, out)
	}
}

// fillIn sets the environment as people do: what init chose, and what it left to
// be filled in.
func fillIn(t *testing.T, file string, values map[string]string) {
	t.Helper()
	secrets, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(secrets)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			t.Setenv(name, cmp.Or(strings.Trim(value, "'"), values[name]))
		}
	}
}

// Doctor asks the chat whether its bot is let in, and says what to enter there.
func TestDoctorChecksTheChat(t *testing.T) {
	fake := slackfake.New()
	t.Cleanup(fake.Close)
	_, file := desk(t, zendeskfake.Options{RequestsPerMinute: 700})
	replaceIn(t, file, "follow_up:", fmt.Sprintf("chat: [{name: slack, kind: slack, url: %q, signing_secret: planted-signing, bot_token: %s}]\nfollow_up:", fake.URL, fake.BotToken))
	out, err := run(t, "doctor", "--config", file)
	if err != nil || !strings.Contains(out, "ok    chat slack: commands go to https://ticketlink.example.com/webhooks/slack/command") {
		t.Errorf("error %v, printed\n%s", err, out)
	}
	fake.Refuse("token_revoked")
	out, err = run(t, "doctor", "--config", file)
	if err == nil || !strings.Contains(out, "FAIL  chat slack: slack: check the token: ") || strings.Contains(out, "planted") {
		t.Errorf("error %v, printed\n%s", err, out)
	}
}

// Doctor warns of a rule that names what nothing has, and fails for it no check:
// there may be none yet.
func TestDoctorWarnsOfRulesThatFitNothing(t *testing.T) {
	_, file := desk(t, zendeskfake.Options{RequestsPerMinute: 700})
	replaceIn(t, file, "follow_up:", "matching: {always: [{when: {tag: vip}, incident_service: pyaments}]}\nfollow_up:")
	const warning = `warn  the rule "always tag vip service pyaments" fits nothing: no ticket has the tag "vip", no incident has the service "pyaments"`
	out, err := run(t, "doctor", "--config", file)
	if err != nil || !strings.Contains(out, "ok    matching rules: 1 always, 0 never") || !strings.Contains(out, warning) {
		t.Errorf("error %v, printed\n%s", err, out)
	}
}
