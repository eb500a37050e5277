package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

const planted = "cGxhbnRlZC1zb3VyY2Utc2VjcmV0" // also good base64

// every is a source of every kind.
const every = `
incident_sources:
  - {name: prometheus, kind: alertmanager, bearer_token: planted-bearer}
  - {name: grafana, kind: alertmanager, webhook_secret: SECRET}
  - {name: pagerduty, kind: pagerduty, webhook_secret: SECRET}
  - {name: opsgenie, kind: opsgenie, webhook_secret: SECRET}
  - {name: incidentio, kind: incident_io, webhook_secret: whsec_SECRET}
  - {name: statuspage, kind: statuspage, webhook_secret: SECRET}
  - {name: oncall, kind: grafana_oncall, webhook_secret: SECRET}
  - {name: firehydrant, kind: firehydrant, webhook_secret: SECRET}
  - {name: rootly, kind: rootly, webhook_secret: SECRET}
  - {name: github, kind: github, webhook_secret: SECRET}
  - name: homegrown
    kind: generic
    webhook_secret: SECRET
    signature_header: X-Signature
    mapping: {key: id, title: title, at: at, resolved: over, services: services, severity: severity}
`

func everySource(text string) string {
	_, rest, _ := strings.Cut(text, "matching:")
	head, _, _ := strings.Cut(text, "incident_sources:")
	return head + strings.TrimPrefix(strings.ReplaceAll(every, "SECRET", planted), "\n") + "matching:" + rest
}

// A sender plays one kind of source. Its body is made of what happened ("open",
// "over", "again"), when, and when it began.
type sender struct {
	name   string
	body   func(what string, now, began time.Time) string
	header func(body string, now time.Time) map[string]string
	query  string
}

func signedBody(key string, parts ...string) string {
	return hex.EncodeToString(integrations.HMAC([]byte(key), []byte(strings.Join(parts, ""))))
}

func pick(what, open, over, again string) string {
	return map[string]string{"open": open, "over": over, "again": again}[what]
}

func rfc(t time.Time) string { return t.Format(time.RFC3339Nano) }

func endOf(what string, now time.Time) string {
	if what == "over" {
		return strconv.Quote(rfc(now))
	}
	return "null"
}

