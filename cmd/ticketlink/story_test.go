package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/schema/schematest"
	"github.com/ticketlink/ticketlink/worker"
	"github.com/ticketlink/ticketlink/worker/config"
)

// A story is the whole service on a real PostgreSQL, between a fake helpdesk
// and a fake notification target, with a clock that the test moves. Work runs
// in the test's own goroutine, so that nothing has to be waited for.
type story struct {
	t        *testing.T
	worker   *worker.Worker
	service  *httptest.Server
	helpdesk *zendeskfake.Server
	targets  *notifyfake.Server
	customer string
	secret   string // of the helpdesk's webhook
	rough    bool   // failing jobs are part of the story

	mu  sync.Mutex
	now time.Time
}

// aMonday is an ordinary working morning.
var aMonday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// storyConfig is the configuration of the stories: links from the start.
const storyConfig = `
helpdesks:
  - {name: support, kind: zendesk, url: "%s", email: bot@example.com, api_token: planted-api-token, webhook_secret: "%s", start_time: 2026-10-20T00:00:00Z}
incident_sources:
  - {name: prometheus, kind: alertmanager, bearer_token: planted-bearer}
matching: {careful_start: 0}
impact: {plan: organization_fields.plan, revenue: organization_fields.mrr, currency: EUR}
follow_up: {notify: [leads], escalate: [managers]}
notify:
  - {name: leads, url: "%s"}
  - {name: managers, url: "%s?to=managers"}
`

// newStory begins a story; change rewrites the configuration, in which SERVICE
// stands for our own address.
func newStory(t *testing.T, change ...func(string) string) *story {
	t.Helper()
	s := &story{t: t, now: aMonday, targets: notifyfake.New()}
	t.Cleanup(s.targets.Close)
	s.helpdesk = zendeskfake.New(zendeskfake.Options{Clock: s.clock, FirstTicketID: 1001, RequestsPerMinute: 100_000})
	desk := httptest.NewServer(s.helpdesk)
	t.Cleanup(desk.Close)
	s.service = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if s.worker == nil {
			http.Error(rw, "away", http.StatusForbidden) // which Zendesk does not repeat
			return
		}
		s.worker.Handler().ServeHTTP(rw, r)
	}))
	t.Cleanup(s.service.Close)

	s.secret = s.setUpWebhook(desk.URL)
	text := fmt.Sprintf(storyConfig, desk.URL, s.secret, s.targets.Target(), s.targets.Target())
	for _, c := range change {
		text = c(text)
	}
	s.worker = s.newWorker(strings.ReplaceAll(text, "SERVICE", s.service.URL))
	s.customer = s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Ada"})
	return s
}

func (s *story) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// setUpWebhook has the fake helpdesk tell us of its tickets, as `setup` does.
func (s *story) setUpWebhook(desk string) (secret string) {
	s.t.Helper()
	client, err := zendesk.New(zendesk.Config{URL: desk, Email: "bot@example.com", APIToken: "planted-api-token"})
	s.must(err)
	hook, err := integrations.NewHook(s.service.URL, "support", "")
	s.must(err)
	_, secret, err = client.Setup(context.Background(), hook)
	s.must(err)
	return secret
}

func (s *story) newWorker(text string) *worker.Worker {
	s.t.Helper()
	conf, err := config.Parse("story.yaml", []byte(text), func(string) (string, bool) { return "", false }, nil)
	s.must(err)
	o, err := options(conf, s.clock, slog.New(slog.NewTextHandler(s.t.Output(), nil)))
	s.must(err)
	o.Database = schematest.New(s.t)
	w := worker.New(o)
	s.must(w.StartHere(s.t.Context()))
	return w
}

func (s *story) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// Settle lets everything happen that is due now: webhooks, polls, jobs.
func (s *story) Settle() {
	s.t.Helper()
	s.helpdesk.Flush(s.t.Context())
	if err := s.worker.RunDue(s.t.Context()); !s.rough {
		s.must(err)
	}
}

// Rough tells a part of the story in which jobs may fail.
func (s *story) Rough(part func()) {
	s.rough = true
	defer func() { s.rough = false }()
	part()
}

// Lose plays something in the helpdesk whose webhooks never arrive.
func (s *story) Lose(play func()) {
	s.t.Helper()
	real := s.worker
	s.worker = nil
	play()
	s.helpdesk.Flush(s.t.Context())
	s.worker = real
}

// FastForward moves the clock, a minute at a time, and settles each minute.
func (s *story) FastForward(d time.Duration) {
	s.t.Helper()
	for end := s.clock().Add(d); s.clock().Before(end); {
		s.mu.Lock()
		s.now = s.now.Add(min(time.Minute, end.Sub(s.now)))
		s.mu.Unlock()
		s.Settle()
	}
}

// Skip moves the clock in one step, as a machine that slept would see it.
func (s *story) Skip(d time.Duration) {
	s.mu.Lock()
	s.now = s.now.Add(d)
	s.mu.Unlock()
}

