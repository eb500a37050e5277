package main

import (
	"bufio"
	"cmp"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ticketlink/ticketlink/cmd/ticketlink/first"
	"github.com/ticketlink/ticketlink/worker/config"
)

// Whatever is chosen, the written file passes the configuration's own rules,
// and the service can be built from it.
func TestEveryChoiceMakesAValidFile(t *testing.T) {
	madrid, err := first.ParseHours("Europe/Madrid", "09:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	helpdesks := append([]string{""}, slices.Sorted(maps.Keys(helpdeskKinds))...)
	sources := append([]string{""}, slices.Sorted(maps.Keys(sourceKinds))...)
	chats := []string{"", "slack", "mattermost=https://chat.example.com"}
	targets := append([]string{"", "slack://hook:T00000000-B00000000-XXXXXXXXXXXXXXXXXXXXXXXX@webhook"}, first.TargetSchemes()...)
	for _, helpdesk := range helpdesks {
		for _, source := range sources {
			problems := source == config.ZendeskProblem
			if problems && helpdesk != config.Zendesk {
				continue // refused: its tickets tell of incidents
			}
			for i, target := range targets {
				for n := range 8 {
					c := first.Choices{OwnDatabase: n&1 > 0, OwnRedis: n&2 > 0, Hours: madrid}
					if n&4 > 0 {
						c.Hours, c.PublicURL = nil, "https://ticketlink.example.com"
					}
					if helpdesk != "" {
						c.AddHelpdesk(helpdesk, "https://acme.example.com")
						c.AddHelpdesk(helpdesk, "https://partners.example.com")
					}
					if source != "" {
						c.AddSource(source)
						if !problems { // which is one for each helpdesk
							c.AddSource(source)
						}
					}
					if kind, address, _ := strings.Cut(chats[(i+n)%len(chats)], "="); kind != "" {
						if err := c.AddChat(kind, address); err != nil {
							t.Fatal(err)
						}
					}
					if target != "" {
						if err := c.AddTarget(target); err != nil {
							t.Fatal(err)
						}
					}
					expectUsable(t, c, n%4 == 0) // own servers are nothing that is built here
				}
			}
		}
	}
}

func expectUsable(t *testing.T, c first.Choices, build bool) {
	t.Helper()
	f, err := first.Write(c)
	if err != nil {
		t.Fatalf("%+v: %v\n%s", c, err, f.Text)
	}
	conf, err := config.Parse("ticketlink.yaml", []byte(f.Text), func(name string) (string, bool) {
		for _, v := range f.Variables {
			if v.Name == name {
				return cmp.Or(v.Value, v.Sample), true
			}
		}
		return "", false
	}, nil)
	if err != nil {
		t.Fatalf("%+v: %v\n%s", c, err, f.Text)
	}
	if len(conf.Helpdesks) != len(c.Helpdesks) || len(conf.IncidentSources) != len(c.Sources) || len(conf.Notify) != len(c.Targets) || len(conf.Chat) != len(c.Chats) {
		t.Errorf("%+v became\n%s", c, f.Text)
	}
	if build {
		if _, err := options(conf, clock, logger(conf)); err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
	}
	for _, v := range f.Variables {
		if v.Value != "" && strings.Contains(f.Text, v.Value) {
			t.Errorf("the file itself holds the secret %s", v.Name)
		}
	}
}

func TestInitWithoutQuestions(t *testing.T) {
	t.Chdir(t.TempDir())
	args := []string{"init", "--helpdesk", "zendesk=https://acme.zendesk.com", "--source", "alertmanager", "--source", "pagerduty",
		"--notify", "slack://hook:T-B-PLANTED@webhook", "--timezone", "Europe/Madrid", "--yes"}
	printed, err := run(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SUPPORT_API_TOKEN: Zendesk", "PAGERDUTY_WEBHOOK_SECRET: ", "set -a; . ./ticketlink.env", "ticketlink setup zendesk", "ticketlink doctor --config ticketlink.yaml", "ticketlink serve"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in\n%s", want, printed)
		}
	}
	secrets, err := os.ReadFile("ticketlink.env")
	if err != nil || !strings.Contains(string(secrets), "SUPPORT_LEADS_URL='slack://hook:T-B-PLANTED@webhook'") || strings.Contains(printed, "PLANTED") {
		t.Errorf("secrets (%v):\n%s\nprinted:\n%s", err, secrets, printed)
	}
	for _, file := range []string{"ticketlink.yaml", "ticketlink.env"} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want it closed to others", file, info.Mode(), err)
		}
	}
	if _, err := run(t, args...); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("overwrote: %v", err)
	}
	if _, err := run(t, append(args, "--force")...); err != nil {
		t.Error(err)
	}
}

func TestInitRefusesWhatItDoesNotKnow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ticketlink.yaml")
	for _, args := range [][]string{
		{"--helpdesk", "zendesc=https://acme.zendesk.com"}, {"--helpdesk", "zendesk"}, {"--helpdesk", "zendesk=acme"}, {"--source", "nagios"},
		{"--notify", "pigeon"}, {"--chat", "irc"}, {"--chat", "slack=https://acme.slack.com"}, {"--chat", "mattermost"}, {"--chat", "mattermost=http://chat.example.com"}, {"--yes", "--timezone", "Mars/Base"}, {"--yes", "--timezone", "UTC", "--hours", "9-18"}, {"--yes", "--timezone", "UTC", "--hours", "09:00-24:01"},
		{"--yes", "--public-url", "https://user@host"},
	} {
		if _, err := run(t, append([]string{"init", "--config", file}, args...)...); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file was written all the same")
	}
}

func TestInitAsks(t *testing.T) {
	answers := strings.Join([]string{"nagios", "", "acme", "https://acme.zendesk.com", "alertmanager, github", "irc", "mattermost", "chat", "https://chat.example.com", "slack", "Mars/Base", "Europe/Madrid", "9-5", "",
		"https://ticketlink.example.com", "own", ""}, "\n") + "\n"
	var out strings.Builder
	c, err := first.Dialog{In: bufio.NewScanner(strings.NewReader(answers)), Out: &out}.Ask([]string{"zendesk"}, []string{"alertmanager", "github"})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if len(c.Helpdesks) != 1 || c.Helpdesks[0] != (first.System{Name: "support", Kind: "zendesk", URL: "https://acme.zendesk.com"}) || len(c.Sources) != 2 ||
		len(c.Chats) != 1 || c.Chats[0] != (first.System{Name: "mattermost", Kind: "mattermost", URL: "https://chat.example.com"}) || len(c.Targets) != 1 || *c.Hours != (first.Hours{Timezone: "Europe/Madrid", From: "09:00", To: "18:00"}) || c.PublicURL == "" || !c.OwnDatabase || c.OwnRedis {
		t.Errorf("%+v\n%s", c, out.String())
	}
	expectUsable(t, c, true)
	_, err = first.Dialog{In: bufio.NewScanner(strings.NewReader("zendesk\n")), Out: io.Discard}.Ask([]string{"zendesk"}, nil)
	if err == nil {
		t.Error("half the answers were enough")
	}
}
