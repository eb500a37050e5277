//go:build browser

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/ticketlink/ticketlink/integrations/openid/openidfake"
	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// A rush that no incident explains becomes one with a click, or with the form filled in.
func TestDeclaringASurge(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	s.PaymentTickets(15)
	s.FastForward(5 * time.Minute)
	b := s.Browser()
	b.Open("/")
	b.screenshot("surge")
	b.Click("#surges a.button")
	b.Until("document.querySelector('[name=title]')?.value.length > 0")
	b.Open("/")
	b.Click("#surges form[action='/declare'] button")
	b.Until("location.pathname === '/incidents/INC-1'")
	s.Settle()
	b.Open("/")
	if value(b, chromedp.Evaluate[bool]("document.querySelector('#surges') !== null")) {
		t.Errorf("the rush is still there after it was declared: %s", b.Text("main"))
	}
}

// Follow-ups are done, put off and given to somebody else without the page
// being left for long.
func TestWorkingThroughFollowUps(t *testing.T) {
	s, f, _ := reassigning(t)
	b := s.Browser()
	b.Looks("reassign", "/follow-ups/"+f.ID+"/reassign?back=/follow-ups%3Fview%3Dall")
	b.Open("/follow-ups?view=all")
	row := "#f-" + f.ID
	b.Click(row + " a.button")
	b.Until("location.pathname.endsWith('/reassign')")
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=assignee]").selectedIndex = 0; undefined`)) // Annie Easley
	b.Click("form.form button.primary")
	b.Until("document.querySelector('#done')?.innerText.includes('Follow-up reassigned')")
	if text := b.Text(row); !strings.Contains(text, "Annie Easley") {
		t.Errorf("the follow-up says %q, want Annie Easley", text)
	}
	b.Click(row + " [value=snooze]")
	b.Until("document.querySelector('#done')?.innerText.includes('Follow-up snoozed')")
	b.Until("document.querySelector('" + row + "').innerText.includes('snoozed until')")
	b.Click(row + " [value=done]")
	b.Until("document.querySelector('" + row + "') === null")
}

// A helpdesk that does not answer is told before the calm below it.
func TestAFailingSourceIsSeenFirst(t *testing.T) {
	s := newStory(t)
	s.helpdesk.Inject(zendeskfake.Fault{Path: "/api/v2/incremental/", Times: 10, Status: 503})
	s.Rough(func() { s.Settle() })
	b := s.Browser()
	b.Looks("failing", "/")
	if text := b.Text("#alarm"); !strings.Contains(text, "Not every source is heard") || !strings.Contains(text, "support") {
		t.Errorf("the alarm says %q", text)
	}
	if text := b.Text("#open"); strings.Contains(text, "Every source is heard") {
		t.Errorf("silence is taken for calm: %q", text)
	}
}

// A ticket tells what it was scored against, and what spoke against it.
func TestWhyATicketIsNotLinked(t *testing.T) {
	s := carefulIncident(t)
	other := s.Ticket("Dark mode", "A dark mode would be lovely.", "wish")
	s.Settle()
	b := s.Browser()
	b.Open("/tickets/support/" + other)
	if text := b.Text("#s-INC-1"); !strings.Contains(text, "not linked") || !strings.Contains(text, "most against it") {
		t.Errorf("the ticket's page says %q", text)
	}
	b.Looks("not-linked", "/tickets/support/"+other)
}

func TestTheReportIsSeenBeforeItIsWritten(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/incidents/INC-1")
	b.Until("document.querySelector('#timeline #events') !== null")
	if value(b, chromedp.Evaluate[bool]("document.querySelector('#report .summary') !== null")) {
		t.Error("the report was made although nobody has asked for it")
	}
	b.Click("#report summary")
	b.Until("document.querySelector('#report .summary')?.innerText.includes('INC-1')")
	b.Click("#head .actions a")
	b.Until("document.querySelector('pre.said')?.innerText.includes('Payments fail at checkout')")
	b.Looks("report", "/incidents/INC-1/report")
}

