package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
	"github.com/ticketlink/ticketlink/worker/report"
)

// payments plays an incident from its first ticket to after its resolution.
func payments(t *testing.T, change ...func(string) string) (s *story, tickets []string) {
	t.Helper()
	s = newStory(t, change...)
	agent := s.helpdesk.AddAgent("Grace")
	s.helpdesk.AddOrganization(zendeskfake.Organization{Name: "Acme", Fields: map[string]any{"plan": "enterprise", "mrr": 1200}})
	s.Ordinary(600)
	began := s.clock()
	tickets = s.PaymentTickets(12)
	s.FastForward(5 * time.Minute)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began.Add(5*time.Minute))
	s.FastForward(10 * time.Minute)
	s.helpdesk.PublicReply(tickets[0], agent, s.clock())
	s.FastForward(20 * time.Minute)
	s.API("PUT", "/incidents/INC-1/tickets/support/"+tickets[1], map[string]string{"state": "confirmed", "by": "Linus"}, 200, nil)
	s.Alert("resolved", "PaymentErrors", "payments", "f1", began.Add(5*time.Minute))
	s.FastForward(61 * time.Minute)
	return s, tickets
}

// Report returns the report of an incident and its content type.
func (s *story) Report(key, format string) (text, contentType string) {
	s.t.Helper()
	resp, err := http.Get(s.service.URL + "/api/v1/incidents/" + key + "/report?format=" + format)
	s.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	s.must(err)
	if resp.StatusCode != 200 {
		s.t.Fatalf("report: got %d, want 200: %s", resp.StatusCode, raw)
	}
	return string(raw), resp.Header.Get("Content-Type")
}

func (s *story) Timeline(key string) []report.Event {
	s.t.Helper()
	var events []report.Event
	for cursor := ""; ; {
		var page struct {
			Items []report.Event
			Next  string `json:"next_cursor"`
		}
		s.API("GET", "/incidents/"+key+"/timeline?limit=3&cursor="+cursor, nil, 200, &page)
		events = append(events, page.Items...)
		if cursor = page.Next; cursor == "" {
			return events
		}
	}
}

func TestReportTellsTheIncidentInThreeForms(t *testing.T) {
	s, _ := payments(t)
	for format, want := range map[string]string{"markdown": "text/markdown", "html": "text/html", "json": "application/json"} {
		text, contentType := s.Report("INC-1", format)
		if !strings.HasPrefix(contentType, want) {
			t.Errorf("%s: content type %q, want %s", format, contentType, want)
		}
		for _, part := range []string{"INC-1", "Payments fail at checkout", "12 customers wrote 12 tickets"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: does not say %q", format, part)
			}
		}
	}
	text, _ := s.Report("INC-1", "json")
	var r report.Report
	s.must(json.Unmarshal([]byte(text), &r))
	if r.Impact.Linked != 12 || len(r.Tickets.All) == 0 {
		t.Errorf("json: %d linked tickets in %d steps, want 12 in some", r.Impact.Linked, len(r.Tickets.All))
	}
}

func TestTimelineTellsEachPhaseOnceAndInOrder(t *testing.T) {
	s, _ := payments(t)
	events := s.Timeline("INC-1")
	kinds := map[string]int{}
	for n, e := range events {
		kinds[e.Kind]++
		if n > 0 && e.At.Before(events[n-1].At) {
			t.Errorf("%s at %s stands behind %s", e.Kind, e.At, events[n-1].At)
		}
	}
	for _, kind := range []string{"started", "detected", "declared", "resolved", "first_ticket", "first_reply", "decision"} {
		if kinds[kind] != 1 {
			t.Errorf("%d events of kind %s, want 1: %+v", kinds[kind], kind, events)
		}
	}
	if kinds["alert"] != 2 || kinds["tickets"] == 0 || kinds["reminder"] == 0 {
		t.Errorf("alerts, tickets, reminders: %v, want 2, some, some", kinds)
	}
}