// Ordinary plays n ordinary tickets of the last three weeks, so that there is
// something usual.
func (s *story) Ordinary(n int) {
	s.t.Helper()
	apart := 3 * 7 * 24 * time.Hour / time.Duration(n)
	topics := []string{"invoice address", "change my plan", "export to spreadsheet", "dark mode wish", "reset a password", "team seats"}
	for i := range n {
		topic := topics[i%len(topics)]
		s.helpdesk.CreateTicket(zendeskfake.Ticket{
			Subject: "Question about " + topic, Description: "Hello, how does " + topic + " work for us?", RequesterID: s.customer,
			Tags: []string{"how_to", strings.ReplaceAll(topic, " ", "_")}, At: s.clock().Add(-time.Duration(i+1) * apart),
		})
	}
	s.Settle()
}

// Ticket plays a customer who writes. Each has a customer of its own.
func (s *story) Ticket(subject, text string, tags ...string) string {
	s.t.Helper()
	who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Customer of " + subject})
	return s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: subject, Description: text, RequesterID: who, Tags: tags})
}

// paymentsFail is the incident of PaymentTickets, as a person declares it.
var paymentsFail = map[string]any{"title": "Payments fail at checkout", "services": []string{"payments"}, "tags": []string{"payments"}}

// linkedPayments begins a story in which n tickets are linked to INC-1.
func linkedPayments(t *testing.T, n int) (s *story, tickets []string) {
	t.Helper()
	s = newStory(t)
	s.Ordinary(300)
	tickets = s.PaymentTickets(n)
	s.Declare(paymentsFail)
	s.FastForward(2 * time.Minute)
	s.ExpectLinked("INC-1", tickets...)
	return s, tickets
}

// PaymentTickets plays a rush of n customers whose payments fail.
func (s *story) PaymentTickets(n int) []string {
	s.t.Helper()
	words := []string{"Payment declined at checkout", "Card payment fails", "Cannot pay, checkout error", "Payments not going through"}
	var ids []string
	for i := range n {
		ids = append(ids, s.Ticket(words[i%len(words)], "Every payment fails with an error at checkout since this morning.", "payments", "checkout"))
	}
	s.Settle()
	return ids
}

// Alert plays an Alertmanager delivery that is accepted, and what it brings about.
func (s *story) Alert(status, name, service, fingerprint string, began time.Time) {
	s.t.Helper()
	s.deliverAlert(status, name, service, fingerprint, began)
	s.Settle()
}

func (s *story) deliverAlert(status, name, service, fingerprint string, began time.Time) {
	s.t.Helper()
	ends := "0001-01-01T00:00:00Z"
	if status == "resolved" {
		ends = s.clock().Format(time.RFC3339)
	}
	body := fmt.Sprintf(`{"version":"4","groupKey":"{}/{}:%s","status":%q,"receiver":"ticketlink",
		"groupLabels":{"alertname":%q},"commonLabels":{"alertname":%q,"service":%q,"severity":"critical"},
		"commonAnnotations":{"summary":"Payments fail at checkout"},"externalURL":"http://alertmanager.example.com",
		"alerts":[{"status":%q,"labels":{"alertname":%q,"service":%q,"severity":"critical"},"annotations":{},
		"startsAt":%q,"endsAt":%q,"fingerprint":%q}]}`, name, status, name, name, service, status, name, service,
		began.Format(time.RFC3339), ends, fingerprint)
	if code := s.Post("/webhooks/prometheus", body, map[string]string{"Authorization": "Bearer planted-bearer"}); code != 200 {
		s.t.Fatalf("alert: got %d, want 200", code)
	}
}

// Post sends a body and returns the status.
func (s *story) Post(path, body string, header map[string]string) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.service.URL+path, strings.NewReader(body))
	s.must(err)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer resp.Body.Close()
	return resp.StatusCode
}

// Sign makes the headers of a signed delivery.
func (s *story) Sign(body string, at time.Time) map[string]string {
	stamp := at.UTC().Format(time.RFC3339)
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte(stamp + body))
	return map[string]string{
		"X-Zendesk-Webhook-Signature":           base64.StdEncoding.EncodeToString(mac.Sum(nil)),
		"X-Zendesk-Webhook-Signature-Timestamp": stamp,
	}
}

// PostSigned delivers a body as the helpdesk would.
func (s *story) PostSigned(body string) int {
	s.t.Helper()
	return s.Post("/webhooks/support", body, s.Sign(body, s.clock()))
}

// signed are the signature headers of a delivery that was sent before.
func signed(d zendeskfake.Delivery) map[string]string {
	header := map[string]string{}
	for name := range d.Header {
		header[name] = d.Header.Get(name)
	}
	return header
}

// API calls the API, expects the status, and decodes the answer into out.
func (s *story) API(method, path string, in any, status int, out any) {
	s.t.Helper()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		s.must(err)
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.service.URL+"/api/v1"+path, body)
	s.must(err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	s.must(err)
	if resp.StatusCode != status {
		s.t.Fatalf("%s %s: got %d, want %d: %s", method, path, resp.StatusCode, status, raw)
	}
	if out != nil {
		s.must(json.Unmarshal(raw, out))
	}
}
