package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

// run calls the command line and returns what it printed.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return runWith(t, t.Context(), args...)
}

func runWith(t *testing.T, ctx context.Context, args ...string) (string, error) {
	t.Helper()
	var c cli
	parser, err := kong.New(&c, kong.Name("ticketlink"), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return "", err
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	printed := make(chan string, 1)
	go func() {
		raw, _ := io.ReadAll(r) // a pipe of our own
		printed <- string(raw)
	}()
	err = parsed.Run(&c)
	os.Stdout = stdout
	w.Close()
	return <-printed, err
}

// desk is a fake helpdesk with a configuration file that names it.
func desk(t *testing.T, o zendeskfake.Options) (*zendeskfake.Server, string) {
	t.Helper()
	o.Email, o.APIToken = "bot@example.com", "planted-api-token"
	fake := zendeskfake.New(o)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	targets := notifyfake.New()
	t.Cleanup(targets.Close)
	file := filepath.Join(t.TempDir(), "ticketlink.yaml")
	text := fmt.Sprintf(`
public_url: https://ticketlink.example.com
database_url: "%s"
helpdesks:
  - {name: support, kind: zendesk, url: "%s", email: bot@example.com, api_token: planted-api-token}
follow_up: {notify: [leads]}
notify: [{name: leads, url: "%s"}]
`, schematest.URL(t), server.URL, targets.Target())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return fake, file
}

func replaceIn(t *testing.T, file, old, with string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(raw), old, with)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDoctor(t *testing.T) {
	t.Run("all is well", func(t *testing.T) {
		_, file := desk(t, zendeskfake.Options{RequestsPerMinute: 700})
		out, err := run(t, "doctor", "--config", file)
		if err != nil || !strings.Contains(out, "ok    helpdesk support: we are user") || !strings.Contains(out, "ok    notification target leads") {
			t.Errorf("error %v, printed\n%s", err, out)
		}
	})
	t.Run("each failure says what to do", func(t *testing.T) {
		_, file := desk(t, zendeskfake.Options{})
		replaceIn(t, file, "api_token: planted-api-token", "api_token: wrong-planted-token")
		out, err := run(t, "doctor", "--config", file)
		if err == nil || !strings.Contains(out, "FAIL  helpdesk support") || !strings.Contains(out, "-> check email and api_token") {
			t.Errorf("error %v, printed\n%s", err, out)
		}
		if strings.Contains(out, "planted") {
			t.Errorf("a secret was printed:\n%s", out)
		}
	})
	t.Run("a bad configuration", func(t *testing.T) {
		_, file := desk(t, zendeskfake.Options{})
		replaceIn(t, file, "public_url", "publik_url")
		out, err := run(t, "doctor", "--config", file)
		if err == nil || !strings.Contains(out, file+":2:1") {
			t.Errorf("error %v, want the place %s:2:1 in\n%s", err, file, out)
		}
	})
}

func TestSetupZendesk(t *testing.T) {
	_, file := desk(t, zendeskfake.Options{})
	first, err := run(t, "setup", "zendesk", "--config", file, "--show-secret")
	if err != nil || !strings.Contains(first, "webhook_secret of support: ") {
		t.Fatalf("error %v, printed\n%s", err, first)
	}
	_, secret, _ := strings.Cut(strings.TrimSpace(first), "webhook_secret of support: ")
	replaceIn(t, file, "api_token: planted-api-token", "api_token: planted-api-token, webhook_secret: \""+secret+"\"")
	again, err := run(t, "setup", "zendesk", "--config", file)
	if err != nil || !strings.Contains(again, "is the one for it") || strings.Contains(again, secret) {
		t.Errorf("the second time: error %v, printed\n%s", err, again)
	}
}

func TestMigrateTwice(t *testing.T) {
	_, file := desk(t, zendeskfake.Options{})
	for range 2 {
		if out, err := run(t, "migrate", "--config", file); err != nil || !strings.Contains(out, "at this version") {
			t.Errorf("error %v, printed\n%s", err, out)
		}
	}
}

// Backfill reads history once; the same command again changes nothing.
func TestBackfill(t *testing.T) {
	fake, file := desk(t, zendeskfake.Options{})
	who := fake.AddCustomer(zendeskfake.Customer{Name: "Ada"})
	for i := range 25 {
		fake.CreateTicket(zendeskfake.Ticket{Subject: "Old", Description: "one", RequesterID: who, At: time.Now().Add(-time.Duration(i+2) * 12 * time.Hour)})
	}
	for range 2 {
		if _, err := run(t, "backfill", "--since", "240h", "--config", file); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, url, _ := strings.Cut(string(raw), `database_url: "`)
	url, _, _ = strings.Cut(url, `"`)
	pool, err := schema.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var tickets, done int
	if err := pool.QueryRow(t.Context(), "select count(*), (select count(*) from backfills where done_at is not null) from tickets").Scan(&tickets, &done); err != nil {
		t.Fatal(err)
	}
	if tickets < 18 || done != 1 {
		t.Errorf("%d tickets and %d finished backfills, want those of ten days and 1", tickets, done)
	}
}

// The incident commands and decisions, against a running service.
func TestIncidentCommands(t *testing.T) {
	s := newStory(t)
	id := s.Ticket("One", "a")
	s.Settle()
	at := []string{"--server", s.service.URL}
	steps := []struct {
		args []string
		want string
	}{
		{[]string{"incident", "declare", "--title", "Payments fail", "--service", "payments", "--severity", "sev1"}, "INC-1 open: Payments fail"},
		{[]string{"incident", "update", "INC-1", "--severity", "sev2"}, "INC-1 open"},
		{[]string{"confirm", "INC-1", "support/" + id, "--by", "maria"}, "ticket support/" + id + " is confirmed"},
		{[]string{"incident", "show", "INC-1"}, "1 customers"},
		{[]string{"incident", "list"}, "sev2"},
		{[]string{"unlink", "INC-1", "support/" + id}, "is rejected"},
		{[]string{"incident", "resolve", "INC-1", "--message", "rolled back"}, "INC-1 resolved"},
		{[]string{"incident", "reopen", "INC-1"}, "INC-1 open"},
		{[]string{"incident", "declare", "--title", "Cards are declined", "--service", "cards"}, "INC-2 open"},
		{[]string{"incident", "merge", "INC-2", "INC-1"}, "INC-1 open: Payments fail"},
		{[]string{"report", "INC-1"}, "Payments fail"},
		{[]string{"model", "show"}, "learned"},
		{[]string{"model", "show", "--json"}, "\"version\""},
		{[]string{"model", "reset", "all"}, "all that was learned is forgotten"},
	}
	for _, step := range steps {
		out, err := run(t, append(step.args, at...)...)
		if err != nil || !strings.Contains(out, step.want) {
			t.Errorf("%v: error %v, printed %q, want %q in it", step.args, err, out, step.want)
		}
	}
	if _, err := run(t, append([]string{"incident", "show", "INC-9"}, at...)...); err == nil || !strings.Contains(err.Error(), "no incident has that key") {
		t.Errorf("an unknown key gives %v", err)
	}
	if _, err := run(t, "incident", "list", "--server", "http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "ticketlink serve") {
		t.Errorf("no server gives %v, want what to do about it", err)
	}
}
