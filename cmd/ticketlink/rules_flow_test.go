package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// Rules of the operator hold from the first day on, never before always, and
// give their reason: in the evidence, on the pages, in the helpdesk's note. A
// person's word goes before them.
func TestRulesOfTheOperator(t *testing.T) {
	const rules = `matching: {ignore_tags: [web_form], always: [{when: {tag: vip}, incident_service: payments}],
  never: [{when: {tag: training}}, {when: {organization: "%s"}, incident_service: payments}]}`
	var reseller string
	s := newStory(t, func(c string) string {
		reseller = "900100"
		return strings.Replace(c, "matching: {careful_start: 0}", fmt.Sprintf(rules, reseller), 1)
	})
	s.Ordinary(300)
	began := s.clock()
	payments := s.PaymentTickets(8)
	always := s.Ticket("Dark mode please", "Where is it?", "vip")
	both := s.Ticket("Payment declined at checkout", "Every payment fails with an error.", "payments", "vip", "training")
	decided := s.Ticket("Payment declined again", "Every payment fails with an error.", "payments", "training")
	ofReseller := s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: "Payment declined", Description: "Every payment fails with an error.",
		RequesterID: s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Reseller", OrganizationID: reseller}), Tags: []string{"payments"}})
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.API("PUT", "/incidents/INC-1/tickets/support/"+decided, map[string]any{"state": "confirmed", "by": "grace"}, 200, nil)
	s.FastForward(5 * time.Minute)
	for ticket, want := range map[string]string{payments[0]: "suggested", always: "auto", both: "", decided: "confirmed", ofReseller: ""} {
		s.ExpectState("INC-1", ticket, want)
	}
	s.expectAddsUp(1)

	if got := fmt.Sprint(s.Links("INC-1")[always].Evidence); !strings.Contains(got, "{rule always tag vip service payments ") {
		t.Errorf("the rule is not among the reasons: %s", got)
	}
	if notes := strings.Join(s.helpdesk.Notes(always), "\n"); !strings.Contains(notes, "always tag vip service payments (+") || strings.Contains(notes, "0.00") {
		t.Errorf("the note does not give the rule: %s", notes)
	}
	v := s.Visitor()
	for path, want := range map[string]string{
		"/incidents/INC-1/tickets/support/" + always: "always tag vip service payments",
		"/tickets/support/" + both:                   "most against it: never tag training",
		"/tickets/support/" + ofReseller:             "most against it: never organization " + reseller + " service payments",
	} {
		if page, _ := v.Get(path); !strings.Contains(page, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

// A rule that is new after a restart takes back what was linked before, with the
// next ticket that comes, in the helpdesk too.
func TestANewRuleTakesBackLinks(t *testing.T) {
	var text string
	s := newStory(t, func(c string) string { text = c; return c })
	s.Ordinary(300)
	tickets := s.PaymentTickets(8)
	trained := s.Ticket("Payment declined at checkout", "Every payment fails with an error.", "payments", "training")
	s.Alert("firing", "PaymentsDown", "payments", "f1", s.clock())
	s.FastForward(3 * time.Minute)
	s.ExpectLinked("INC-1", append(tickets, trained)...)
	s.logTo(t.Output(), strings.Replace(text, "matching: {", "matching: {never: [{when: {tag: training}}], ", 1))
	s.Ticket("Dark mode please", "Where is it?")
	s.FastForward(3 * time.Minute)
	s.ExpectState("INC-1", trained, "")
	s.ExpectLinked("INC-1", tickets...)
	if tags := s.helpdesk.Tags(trained); slices.ContainsFunc(tags, func(tag string) bool { return strings.HasPrefix(tag, "incident_") }) {
		t.Errorf("it is tagged %v still", tags)
	}
}

// Tickets that are tagged like the incident, in a rush of their own about
// something else, are not linked wholesale where the tag has a history.
func TestUnrelatedRushOfTheSameTag(t *testing.T) {
	s := newStory(t)
	topics := []string{"Which cards do you take", "Change the card on file", "Pay by bank transfer", "Currency of my payments", "Payment receipt"}
	for n := range 150 {
		s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: topics[n%5], Description: "Hello, " + topics[n%5] + ", please?", RequesterID: s.customer,
			Tags: []string{"payments", "how_to"}, At: s.clock().Add(-time.Duration(n+1) * 201 * time.Minute)})
	}
	s.Ordinary(900)
	began := s.clock()
	members := s.PaymentTickets(20)
	layout := []string{"Where is the new invoice layout", "Invoice layout changed", "Old invoice PDF please"}
	var rush []string
	for n := range 40 {
		rush = append(rush, s.Ticket(layout[n%3], fmt.Sprint("Since the update I cannot find my invoices as PDF, question ", n%5), "payments"))
	}
	s.Alert("firing", "PaymentsDown", "payments", "f1", began)
	s.FastForward(10 * time.Minute)
	links, linked := s.ExpectLinked("INC-1", members...), 0
	for _, ticket := range rush {
		if links[ticket].State == "auto" {
			linked++
		}
	}
	if linked > 2 {
		t.Errorf("%d of 40 tickets of an unrelated rush are linked", linked)
	}
}
