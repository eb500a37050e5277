package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/schema/schematest"
)

// Every panel that asks Prometheus gets an answer from a real one that scrapes
// a real run: two replicas, one on the queue.
func TestDashboardsShowWhatPrometheusScrapes(t *testing.T) {
	s, tickets := payments(t, func(text string) string {
		return strings.Replace(text, "impact: {", "impact: {time_spent: ticket_fields.360001, ", 1)
	})
	queue := s.Serve(asynq.RedisClientOpt{Addr: schematest.Redis(t).Addr()}, s.clock)
	s.helpdesk.SetField(tickets[0], "360001", 600)
	s.helpdesk.SetStatus(tickets[0], "solved")
	s.helpdesk.Inject(zendeskfake.Fault{Path: "/api/v2/incremental", Times: 1, Status: 500})
	globex := s.helpdesk.AddOrganization(zendeskfake.Organization{Name: "Globex", Fields: map[string]any{"mrr": 900}})
	alan := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Alan", OrganizationID: globex})
	ticket := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Payment fails", RequesterID: alan})
	s.Rough(func() { s.FastForward(3 * time.Minute) })
	s.API("PUT", "/incidents/INC-1/tickets/support/"+ticket, map[string]string{"state": "confirmed"}, 200, nil)
	s.Skip(5 * time.Hour) // closing words are overdue
	s.Settle()
	prometheus := s.Prometheus(s.service.URL, queue)
	waiting := panelQueries(t)
	// Its answer is about the hours before, which this run does not have; the
	// rules' own tests give it some.
	delete(waiting, "2 * helpdesk:ticketlink_tickets_ingested:busy7d")
	eventually(t, "every panel to show something", func() bool {
		for expr := range waiting {
			if answered(t, prometheus, expr) {
				delete(waiting, expr)
			}
		}
		return len(waiting) == 0
	}, func() { t.Errorf("these show nothing: %q", waiting) })
}

// panelQueries are the dashboards' questions to Prometheus, with their panels.
func panelQueries(t *testing.T) map[string]string {
	files, err := filepath.Glob("../../integrations/grafana/dashboards/*.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("dashboards: %v, %v; want 4", files, err)
	}
	queries := map[string]string{}
	for _, file := range files {
		var d struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		raw, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(raw, &d)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				if q.Expr != "" {
					queries[strings.NewReplacer("$__rate_interval", "1m", "$incident", "INC-1").Replace(q.Expr)] = p.Title
				}
			}
		}
	}
	return queries
}

// Prometheus runs one with the project's rules until the test ends, and returns its URL.
func (s *story) Prometheus(targets ...string) string {
	s.t.Helper()
	rules, err := filepath.Abs("../../integrations/prometheus/rules.yml")
	s.must(err)
	for i, target := range targets {
		targets[i] = strings.TrimPrefix(target, "http://")
	}
	dir := s.t.TempDir()
	s.must(os.WriteFile(filepath.Join(dir, "prometheus.yml"), fmt.Appendf(nil, `
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs: [{job_name: ticketlink, static_configs: [{targets: [%s]}]}]
`, rules, strings.Join(targets, ", ")), 0o600))
	port, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	address := port.Addr().String()
	s.must(port.Close())
	cmd := exec.CommandContext(s.t.Context(), "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address, "--log.level=warn")
	cmd.Stdout, cmd.Stderr = s.t.Output(), s.t.Output()
	s.must(cmd.Start())
	s.t.Cleanup(func() { cmd.Wait() }) // the test's context has ended it
	return "http://" + address
}

// answered says whether Prometheus has any value for an expression now.
func answered(t *testing.T, prometheus, expr string) bool {
	resp, err := http.Get(prometheus + "/api/v1/query?query=" + url.QueryEscape(expr))
	if err != nil {
		return false // it is starting
	}
	defer resp.Body.Close()
	var answer struct {
		Status string
		Error  string
		Data   struct{ Result []json.RawMessage }
	}
	if resp.StatusCode == http.StatusServiceUnavailable {
		return false
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s: %v %s", expr, err, answer.Error)
	}
	return len(answer.Data.Result) > 0
}

// eventually asks again and again until it is so, for a minute.
func eventually(t *testing.T, what string, so func() bool, otherwise func()) {
	t.Helper()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(time.Minute)
	for !so() {
		select {
		case <-deadline:
			otherwise()
			t.Fatalf("waited a minute for %s", what)
		case <-ticker.C:
		}
	}
}
