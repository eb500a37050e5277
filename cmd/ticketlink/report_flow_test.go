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
	s.FastForward(2 * time.Hour)
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
			Impact    struct{ Linked int `json:"linked_tickets"` }
			Corrected *struct{ Linked int `json:"linked_tickets"` }
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
