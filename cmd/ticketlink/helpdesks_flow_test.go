package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations/freshdesk/freshdeskfake"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
)

// Two helpdesks of different kinds in one service: one incident has tickets of
// both, and customers of both must hear back.
func TestTwoHelpdesksOneIncident(t *testing.T) {
	var shop *freshdeskfake.Server
	s := newStory(t, func(text string) string {
		shop = freshdeskfake.New(func() time.Time { return aMonday }, "shop-key")
		server := httptest.NewServer(shop)
		t.Cleanup(server.Close)
		second := fmt.Sprintf("  - {name: shop, kind: freshdesk, url: %q, api_token: shop-key, webhook_secret: planted-shop, start_time: 2026-10-20T00:00:00Z}\n", server.URL)
		return strings.Replace(text, "incident_sources:", second+"incident_sources:", 1)
	})
	key := s.Declare(map[string]any{"title": "Payments fail", "services": []string{"payments"}}).Key
	in := s.Ticket("Payment fails at checkout", "The card is declined.", "payments")
	ada := shop.Customer("Grace", shop.Organization("Acme"))
	out := shop.Create(helpdeskfake.Ticket{Subject: "Cannot pay", Description: "The payment fails.", Tags: []string{"payments"}, RequesterID: ada})
	if code := s.Post("/webhooks/shop?secret=planted-shop", string(shop.Delivery(out)), nil); code != 200 {
		t.Fatalf("the webhook was answered %d", code)
	}
	s.Settle()
	for _, ticket := range []string{"support/" + in, "shop/" + out} {
		s.API("POST", "/incidents/"+key+"/links", map[string]any{"ticket": ticket, "by": "grace"}, 200, nil)
	}
	s.Settle()
	s.FastForward(31 * time.Minute)
	if tags := shop.Tags(out); len(tags) != 2 {
		t.Errorf("Freshdesk's ticket has the tags %q, want the incident's too", tags)
	}
}