var senders = []sender{
	{name: "grafana", body: func(what string, now, began time.Time) string {
		ends := "0001-01-01T00:00:00Z"
		if what == "over" {
			ends = rfc(now)
		}
		return fmt.Sprintf(`{"version": "1", "groupKey": "{}:{a}", "truncatedAlerts": 0, "status": %[1]q, "commonLabels": {}, "commonAnnotations": {"summary": "Payments fail at checkout"},
			"alerts": [{"status": %[1]q, "labels": {"service": "payments", "severity": "critical"}, "startsAt": %[2]q, "endsAt": %[3]q, "fingerprint": "f1"}]}`,
			pick(what, "firing", "resolved", "firing"), rfc(began), ends)
	}, header: func(body string, now time.Time) map[string]string {
		at := strconv.FormatInt(now.Unix(), 10)
		return map[string]string{"X-Grafana-Alerting-Timestamp": at, "X-Grafana-Alerting-Signature": signedBody(planted, at, ":", body)}
	}},
	{name: "pagerduty", body: func(what string, now, began time.Time) string {
		return fmt.Sprintf(`{"event": {"id": "E%d", "event_type": "incident.%s", "occurred_at": %q, "data": {"id": "P1", "type": "incident", "status": %q, "title": "Payments fail at checkout",
			"created_at": %q, "urgency": "high", "service": {"summary": "payments"}, "priority": {"summary": "P1"}}}}`,
			now.UnixNano(), pick(what, "triggered", "resolved", "reopened"), rfc(now), pick(what, "triggered", "resolved", "triggered"), rfc(began))
	}, header: func(body string, _ time.Time) map[string]string {
		return map[string]string{"X-PagerDuty-Signature": "v1=00,v1=" + signedBody(planted, body)}
	}},
	{name: "opsgenie", body: func(what string, now, began time.Time) string {
		return fmt.Sprintf(`{"action": %q, "alert": {"alertId": "a1", "message": "Payments fail at checkout", "entity": "payments", "priority": "P1", "createdAt": %d, "updatedAt": %d}}`,
			pick(what, "Create", "Close", "UnAcknowledge"), began.UnixMilli(), now.UnixNano())
	}, header: func(string, time.Time) map[string]string {
		return map[string]string{"Authorization": "Bearer " + planted}
	}},
	{name: "incidentio", body: func(what string, now, began time.Time) string {
		const event = "public_incident.incident_status_updated_v2"
		return fmt.Sprintf(`{"event_type": %[1]q, %[1]q: {"id": "01F", "name": "Payments fail at checkout", "incident_status": {"category": %[2]q}, "severity": {"name": "Critical"},
			"custom_field_entries": [{"custom_field": {"name": "Service"}, "values": [{"value_text": "payments"}]}], "created_at": %[3]q, "updated_at": %[4]q}}`,
			event, pick(what, "live", "closed", "live"), rfc(began), rfc(now))
	}, header: func(body string, now time.Time) map[string]string {
		key, _ := base64.StdEncoding.DecodeString(planted)
		at := strconv.FormatInt(now.Unix(), 10)
		id := signedBody("id", body)
		mac := integrations.HMAC(key, []byte(id+"."+at+"."+body))
		return map[string]string{"svix-id": id, "svix-timestamp": at, "svix-signature": "v1," + base64.StdEncoding.EncodeToString(mac)}
	}},
	{name: "statuspage", query: "?secret=" + planted, body: func(what string, now, began time.Time) string {
		return fmt.Sprintf(`{"page": {"id": "p"}, "incident": {"id": "s1", "name": "Payments fail at checkout", "status": %q, "impact": "critical", "created_at": %q, "updated_at": %q,
			"resolved_at": %s, "components": [{"name": "payments"}]}}`, pick(what, "investigating", "resolved", "identified"), rfc(began), rfc(now), endOf(what, now))
	}, header: func(string, time.Time) map[string]string { return nil }},
	{name: "oncall", body: func(what string, now, began time.Time) string {
		return fmt.Sprintf(`{"event": {"type": %q, "time": %q}, "alert_group": {"id": "I6", "state": %q, "title": "Payments fail at checkout", "created_at": %q, "resolved_at": %s,
			"labels": {"service": "payments", "severity": "critical"}}}`, pick(what, "alert group created", "resolve", "unresolve"), rfc(now),
			pick(what, "firing", "resolved", "firing"), rfc(began), endOf(what, now))
	}, header: func(string, time.Time) map[string]string {
		return map[string]string{"Authorization": "Bearer " + planted}
	}},
	{name: "firehydrant", body: func(what string, now, began time.Time) string {
		return fmt.Sprintf(`{"data": {"incident": {"id": "4f", "name": "Payments fail at checkout", "current_milestone": %q, "severity": {"slug": "SEV1"}, "created_at": %q,
			"milestones": [{"type": "resolved", "occurred_at": %s}], "impacts": [{"type": "service", "impact": {"name": "payments"}}]}}}`,
			pick(what, "started", "resolved", "investigating"), rfc(began), endOf(what, now))
	}, header: func(body string, _ time.Time) map[string]string {
		return map[string]string{"fh-signature": signedBody(planted, body)}
	}},
	{name: "rootly", body: func(what string, now, began time.Time) string {
		return fmt.Sprintf(`{"event": {"id": "e%d", "type": "incident.%s", "issued_at": %q}, "data": {"id": "r1", "title": "Payments fail at checkout", "status": %q, "severity": {"slug": "sev1"},
			"services": [{"name": "payments"}], "started_at": %q, "resolved_at": %s}}`, now.UnixNano(), pick(what, "created", "resolved", "updated"), rfc(now),
			pick(what, "started", "resolved", "started"), rfc(began), endOf(what, now))
	}, header: func(body string, now time.Time) map[string]string {
		at := strconv.FormatInt(now.Unix(), 10)
		return map[string]string{"X-Rootly-Signature": "t=" + at + ",v1=" + signedBody(planted, at, body)}
	}},
	{name: "github", body: func(what string, now, began time.Time) string {
		return fmt.Sprintf(`{"action": %q, "issue": {"node_id": "I1", "title": "Payments fail at checkout", "state": %q, "labels": [{"name": "incident"}, {"name": "service:payments"}, {"name": "sev1"}],
			"created_at": %q, "updated_at": %q, "closed_at": %s}}`, pick(what, "labeled", "closed", "reopened"), pick(what, "open", "closed", "open"), rfc(began), rfc(now), endOf(what, now))
	}, header: func(body string, _ time.Time) map[string]string {
		return map[string]string{"X-Hub-Signature-256": "sha256=" + signedBody(planted, body)}
	}},
	{name: "homegrown", body: func(what string, now, _ time.Time) string {
		return fmt.Sprintf(`{"id": 7, "title": "Payments fail at checkout", "at": %q, "over": %v, "services": "payments", "severity": "critical"}`, rfc(now), what == "over")
	}, header: func(body string, _ time.Time) map[string]string {
		return map[string]string{"X-Signature": signedBody(planted, body)}
	}},
}

// Send delivers what happened and settles.
func (s *story) Send(from sender, body string, want int) {
	s.t.Helper()
	if code := s.Post("/webhooks/"+from.name+from.query, body, from.header(body, s.clock())); code != want {
		s.t.Fatalf("%s: got %d, want %d", from.name, code, want)
	}
	s.Settle()
}

// ExpectOne requires that there is one incident in all, with a status.
func (s *story) ExpectOne(status string) incidentAnswer {
	s.t.Helper()
	all := s.Incidents()
	if len(all) != 1 || all[0].Status != status {
		s.t.Fatalf("incidents are %+v, want one that is %s", all, status)
	}
	return all[0]
}

