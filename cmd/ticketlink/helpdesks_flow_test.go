package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/freshdesk/freshdeskfake"
	"github.com/ticketlink/ticketlink/integrations/generichelpdesk/genericfake"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

// homegrown is how the home-made helpdesk's JSON is read. It sends nothing: its
// list is all there is.
const homegrown = `
    generic:
      ticket: {id: no, subject: title, description: text, status: state, tags: labels, requester_id: customer?.id,
        requester_name: customer?.name, created_at: created, updated_at: changed}
      list: {path: "/api/tickets?changed_since={since}&after={cursor}", items: tickets, next: page?.next}
      fetch: {path: "/api/tickets/{id}", item: ticket}
      comments: {path: "/api/tickets/{id}/comments", items: comments, id: id, body: text, agent: author.staff, ours: author.bot,
        public: not internal, author_id: author.id, at: created}
      write:
        add_tag: {path: "/api/tickets/{id}/tags", body: '{"tag": {tag}}'}
        note: {path: "/api/tickets/{id}/comments", body: '{"internal": true, "text": {text}}'}
`

// desks is a story with two helpdesks more: a Freshdesk and a home-made one.
type desks struct {
	*story
	shop *freshdeskfake.Server
	home *genericfake.Server
}

func newDesks(t *testing.T) *desks {
	d := &desks{}
	clock := func() time.Time {
		if d.story == nil { // not begun
			return aMonday
		}
		return d.clock()
	}
	d.shop, d.home = freshdeskfake.New(clock, "shop-key"), genericfake.New(clock, "home-token")
	serve := func(h http.Handler) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL
	}
	more := fmt.Sprintf("  - {name: shop, kind: freshdesk, url: %q, api_token: shop-key, webhook_secret: planted-shop, start_time: 2026-10-20T00:00:00Z}\n"+
		"  - name: home\n    kind: generic\n    url: %q\n    api_token: home-token\n    start_time: 2026-10-20T00:00:00Z", serve(d.shop), serve(d.home)) + homegrown
	d.story = newStory(t, func(text string) string {
		return strings.Replace(text, "incident_sources:", more+"incident_sources:", 1)
	})
	return d
}

// write plays a customer of the Freshdesk or of the home-made helpdesk.
func (d *desks) write(desk *helpdeskfake.Desk, id string) string {
	return desk.Create(helpdeskfake.Ticket{ID: id, Subject: "Cannot pay", Description: "The payment fails.", Tags: []string{"payments"}, RequesterID: desk.Customer("Ada", "")})
}

// Helpdesks of three kinds in one service: one incident has tickets of each,
// each helpdesk shows it, and nobody's customer is forgotten.
func TestOneIncidentOfThreeHelpdesks(t *testing.T) {
	s := newDesks(t)
	support, shop, home := s.Ticket("Payment fails", "The card is declined."), s.write(s.shop.Desk, "501"), s.write(s.home.Desk, "701")
	if code := s.Post("/webhooks/shop?secret=planted-shop", string(s.shop.Delivery(shop)), nil); code != 200 {
		t.Fatalf("the webhook was answered %d", code)
	}
	s.Settle()
	key := s.Declare(map[string]any{"title": "Payments fail", "severity": "sev1"}).Key
	for _, ticket := range []string{"support/" + support, "shop/" + shop, "home/" + home} {
		s.API("PUT", "/incidents/"+key+"/tickets/"+ticket, map[string]any{"state": "confirmed"}, 200, nil)
	}
	s.FastForward(31 * time.Minute)
	for desk, tags := range map[string][]string{"support": s.helpdesk.Tags(support), "shop": s.shop.Tags(shop), "home": s.home.Tags(home)} {
		if !slices.Contains(tags, "incident_"+key) {
			t.Errorf("the ticket of %s has the tags %q, want the incident's among them", desk, tags)
		}
	}
	for _, ticket := range []string{support, shop, home} {
		s.ExpectReminders(ticket, "first_reply", 1)
	}

	s.resolve(key)
	s.Skip(time.Minute)
	s.helpdesk.PublicReply(support, s.helpdesk.AddAgent("Grace"), s.clock())
	s.home.Comment(home, s.home.Agent("Grace"), "It works again.", true)
	s.FastForward(61 * time.Minute)
	s.ExpectFollowUp(key, "closing", support, "done")
	s.ExpectFollowUp(key, "closing", home, "done")
	s.ExpectReminders(home, "closing", 0)
	s.ExpectReminders(shop, "closing", 1)
	s.shop.Comment(shop, s.shop.Agent("Grace"), "It works again.", true)
	s.FastForward(2 * time.Minute)
	s.ExpectFollowUp(key, "closing", shop, "done")
}
