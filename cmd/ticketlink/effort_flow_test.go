package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

type effortAnswer struct {
	Spent        *float64           `json:"support_spent_seconds"`
	SpentTickets int                `json:"tickets_with_time_spent"`
	Wait         *float64           `json:"requester_wait_seconds"`
	Resolution   *float64           `json:"resolution_seconds"`
	Revenue      map[string]float64 `json:"revenue_affected"`
	ByPlan       map[string]int     `json:"customers_by_plan"`
	OfPlan       map[string]int     `json:"organizations_by_plan"`
}

func (s *story) Impact(key string) (v effortAnswer) {
	s.t.Helper()
	s.API("GET", "/incidents/"+key+"/impact", nil, 200, &v)
	return v
}

// What the helpdesk measures of tickets, and what its time tracking counts into
// a field, is told with the incident; what it does not tell is not made up.
func TestSupportsEffortIsMeasuredWhereTheHelpdeskTells(t *testing.T) {
	s, tickets := payments(t, func(text string) string {
		return strings.Replace(text, "impact: {", "impact: {time_spent: ticket_fields.360001, ", 1)
	})
	if v := s.Impact("INC-1"); v.Spent != nil || v.SpentTickets != 0 || v.Wait != nil || v.Resolution != nil {
		t.Errorf("nothing was told yet: %+v", v)
	}
	s.helpdesk.SetField(tickets[0], "360001", 600)
	s.helpdesk.SetField(tickets[1], "360001", "1200")
	s.helpdesk.SetField(tickets[2], "360001", "long")
	s.helpdesk.SetStatus(tickets[0], "solved")
	s.FastForward(3 * time.Minute)
	v := s.Impact("INC-1")
	if v.Spent == nil || *v.Spent != 1800 || v.SpentTickets != 2 {
		t.Errorf("spent: %v of %d tickets, want 1800 of 2", v.Spent, v.SpentTickets)
	}
	if v.Resolution == nil || *v.Resolution <= 0 || v.Wait == nil || *v.Wait != *v.Resolution {
		t.Errorf("solved after %v, waited %v: want what the helpdesk measured", v.Resolution, v.Wait)
	}
	if text, _ := s.Report("INC-1", "markdown"); !strings.Contains(text, "30 min on 2 tickets") {
		t.Error("the report does not tell the time spent")
	}
	s.ExpectMetric(`ticketlink_incident_support_spent_seconds{incident="INC-1"}`, "1800")
	for _, name := range []string{"requester_wait", "resolution"} {
		if _, found := s.Metric("ticketlink_incident_" + name + `_seconds{incident="INC-1"}`); !found {
			t.Errorf("/metrics lacks %s", name)
		}
	}
	var spent float64
	s.must(s.worker.Database.QueryRow(t.Context(), "select support_spent_seconds from dashboards.incidents where incident = 'INC-1'").Scan(&spent))
	if spent != 1800 {
		t.Errorf("dashboards.incidents: spent %v, want 1800", spent)
	}
}

// Plan and revenue are read from where the configuration says: each
// organization, customer or ticket has its own.
func TestPlanAndRevenueAreReadFromWhereTheyStand(t *testing.T) {
	for place, want := range map[string]struct {
		revenue      float64
		byPlan, orgs map[string]int
	}{
		"organization_fields.plan, revenue: organization_fields.mrr": {1000, map[string]int{"enterprise": 2, "unknown": 1}, map[string]int{"enterprise": 1}},
		"user_fields.plan, revenue: user_fields.mrr":                 {70, map[string]int{"team": 1, "free": 2}, map[string]int{"team": 1}},
		"ticket_fields.401, revenue: ticket_fields.402":              {9, map[string]int{"gold": 2, "unknown": 1}, map[string]int{"gold": 1}},
	} {
		t.Run(place, func(t *testing.T) {
			s := newStory(t, func(text string) string {
				return strings.Replace(text, "organization_fields.plan, revenue: organization_fields.mrr", place, 1)
			})
			acme := s.helpdesk.AddOrganization(zendeskfake.Organization{Name: "Acme", Fields: map[string]any{"plan": "enterprise", "mrr": 1000}})
			s.Ordinary(300)
			s.API("POST", "/incidents", map[string]any{"key": "INC-9", "title": "Payments fail"}, 201, nil)
			for n, c := range []zendeskfake.Customer{
				{Name: "Eve", OrganizationID: acme, Fields: map[string]any{"plan": "team", "mrr": 40}},
				{Name: "Bob", OrganizationID: acme, Fields: map[string]any{"plan": "free", "mrr": 20}},
				{Name: "Mallory", Fields: map[string]any{"plan": "free", "mrr": 10}},
			} {
				ticket := zendeskfake.Ticket{Subject: "Payment declined at checkout", Description: "Every payment fails.", RequesterID: s.helpdesk.AddCustomer(c), Tags: []string{"payments"}}
				if n < 2 {
					ticket.Fields = map[string]any{"401": "gold", "402": 4 + n}
				}
				id := s.helpdesk.CreateTicket(ticket)
				s.FastForward(2 * time.Minute)
				s.API("PUT", "/incidents/INC-9/tickets/support/"+id, map[string]string{"state": "confirmed"}, 200, nil)
			}
			s.FastForward(time.Minute)
			v := s.Impact("INC-9")
			if v.Revenue["EUR"] != want.revenue || !sameCounts(v.ByPlan, want.byPlan) || !sameCounts(v.OfPlan, want.orgs) {
				t.Errorf("got %+v, want %+v", v, want)
			}
		})
	}
}

func sameCounts(a, b map[string]int) bool {
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return len(a) == len(b)
}
