//go:build browser

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// ShopIncident plays a morning with an incident as large as people have them:
// three weeks of ordinary tickets, a rush of 60, answers, doubtful tickets.
func (s *story) ShopIncident() {
	s.t.Helper()
	orgs := s.organizations()
	agents := []string{s.helpdesk.AddAgent("Grace Hopper"), s.helpdesk.AddAgent("Annie Easley")}
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range 2500 {
		back := time.Duration(dice.IntN(3*7*24*60)) * time.Minute
		s.write(orgs[dice.IntN(len(orgs))], ordinary[i%len(ordinary)], s.clock().Add(-back-10*time.Minute))
	}
	s.Settle()
	began := s.clock().Add(-5 * time.Minute)
	for i := range 60 {
		at := s.clock().Add(time.Duration(dice.IntN(50)-5) * time.Minute)
		if i%6 == 0 {
			s.write(orgs[dice.IntN(len(orgs))], doubtful[i/6%len(doubtful)], at)
			continue
		}
		s.write(orgs[i%len(orgs)], failing[i%len(failing)], at)
	}
	s.Skip(50 * time.Minute)
	s.Settle()
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	s.FastForward(3 * time.Minute)
	i := 0
	for id := range s.Links("INC-1") {
		if i++; i%3 == 0 {
			s.helpdesk.PublicReply(id, agents[i%2], s.clock())
		}
	}
	s.FastForward(2 * time.Minute)
	s.Skip(65 * time.Minute)
	s.Settle()
	s.FastForward(time.Minute)
}

type letter struct {
	subject, text string
	tags          []string
}

var (
	ordinary = []letter{
		{"How do I change the invoice address?", "Hello, where can I change the address on our invoices?", []string{"how_to", "billing"}},
		{"Export to a spreadsheet", "Is there a way to export last month's orders?", []string{"how_to", "export"}},
		{"Add three seats", "We have new colleagues, please tell me what three more seats cost.", []string{"sales", "seats"}},
		{"Dark mode", "A dark mode would be lovely.", []string{"wish"}},
		{"Reset my password", "I cannot remember my password.", []string{"account", "login"}},
		{"Refund for order 8812", "The customer sent it back last week. How do I refund it?", []string{"billing", "refund"}},
		{"Webhook signature", "Which hash does the webhook signature use?", []string{"api"}},
	}
	failing = []letter{
		{"Payment declined at checkout", "Every payment fails with an error at checkout since this morning.", []string{"payments", "checkout"}},
		{"Our customers cannot pay", "Card payments do not go through, customers call us.", []string{"payments"}},
		{"Checkout error 502", "Checkout shows an error after entering the card.", []string{"checkout", "payments"}},
		{"Card payment fails", "All cards are refused. Is there an outage?", []string{"payments"}},
		{"Payments down?", "No payment since half past eight. Please help, it is urgent.", []string{"payments", "urgent"}},
	}
	doubtful = []letter{
		{"Shop is slow", "The shop is slow today, is something wrong?", []string{"performance"}},
		{"Error in the cart", "Some visitors see an error in the cart.", []string{"cart"}},
		{strings.Repeat("Bezahlvorgangsfehlermeldung", 6) + " 支払いができません 💳 תשלום נכשל", "The checkout shows " + strings.Repeat("https://shop.example.com/", 12), []string{"checkout", strings.Repeat("long", 20)}},
		{"Question about payments", "When are last week's payments paid out to us?", []string{"billing", "payments"}},
	}
)

func (s *story) organizations() []string {
	var ids []string
	for i, name := range []string{"Acme Books", "Borealis Bikes", "Café Central", "Delta Dental", "Echo Outdoor", "Fjord Foods", "Gaia Garden", "Helios Hardware"} {
		plan := []string{"enterprise", "business", "starter"}[i%3]
		ids = append(ids, s.helpdesk.AddOrganization(zendeskfake.Organization{Name: name, Fields: map[string]any{"plan": plan, "mrr": fmt.Sprint(400 * (i + 1))}}))
	}
	return ids
}

// write plays a customer of an organization who writes a letter.
func (s *story) write(org string, l letter, at time.Time) {
	who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Customer", OrganizationID: org})
	s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: l.subject, Description: l.text, RequesterID: who, Tags: l.tags, At: at})
}

// ticketLike is one of an incident's linked tickets.
func (s *story) ticketLike(key string) string {
	s.t.Helper()
	for id, l := range s.Links(key) {
		if l.State == "auto" {
			return id
		}
	}
	s.t.Fatalf("%s has no linked ticket", key)
	return ""
}
