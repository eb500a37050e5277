package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/ticketlink/ticketlink/integrations/openid/openidfake"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

// said runs a command and returns all that it prints: output, log and error.
// Each line also goes to heard, if there is one.
func said(t *testing.T, ctx context.Context, heard func(line string), args ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr := os.Stderr
	os.Stderr = w
	logged := make(chan string, 1)
	go func() {
		var all strings.Builder
		for lines := bufio.NewScanner(r); lines.Scan(); {
			all.WriteString(lines.Text() + "\n")
			if heard != nil {
				heard(lines.Text())
			}
		}
		logged <- all.String()
	}()
	out, err := runWith(t, ctx, args...)
	os.Stderr = stderr
	w.Close()
	all := out + <-logged
	if err != nil {
		all += "\nticketlink: " + err.Error()
	}
	return all
}

// listens answers each connection as play says, and returns its address.
func listens(t *testing.T, play func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); play(c) }()
		}
	}()
	return l.Addr().String()
}

// refusingPostgres asks for the password and refuses it.
func refusingPostgres(c net.Conn) {
	b := pgproto3.NewBackend(c, c)
	for {
		m, err := b.ReceiveStartupMessage()
		if err != nil {
			return
		}
		if _, ok := m.(*pgproto3.StartupMessage); ok {
			break
		}
		if _, err := c.Write([]byte("N")); err != nil { // no TLS
			return
		}
	}
	b.Send(&pgproto3.AuthenticationCleartextPassword{})
	if b.Flush() != nil || b.SetAuthType(pgproto3.AuthTypeCleartextPassword) != nil {
		return
	}
	if _, err := b.Receive(); err != nil {
		return
	}
	b.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "28P01", Message: `password authentication failed for user "ops"`})
	_ = b.Flush()
}

// refusingRedis refuses whatever it is asked.
func refusingRedis(c net.Conn) {
	for lines := bufio.NewScanner(c); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "*") {
			if _, err := io.WriteString(c, "-WRONGPASS invalid username-password pair or user is disabled.\r\n"); err != nil {
				return
			}
		}
	}
}

// configured writes a configuration and returns its file.
func configured(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ticketlink.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Whatever is wrong with the database or its address, no command says its password.
func TestCommandsNeverSayTheDatabasesPassword(t *testing.T) {
	refuses := listens(t, refusingPostgres)
	for _, address := range []string{
		"postgres://ops:planted-db@127.0.0.1:1/x",
		"postgres://ops:planted-db@" + refuses + "/x?sslmode=disable",
		"postgres://ops:planted-db@" + refuses + "/x?sslmode=require",
		"postgres://ops@" + refuses + "/x?password=planted-db",
		"postgres://ops@127.0.0.1:1/x?password=planted-db",
		"postgres://ops:planted-db@127.0.0.1:port/x",
		"postgres://ops:planted-db@127.0.0.1:1/x?sslmode=perhaps",
		"postgres://ops:planted/db@127.0.0.1:1/x",
		"postgres://ops:planted#db@127.0.0.1:1/x",
		"postgres://ops:planted%zzdb@127.0.0.1:1/x",
		"postgres://ops:planted db@127.0.0.1:1/x",
		"postgres://ops:planted@db@127.0.0.1:1/x",
		"postgres://ops@127.0.0.1:port/x?password=planted-db",
		"host=127.0.0.1 port=port password=planted-db",
		"planted-db",
	} {
		file := configured(t, "listen: 127.0.0.1:0\ndatabase_url: '"+address+"'\n")
		for _, command := range []string{"doctor", "migrate", "serve", "verify"} {
			all := said(t, t.Context(), nil, command, "--config", file)
			expectNone(t, command+" with "+address, all, "planted")
			if !strings.Contains(all, "database") {
				t.Errorf("%s with %s does not name the database: %s", command, address, all)
			}
		}
	}
}

// The same of Redis: doctor asks it, serve goes on without it.
func TestCommandsNeverSayRedissPassword(t *testing.T) {
	refuses, database := listens(t, refusingRedis), schematest.URL(t)
	for address, speaks := range map[string]bool{
		"redis://:planted-redis@" + refuses:                           true,
		"redis://:planted-redis@127.0.0.1:1":                          true,
		"redis-cluster://:planted-redis@" + refuses + "," + refuses:   true,
		"redis-sentinel://:planted-redis@" + refuses + "?master=main": true,
		"redis://:planted-redis@127.0.0.1:port":                       false,
		"redis://:planted%zzredis@127.0.0.1:1":                        false,
		"redis://:planted/redis@127.0.0.1:1":                          false,
		"redis-cluster://:planted%zz@127.0.0.1:1":                     false,
		"planted-redis": false,
	} {
		file := configured(t, "listen: 127.0.0.1:0\nredis_url: '"+address+"'\ndatabase_url: '"+database+"'\n")
		all := said(t, t.Context(), nil, "doctor", "--config", file)
		ctx, stop := context.WithCancel(t.Context())
		all += said(t, ctx, func(line string) {
			if speaks && strings.Contains(line, "queue:") {
				stop()
			}
		}, "serve", "--config", file)
		stop()
		expectNone(t, address, all, "planted")
		if !strings.Contains(strings.ToLower(all), "redis") || strings.Contains(all, "ok    Redis") {
			t.Errorf("with %s nothing is said of Redis: %s", address, all)
		}
	}
}

// Helpdesks and identity providers that refuse us may repeat what we sent.
func TestDoctorNeverSaysWhatItIsRefusedWith(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		http.Error(rw, r.Header.Get("Authorization")+" "+string(body)+" planted-echo", http.StatusUnauthorized)
	}))
	t.Cleanup(refusing.Close)
	file := configured(t, strings.NewReplacer("REFUSING", refusing.URL, "DATABASE", schematest.URL(t)).Replace(`
public_url: https://ticketlink.example.com
database_url: "DATABASE"
helpdesks:
  - {name: zen, kind: zendesk, url: "REFUSING", oauth_token: planted-oauth, webhook_secret: planted-hook}
  - {name: zam, kind: zammad, url: "REFUSING", oauth_token: planted-oauth}
  - {name: scout, kind: helpscout, url: "REFUSING", app_id: app, api_token: planted-app-secret}
  - {name: fresh, kind: freshdesk, url: "REFUSING", api_token: planted-key}
  - {name: com, kind: intercom, url: "REFUSING", api_token: planted-access}
  - {name: jira, kind: jsm, url: "REFUSING", email: bot@example.com, api_token: planted-atlassian}
sign_in: {oidc: {name: Acme, issuer: "REFUSING", client_id: ticketlink, client_secret: planted-client-secret, roles: {staff: viewer}}}
chat: [{name: town, kind: mattermost, url: "REFUSING", command_tokens: [planted-command], bot_token: planted-bot}]
follow_up: {on_call: [{name: duty, calendar: "REFUSING/planted-calendar.ics", people: {ada: leads}}]}
notify: [{name: leads, url: "generic+REFUSING/planted-path"}]
`))
	all := said(t, t.Context(), nil, "doctor", "--config", file)
	expectNone(t, "doctor", all, "planted")
	for _, name := range []string{"helpdesk zen", "helpdesk zam", "helpdesk scout", "helpdesk fresh", "helpdesk com", "helpdesk jira", "sign-in", "chat town", "on-call schedule duty"} {
		if !strings.Contains(all, "FAIL  "+name) {
			t.Errorf("doctor does not say that %s refuses us: the test says less than it means to\n%s", name, all)
		}
	}
}