func TestWrittenSectionsOutliveTheNextReport(t *testing.T) {
	s, tickets := payments(t)
	section := "/incidents/INC-1/report/sections/"
	s.API("PUT", section+"five_whys", map[string]string{"text": "1. The certificate had expired.", "by": "Ada"}, 200, nil)
	s.API("PUT", section+"recipes", map[string]string{"text": "no"}, 422, nil)
	s.API("PUT", "/incidents/INC-1/tickets/support/"+tickets[2], map[string]string{"state": "rejected"}, 200, nil)
	s.Settle()
	for _, format := range []string{"markdown", "html"} {
		text, _ := s.Report("INC-1", format)
		if !strings.Contains(text, "The certificate had expired.") || !strings.Contains(text, "11 customers wrote 11 tickets") {
			t.Errorf("%s: the section or the new number is missing", format)
		}
	}
}

func TestCorrectedHistoryKeepsBothValues(t *testing.T) {
	s, tickets := payments(t)
	s.API("PUT", "/incidents/INC-1/tickets/support/"+tickets[2], map[string]string{"state": "rejected"}, 200, nil)
	s.FastForward(time.Minute)
	var page struct {
		Items []struct {
			Impact struct {
				Linked int `json:"linked_tickets"`
			}
			Corrected *struct {
				Linked int `json:"linked_tickets"`
			}
		}
	}
	s.API("GET", "/incidents/INC-1/impact/history?limit=500", nil, 200, &page)
	found := false
	for _, i := range page.Items {
		found = found || i.Impact.Linked == 12 && i.Corrected != nil && i.Corrected.Linked == 11
	}
	if !found {
		t.Errorf("no snapshot says 12 as known then and 11 as corrected: %+v", page.Items)
	}
}

type referenceAnswer struct{ ID, Kind, Name, URL, State string }

func (s *story) References(key string) map[string]referenceAnswer {
	s.t.Helper()
	var page struct{ Items []referenceAnswer }
	s.API("GET", "/incidents/"+key+"/references", nil, 200, &page)
	byName := map[string]referenceAnswer{}
	for _, r := range page.Items {
		byName[r.Name] = r
	}
	return byName
}

// What notes name is proposed; people accept it, refuse it for good, or link more.
func TestIssuesInNotesAreProposed(t *testing.T) {
	s, tickets := payments(t)
	agent := s.helpdesk.AddAgent("Linus")
	s.helpdesk.Note(tickets[0], agent, "Same as https://github.com/acme/shop/issues/12 and PAY-7, see INC-1", s.clock())
	s.FastForward(2 * time.Minute)
	known := s.References("INC-1")
	if len(known) != 2 || known["acme/shop#12"].State != "proposed" || known["PAY-7"].State != "proposed" {
		t.Fatalf("references: %+v, want acme/shop#12 and PAY-7 proposed", known)
	}

	s.API("POST", "/incidents/INC-1/references", map[string]string{"reference": "acme/shop#12", "title": "Pinned certificate"}, 201, nil)
	s.API("POST", "/incidents/INC-1/references", map[string]string{"reference": "https://status.example.com/incidents/42"}, 201, nil)
	s.API("POST", "/incidents/INC-1/references", map[string]string{"reference": "javascript:alert(1)"}, 422, nil)
	s.API("DELETE", "/incidents/INC-1/references/"+known["PAY-7"].ID, nil, 204, nil)
	s.API("DELETE", "/incidents/INC-1/references/"+known["PAY-7"].ID, nil, 404, nil)
	s.helpdesk.Note(tickets[1], agent, "PAY-7 again", s.clock())
	s.FastForward(2 * time.Minute)

	known = s.References("INC-1")
	if _, again := known["PAY-7"]; again || known["acme/shop#12"].State != "linked" || known["acme/shop#12"].URL == "" || len(known) != 2 {
		t.Errorf("references: %+v, want acme/shop#12 (with its address) and the status page linked, PAY-7 gone", known)
	}
	if text, _ := s.Report("INC-1", "markdown"); !strings.Contains(text, "[acme/shop\\#12](https://github.com/acme/shop/issues/12): Pinned certificate") {
		t.Errorf("the report does not name the issue:\n%s", text)
	}
}