// Every source: delivered, declared, repeated, resolved, begun again.
func TestLifeOfAnIncidentFromEverySource(t *testing.T) {
	for _, from := range senders {
		t.Run(from.name, func(t *testing.T) {
			s := newStory(t, everySource)
			began := s.clock()
			opening := from.body("open", s.clock(), began)
			s.Send(from, opening, 200)
			i := s.ExpectOne("open")
			if i.Title != "Payments fail at checkout" || i.Source != from.name || len(i.Services) != 1 || i.Services[0] != "payments" ||
				integrations.WorseSeverity("critical", i.Severity) || !i.StartedAt.Equal(began) {
				t.Errorf("declared %+v", i)
			}
			s.FastForward(time.Minute)
			s.Send(from, opening, 200) // a repeat

			s.FastForward(30 * time.Minute)
			over := s.clock()
			closing := from.body("over", over, began)
			s.Send(from, closing, 200)
			if i := s.ExpectOne("resolved"); !i.ResolvedAt.Equal(over) {
				t.Errorf("resolved at %v, want %v", i.ResolvedAt, over)
			}
			s.FastForward(time.Minute)
			s.Send(from, closing, 200)
			s.Send(from, opening, 200) // late
			s.ExpectOne("resolved")

			s.FastForward(10 * time.Minute)
			s.Send(from, from.body("again", s.clock(), began), 200)
			if i := s.ExpectOne("open"); len(i.Phases) != 0 && len(i.Phases) != 2 {
				t.Errorf("begun again: %+v", i)
			}
		})
	}
}

// Every source: the end may come before the beginning.
func TestDisorderFromEverySource(t *testing.T) {
	s := newStory(t, everySource)
	for n, from := range senders {
		began := s.clock()
		opening := from.body("open", began, began)
		s.Skip(time.Minute)
		closing := from.body("over", s.clock(), began)
		s.Skip(time.Second)
		s.Send(from, closing, 200)
		if all := s.Incidents(); len(all) != n {
			t.Fatalf("%s: an end alone made an incident: %+v", from.name, all[0])
		}
		s.Send(from, opening, 200)
		if all := s.Incidents(); len(all) != n+1 || all[0].Status != "resolved" {
			t.Fatalf("%s: after the late beginning: %+v", from.name, all)
		}
	}
}

// Every source: who cannot prove itself, or sends another form, changes nothing.
func TestRefusalsByEverySource(t *testing.T) {
	s := newStory(t, everySource)
	for _, from := range senders {
		body := from.body("open", s.clock(), s.clock())
		if code := s.Post("/webhooks/"+from.name, body, nil); code != 401 {
			t.Errorf("%s without a proof: %d", from.name, code)
		}
		forged := from.header(body, s.clock())
		for name := range forged {
			forged[name] += "x"
		}
		if code := s.Post("/webhooks/"+from.name+strings.ReplaceAll(from.query, planted, "x"), body, forged); code != 401 {
			t.Errorf("%s with a wrong proof: %d", from.name, code)
		}
		s.Send(from, "[]", 400)
	}
	s.Settle()
	if all := s.Incidents(); len(all) != 0 {
		t.Errorf("incidents: %+v", all)
	}
}

func (s *story) source(name string) sender {
	for _, from := range senders {
		if from.name == name {
			return from
		}
	}
	s.t.Fatalf("no sender plays %s", name)
	return sender{}
}

// Prometheus times an alert out while Alertmanager does not hear it, and then
// tells of it with its old start: the incident goes on.
func TestAlertThatTimedOutComesBack(t *testing.T) {
	s := newStory(t)
	began := s.clock()
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.FastForward(10 * time.Minute)
	s.Alert("resolved", "PaymentErrors", "payments", "f1", began)
	s.FastForward(time.Minute)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.ExpectOne("resolved") // so soon it is a late repeat
	s.FastForward(5 * time.Minute)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.ExpectOne("open")
	s.FastForward(10 * time.Minute)
	s.Alert("resolved", "PaymentErrors", "payments", "f1", began)
	var i incidentAnswer
	s.API("GET", "/incidents/INC-1", nil, 200, &i)
	if i.Status != "resolved" || len(i.Phases) != 2 {
		t.Errorf("%+v", i)
	}
}

// What a person ended stays so while the alert goes on.
func TestResolvedByAPersonStaysResolved(t *testing.T) {
	s := newStory(t)
	began := s.clock()
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.API("POST", "/incidents/INC-1/resolve", nil, 200, nil)
	s.FastForward(time.Hour)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began) // repeat_interval
	s.ExpectOne("resolved")
	s.Alert("firing", "PaymentErrors", "checkout", "f2", s.clock()) // something new
	if all := s.Incidents(); len(all) != 2 || all[0].Status != "open" || all[1].Status != "resolved" {
		t.Errorf("after a new alert: %+v", all)
	}
}
