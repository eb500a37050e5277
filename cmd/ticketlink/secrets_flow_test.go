package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

// Every secret of a configuration holds "planted", all that customers wrote and
// every address "confidential". The story goes wrong wherever it can.
const plantedConfig = `
api_tokens: [{name: chatops, token: planted-token, scopes: [read, write, admin]}]
chat: [{name: town, kind: mattermost, url: "http://127.0.0.1:1", command_tokens: [planted-command], webhook_token: planted-said, bot_token: planted-bot}]
`

func plantSecrets(refusing string) func(string) string {
	return func(text string) string {
		text = strings.Replace(text, "\nincident_sources:", fmt.Sprintf(`
  - {name: broken, kind: zendesk, url: %[1]q, email: bot@confidential.example, api_token: planted-wrong, webhook_secret: planted-hook}
  - {name: stale, kind: zendesk, url: %[1]q, oauth_token: planted-oauth, webhook_secret: planted-hook}
  - {name: scout, kind: helpscout, url: %[1]q, app_id: app, api_token: planted-app-secret, webhook_secret: planted-hook}
incident_sources:`, refusing), 1)
		text = strings.Replace(text, "follow_up: {notify: [leads]", `follow_up: {notify: [leads, down, duty]
    , on_call: [{name: duty, calendar: "https://127.0.0.1:1/planted-calendar.ics", people: {ada: leads}}]`, 1)
		return text + `  - {name: down, url: "generic+http://127.0.0.1:1/planted-path"}` + plantedConfig
	}
}

func TestSecretsAndTicketTextStayWhereTheyBelong(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		http.Error(rw, "no such user: "+r.Header.Get("Authorization")+string(body)+" planted-echo confidential-echo", http.StatusUnauthorized)
	}))
	t.Cleanup(refusing.Close)
	var text string
	s := newStory(t, plantSecrets(refusing.URL), func(all string) string { text = all; return all })
	var log bytes.Buffer
	s.logTo(&log, text)
	ticket, answers := s.badDay()

	expectNone(t, "the answers to refused requests", answers, "planted", "confidential")
	expectNone(t, "the log", log.String(), "planted", "confidential", s.secret)
	for _, name := range []string{"broken", "stale", "scout"} {
		if !strings.Contains(log.String(), "name="+name) {
			t.Errorf("the log lacks the refusing helpdesk %s: the story tests less than it says", name)
		}
	}
	if !strings.Contains(log.String(), "delivery cannot be read") {
		t.Error("the log lacks the poison: the story tests less than it says")
	}
	expectNone(t, "/metrics", s.get("/metrics"), "planted", "confidential")
	for _, path := range []string{"/incidents", "/incidents/INC-1", "/incidents/INC-1/tickets", "/incidents/INC-1/impact", "/follow-ups",
		"/dead-letters", "/tickets/support/" + ticket, "/surges", "/helpdesks", "/model", "/incidents/INC-1/timeline",
		"/incidents/INC-1/report", "/incidents/INC-1/answers", "/impact/trends", "/follow-ups.csv"} {
		expectNone(t, path, s.get("/api/v1"+path), "planted")
	}
	for _, path := range []string{"/", "/dead-letters", "/follow-ups", "/incidents/INC-1", "/incidents/INC-1/timeline", "/openapi.json", "/healthz"} {
		expectNone(t, path, s.get(path), "planted")
	}
	s.expectNowhere("planted", s.secret)
	for line := range strings.Lines(s.dump()) {
		table, _, _ := strings.Cut(line, " ")
		if strings.Contains(line, "confidential") && !slices.Contains([]string{"tickets", "people", "inbox"}, table) {
			t.Errorf("what a customer wrote is in %.300s", line)
		}
	}
}

// badDay plays an incident with a helpdesk that refuses us, targets that are
// down, forged and broken webhooks. It returns a ticket and what the refused were told.
func (s *story) badDay() (ticket, answers string) {
	s.rough = true
	s.Ordinary(12)
	person := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Ada confidential"})
	ticket = s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Payment declined confidential-subject",
		Description: "Every payment fails at checkout. confidential-body ada@confidential.example", RequesterID: person, Tags: []string{"payments"}})
	s.PaymentTickets(3)
	s.Alert("firing", "PaymentsDown", "payments", "f1", s.clock())
	_, err := s.worker.Database.Exec(s.t.Context(), `insert into inbox (source, dedup_key, received_at, body, due_at)
		values ('support', 'poison', $1, '{"confidential-body": "ada@confidential.example', $1)`, s.clock())
	s.must(err)
	s.FastForward(40 * time.Minute)
	for path, header := range map[string]string{"/webhooks/prometheus": "planted-guess", "/webhooks/support?secret=planted-query": "planted-guess",
		"/webhooks/planted-name": "planted-guess", "/webhooks/town/command": "planted-guess", "/api/v1/incidents": "planted-guess",
		"/webhooks/prometheus?bad": "planted-bearer"} {
		answers += s.send("POST", path, `{"confidential-body": "ada@confidential.example`, header)
	}
	s.Settle()
	return ticket, answers
}

func expectNone(t *testing.T, where, text string, planted ...string) {
	t.Helper()
	for _, p := range planted {
		if at := strings.Index(text, p); at >= 0 {
			t.Errorf("%s: %q is in …%s…", where, p, text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

// logTo goes on with a worker that logs everything to w.
func (s *story) logTo(w io.Writer, text string) {
	s.t.Helper()
	conf, err := config.Parse("story.yaml", []byte(text), func(string) (string, bool) { return "", false }, nil)
	s.must(err)
	o, err := options(conf, s.clock, slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})))
	s.must(err)
	expectNone(s.t, "the configuration, printed", fmt.Sprintf("%+v %#v", conf, conf), "planted")
	o.Database = s.worker.Database
	s.worker = worker.New(o)
	s.must(s.worker.StartHere(s.t.Context()))
}

func (s *story) get(path string) string { return s.send("GET", path, "", "planted-token") }

// send makes a request with a token and returns the whole answer; a refusal but no crash for POST, and for GET what was asked for.
func (s *story) send(method, path, body, token string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.service.URL+path, strings.NewReader(body))
	s.must(err)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	s.must(err)
	if resp.StatusCode >= 500 || method == "GET" && resp.StatusCode != 200 {
		s.t.Errorf("%s %s: %d", method, path, resp.StatusCode)
	}
	return string(raw)
}