func TestPrivacyDecidesWhoseNamesAreShown(t *testing.T) {
	for privacy, want := range map[string]struct{ company, person bool }{
		"none": {false, false}, "organizations": {true, false}, "all": {true, true},
	} {
		t.Run(privacy, func(t *testing.T) {
			s := newStory(t, func(text string) string {
				return strings.Replace(text, "impact: {", "impact: {privacy: "+privacy+", ", 1)
			})
			acme := s.helpdesk.AddOrganization(zendeskfake.Organization{Name: "Acme Ltd", Fields: map[string]any{"plan": "enterprise", "mrr": 1200}})
			s.Ordinary(300)
			s.API("POST", "/incidents", map[string]any{"key": "INC-9", "title": "Payments fail"}, 201, nil)
			for _, who := range []string{
				s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Eve of Acme", OrganizationID: acme}), s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Mallory Lonely"}),
			} {
				id := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Payment declined at checkout", Description: "Every payment fails.", RequesterID: who, Tags: []string{"payments"}})
				s.FastForward(2 * time.Minute)
				s.API("PUT", "/incidents/INC-9/tickets/support/"+id, map[string]string{"state": "confirmed"}, 200, nil)
			}
			s.FastForward(time.Minute)
			for _, format := range []string{"markdown", "html", "json"} {
				text, _ := s.Report("INC-9", format)
				if strings.Contains(text, "Acme Ltd") != want.company || strings.Contains(text, "Mallory Lonely") != want.person || strings.Contains(text, "Eve of Acme") {
					t.Errorf("%s: company %v, person %v: want %v", format, strings.Contains(text, "Acme Ltd"), strings.Contains(text, "Mallory Lonely"), want)
				}
			}
			var v struct {
				Revenue map[string]float64 `json:"revenue_affected"`
				ByPlan  map[string]int     `json:"customers_by_plan"`
			}
			s.API("GET", "/incidents/INC-9/impact", nil, 200, &v)
			if v.Revenue["EUR"] != 1200 || v.ByPlan["enterprise"] != 1 || v.ByPlan["unknown"] != 1 {
				t.Errorf("impact: %+v, want EUR 1200, one customer enterprise and one unknown", v)
			}
		})
	}
}

func TestTrendsCompareIncidents(t *testing.T) {
	s, _ := payments(t)
	s.Alert("firing", "PaymentErrors", "payments", "f1", s.clock())
	s.FastForward(2 * time.Minute)
	var v struct {
		Months []struct {
			Tickets, Incidents int
			Share              float64 `json:"incident_share"`
		}
		Services []struct {
			Service, Severity string
			Incidents         int
			Tickets           int `json:"linked_tickets"`
		}
		Repeated []struct {
			Service   string
			Incidents []string
		} `json:"repeat_offenders"`
	}
	s.API("GET", "/impact/trends?months=2", nil, 200, &v)
	if len(v.Months) != 2 || v.Months[1].Incidents != 2 || v.Months[1].Tickets < 12 || v.Months[1].Share <= 0 {
		t.Errorf("months: %+v, want this month's 2 incidents and their share", v.Months)
	}
	if len(v.Services) != 1 || v.Services[0].Service != "payments" || v.Services[0].Incidents != 2 || v.Services[0].Tickets < 12 {
		t.Errorf("services: %+v, want payments with 2 incidents", v.Services)
	}
	if len(v.Repeated) != 1 || len(v.Repeated[0].Incidents) != 2 {
		t.Errorf("repeat offenders: %+v, want payments", v.Repeated)
	}
}