// PostgreSQL's programs get the password by their environment, wherever the
// address has it: everybody on the machine can read a command line.
func TestBackupsPasswordIsOnNoCommandLine(t *testing.T) {
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	script := "#!/bin/sh\n[ \"$1\" = --version ] && echo 'postgres (PostgreSQL) 17.0' && exit\necho \"$0 $*\" >> " + seen + "\necho \"$PGPASSWORD\" >> " + seen + ".env\n"
	for _, name := range []string{"postgres", "initdb", "pg_dump"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TICKETLINK_PG_BIN", dir)
	for _, address := range []string{"postgres://ops:planted-db@127.0.0.1:1/x", "postgres://ops@127.0.0.1:1/x?password=planted-db&sslmode=disable"} {
		file := configured(t, "database_url: '"+address+"'\n")
		all := said(t, t.Context(), nil, "backup", filepath.Join(t.TempDir(), "b.dump"), "--config", file)
		expectNone(t, "backup", all, "planted")
	}
	lines, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	expectNone(t, "the command line", string(lines), "planted")
	if given, err := os.ReadFile(seen + ".env"); err != nil || string(given) != "planted-db\nplanted-db\n" {
		t.Errorf("the programs were given %q, %v; want the password each time", given, err)
	}
}

// A provider that refuses our secret ends at the sign-in page; nobody hears the secret.
func TestARefusedClientSecretIsNotSaid(t *testing.T) {
	var p *openidfake.Server
	var text string
	s := newStory(t, withProvider(t, &p, ""), func(all string) string {
		text = strings.Replace(all, "client_secret: planted-client-secret", "client_secret: planted-old-secret", 1)
		return text
	})
	var log bytes.Buffer
	s.logTo(&log, strings.ReplaceAll(text, "SERVICE", s.service.URL))
	p.Claims = claims("Grace", "support")
	page, resp := s.Visitor().Get("/sign-in/oidc")
	if resp.StatusCode != 403 || !strings.Contains(log.String(), "exchange the code") {
		t.Errorf("got %d, and the log says %s", resp.StatusCode, log.String())
	}
	expectNone(t, "the page", page, "planted")
	expectNone(t, "the log", log.String(), "planted")
	expectNone(t, "/metrics", s.get("/metrics"), "planted")
	s.expectNowhere("planted")
}
