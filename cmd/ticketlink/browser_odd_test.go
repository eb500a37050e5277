//go:build browser

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// What customers write is shown as they wrote it, whatever it is, and bends no
// page: no sideways scrolling, no markup of theirs, no direction of theirs
// beyond their own words.
func TestOddTextsLookRight(t *testing.T) {
	s := newStory(t, careful)
	s.Ordinary(300)
	org := s.helpdesk.AddOrganization(zendeskfake.Organization{Name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft & Söhne <b>GmbH</b> " + strings.Repeat("名前", 40)})
	odd := []string{
		strings.Repeat("x", 255), strings.Repeat("payment-", 40), "הניסיון לשלם נכשל (payment) שוב ושוב", "فشل الدفع عند إتمام الشراء 502!",
		"支払いができません。カードが拒否されました。" + strings.Repeat("至急", 60), "💳👩‍👩‍👧‍👦🏳️‍🌈 payment 🔥", `<script>alert(1)</script><img src=x onerror=alert(2)> payment`,
		`"><svg onload=alert(3)> payment 'declined'`, "payment \u202egnp.exe\u202c declined", "&lt;b&gt; payment &amp; more",
	}
	var ids []string
	for _, subject := range odd {
		who := s.helpdesk.AddCustomer(zendeskfake.Customer{Name: "Customer", OrganizationID: org})
		ids = append(ids, s.helpdesk.CreateTicket(zendeskfake.Ticket{Subject: subject, Description: "payment declined at checkout " + subject, RequesterID: who,
			Tags: []string{"payments", "c++", "a&b", "a/b?c=d#e", strings.Repeat("tag", 60), "标签"}, At: s.clock()}))
	}
	s.PaymentTickets(5)
	s.Alert("firing", "PaymentErrors", "payments", "f1", s.clock())
	s.Settle()
	for _, id := range ids {
		s.API("PUT", "/incidents/INC-1/tickets/support/"+id, map[string]any{"state": "confirmed", "by": "Grace"}, 200, nil)
	}
	s.API("PATCH", "/incidents/INC-1", map[string]any{"title": strings.Repeat("Zahlungsausfall", 20) + " فشل <i>", "summary": strings.Repeat("y", 400), "severity": strings.Repeat("z", 60)}, 200, nil)
	s.FastForward(time.Hour)
	b := s.Browser()
	for name, path := range map[string]string{"odd-incident": "/incidents/INC-1", "odd-tickets": "/incidents/INC-1/tickets?list=linked", "odd-now": "/",
		"odd-follow-ups": "/follow-ups?view=all", "odd-ticket": "/tickets/support/" + ids[0], "odd-script": "/tickets/support/" + ids[6],
		"odd-start": "/incidents/INC-1/start?at=2026-11-23T08:30", "odd-report": "/incidents/INC-1/report"} {
		b.Looks(name, path)
	}
	b.Open("/incidents/INC-1/tickets?list=linked")
	if theirs := value(b, chromedp.Evaluate[int](`document.querySelectorAll("main script, main img, main i, .row-title svg").length`)); theirs != 0 {
		t.Errorf("%d elements of a customer's own are in the page", theirs)
	}
	if text := b.Text("main"); !strings.Contains(text, odd[6]) {
		t.Errorf("the subject with markup is not shown as written: %q", text)
	}
}
