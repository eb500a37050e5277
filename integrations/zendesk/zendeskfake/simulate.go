package zendeskfake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// How a simulated day goes.
const (
	ticketEvery  = 15 * time.Second
	surgeEvery   = 15 * time.Minute
	surgeTickets = 30
	surgeWithin  = 2 * time.Minute
)

// A topic is one thing customers write about.
type topic struct {
	tag      string
	subjects []string
}

var topics = []topic{
	{"checkout", []string{"Payment fails at the last step", "Card is declined, but it works elsewhere", "Cannot pay since this morning"}},
	{"login", []string{"Cannot sign in", "The code by e-mail never comes", "Signed out every few minutes"}},
	{"api", []string{"The API answers 502", "Requests take half a minute", "Our import stopped with an error"}},
	{"invoices", []string{"Where do I find my invoice?", "Wrong address on the invoice"}},
	{"account", []string{"How do I add a colleague?", "Please change our company's name"}},
}

// incidentTopics are how many of the topics, from the first, break at times.
const incidentTopics = 3

// Simulate plays customers and agents until the context ends: customers write
// now and then, and all at once about one thing every quarter of an hour.
func (s *Server) Simulate(ctx context.Context) {
	customers, agent := s.populate()
	usual, surge := time.NewTicker(ticketEvery), time.NewTicker(surgeEvery)
	defer usual.Stop()
	defer surge.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-usual.C:
			id := s.write(customers, topics[rand.IntN(len(topics))])
			if rand.IntN(2) == 0 {
				s.PublicReply(id, agent, time.Time{})
			}
		case <-surge.C:
			s.surge(ctx, customers, topics[rand.IntN(incidentTopics)])
		}
	}
}

func (s *Server) populate() (customers []string, agent string) {
	for i := range 12 {
		organization := s.AddOrganization(Organization{
			Name:   fmt.Sprintf("Customer %d Ltd", i+1),
			Fields: map[string]any{"plan": []string{"free", "team", "enterprise"}[i%3], "mrr": 100 * i},
		})
		for j := range 5 {
			customers = append(customers, s.AddCustomer(Customer{
				Name: fmt.Sprintf("Person %d of customer %d", j+1, i+1), OrganizationID: organization,
			}))
		}
	}
	return customers, s.AddAgent("Agent Smith")
}

// surge plays many customers who write about one topic within two minutes.
func (s *Server) surge(ctx context.Context, customers []string, about topic) {
	tick := time.NewTicker(surgeWithin / surgeTickets)
	defer tick.Stop()
	for range surgeTickets {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.write(customers, about)
		}
	}
}

func (s *Server) write(customers []string, about topic) string {
	subject := about.subjects[rand.IntN(len(about.subjects))]
	return s.CreateTicket(Ticket{
		Subject: subject, Description: subject + ". Can you please look into it?",
		RequesterID: customers[rand.IntN(len(customers))], Tags: []string{about.tag},
		Channel: []string{"web", "email", "chat"}[rand.IntN(3)],
	})
}