// What a role does not allow is not offered, and the same page serves whoever
// may do more.
func TestRolesInTheBrowser(t *testing.T) {
	var p *openidfake.Server
	s := newStory(t, withProvider(t, &p, ", default_role: viewer"))
	s.Ticket("Search is slow", "It finds nothing.")
	s.Settle()
	b := s.Browser()
	b.Looks("sign-in", "/sign-in")
	for _, c := range []struct {
		name   string
		groups []string
		offers bool
	}{{"Agnes", []string{"support"}, true}, {"Vera", nil, false}} {
		p.Claims = claims(c.name, c.groups...)
		b.Open("/sign-in")
		b.Click("a.button.primary")
		b.Until("location.pathname === '/'")
		if offers := value(b, chromedp.Evaluate[bool](`document.querySelector('a[href="/declare"]') !== null`)); offers != c.offers {
			t.Errorf("%s is offered to declare: %v", c.name, offers)
		}
		if text := b.Text(".who"); !strings.Contains(text, c.name) {
			t.Errorf("the page says %q, want %s", text, c.name)
		}
		b.Click(".who button")
		b.Until("location.pathname === '/sign-in'")
	}
}

// From the first page to a decision without a mouse.
func TestKeyboardAlone(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/")
	b.Press(kb.Tab)
	if text := value(b, chromedp.Evaluate[string]("document.activeElement.textContent")); text != "Skip to the content" {
		t.Errorf("the first stop is %q", text)
	}
	b.Press(kb.Enter)
	for range 10 {
		if value(b, chromedp.Evaluate[bool]("document.activeElement.getAttribute('href') === '/incidents/INC-1'")) {
			break
		}
		b.Press(kb.Tab)
	}
	b.Press(kb.Enter)
	b.Until("location.pathname === '/incidents/INC-1' && document.readyState === 'complete'") // keys work once the script runs
	b.Press("j")
	b.Press("e")
	b.Until("document.activeElement.closest('[data-row]')?.querySelector('details')?.open === true")
	b.Press("y")
	b.Until("document.querySelector('#done')?.innerText.includes('1 ticket confirmed')")
}

// Nothing that was on the screen moves while a page fills up and changes.
func TestNothingJumps(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	for _, c := range []struct {
		width int64
		path  string
	}{{1440, "/incidents/INC-1"}, {390, "/incidents/INC-1"}, {390, "/"}, {1440, "/incidents/INC-1/tickets?list=suggested"}} {
		b.Do(chromedp.EmulateViewport(c.width, 900))
		b.Open(c.path)
		b.Until("document.getElementById('stream').textContent === 'live' && [...document.querySelectorAll('[data-load]')].every(p => p.closest('details:not([open])') || p.querySelector('ol'))")
		s.PaymentTickets(1)
		s.FastForward(time.Minute)
		b.Until("performance.getEntriesByType('resource').filter(e => e.initiatorType === 'fetch' && e.name === location.href).length > 1") // once as it opens, once for the new ticket
		shift := value(b, chromedp.Evaluate[float64](layoutShift, chromedp.EvalAwaitPromise))
		first := value(b, chromedp.Evaluate[float64](`performance.getEntriesByName("first-contentful-paint")[0].startTime`))
		t.Logf("%s at %d: layout shift %.3f, first contentful paint %.0f ms", c.path, c.width, shift, first)
		if shift > 0.1 { // what https://web.dev/articles/cls calls good
			t.Errorf("%s at %d pixels: the layout shifts by %.3f, want at most 0.1", c.path, c.width, shift)
		}
	}
}

// layoutShift adds up what has moved by itself since the page was opened.
const layoutShift = `new Promise(done => {
	new PerformanceObserver(list => done(list.getEntries().filter(e => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0))).observe({type: "layout-shift", buffered: true});
	setTimeout(() => done(0), 500)})`
