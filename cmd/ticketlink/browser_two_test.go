//go:build browser

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Tab is another page of the same browser.
func (b *browser) Tab() *browser {
	b.t.Helper()
	ctx, end := chromedp.NewContext(b.ctx)
	b.t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		b.t.Fatalf("open a second page: %v", err)
	}
	tab := &browser{story: b.story, ctx: ctx, axe: b.axe, complaints: &complaints{}}
	messages := chromedp.Console(ctx)
	go tab.complaints.listen(messages)
	tab.Do(chromedp.EmulateViewport(1440, 900))
	return tab
}

// Edit writes into a field of the form that changes an incident.
func (b *browser) Edit(field, text string) {
	b.t.Helper()
	if !value(b, chromedp.Evaluate[bool]("document.getElementById('edit').open")) {
		b.Click(`[data-opens="edit"]`)
		b.Until("document.activeElement.name === 'title'")
	}
	selector := "#edit [name=" + field + "]"
	b.Do(chromedp.Evaluate[chromedp.Void]("document.querySelector('" + selector + "').select(); undefined"))
	b.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Two people who change one incident at once: the second is told what the first
// has changed, and nothing of either is lost.
func TestTwoPeopleChangeOneIncident(t *testing.T) {
	s := carefulIncident(t)
	grace := s.Browser()
	annie := grace.Tab()
	for _, b := range []*browser{grace, annie} {
		b.Open("/incidents/INC-1")
		b.Until("document.getElementById('stream').textContent === 'live'")
	}
	annie.Edit("title", "Cards are refused")
	grace.Edit("title", "Payments are down")
	grace.Edit("severity", "sev1")
	grace.Enter("#edit button.primary")
	grace.Until("document.querySelector('h1').innerText === 'Payments are down'")
	annie.Until("document.querySelector('h1').innerText === 'Payments are down'") // the page is live; the form is in her hands

	annie.Enter("#edit button.primary")
	annie.Until("document.querySelector('h1').innerText.startsWith('Somebody changed INC-1')")
	if i := s.incidentFields("INC-1"); i.Title != "Payments are down" {
		t.Errorf("the title is %q, Grace's was overwritten unseen", i.Title)
	}
	for _, said := range []string{"title", "is now “Payments are down”", "you wrote “Cards are refused”", "severity", "is now “sev1”"} {
		if text := annie.Text(".alarm"); !strings.Contains(text, said) {
			t.Errorf("the conflict says %q, want %s in it", text, said)
		}
	}
	annie.accessible("conflict")
	annie.screenshot("conflict")
	annie.Enter("form button.primary")
	annie.Until("location.pathname === '/incidents/INC-1' && document.querySelector('h1').innerText === 'Cards are refused'")
	var after struct{ Title, Severity string }
	s.API("GET", "/incidents/INC-1", nil, 200, &after)
	if after.Title != "Cards are refused" || after.Severity != "sev1" {
		t.Errorf("in the end it is %+v, want Annie's title and Grace's severity", after)
	}
	// Saved, the form follows what others do again.
	grace.Until("document.querySelector('#edit [name=title]').value === 'Cards are refused'")
	grace.Edit("title", "All cards are refused")
	grace.Enter("#edit button.primary")
	annie.Until("document.querySelector('#edit [name=title]').value === 'All cards are refused'")
}

// A decision that cannot be saved says so, and the page goes on.
func TestADecisionThatIsNotSaved(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/incidents/INC-1")
	b.Until("document.getElementById('stream').textContent === 'live'")
	b.Press("j")
	b.Do(chromedp.Evaluate[chromedp.Void]("window.ours = window.fetch; window.fetch = () => Promise.reject(new TypeError('cut off')); undefined"))
	b.Press("y")
	b.Until("document.getElementById('done').innerText.includes('Nothing was saved')")
	b.Do(chromedp.Evaluate[chromedp.Void]("window.fetch = window.ours; undefined"))
	b.Press("y")
	b.Until("document.getElementById('done').innerText.includes('1 ticket confirmed')")
	s.FastForward(time.Minute)
}

// A form that the browser fills in again, after a reload or on the way back,
// never goes with a version that its text was not written for.
func TestGoingAwayAndBackMixesNoVersions(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	for name, leave := range map[string]func(){
		"reloaded": func() { b.Do(chromedp.Evaluate[chromedp.Void]("setTimeout(() => location.reload()); undefined")) },
		"gone back to": func() {
			b.Open("/follow-ups")
			b.Do(chromedp.Evaluate[chromedp.Void]("setTimeout(() => history.back()); undefined"))
		},
	} {
		b.Open("/incidents/INC-1")
		b.Until("document.getElementById('stream').textContent === 'live'")
		b.Edit("title", "Typed and not saved")
		s.API("PATCH", "/incidents/INC-1", map[string]any{"title": "Changed by " + name}, 200, nil)
		b.Do(chromedp.Evaluate[chromedp.Void]("window.old = true; undefined"))
		leave()
		b.Until("window.old === undefined && location.pathname === '/incidents/INC-1' && document.getElementById('stream')?.textContent === 'live'")
		if title := value(b, chromedp.Evaluate[string]("document.querySelector('#edit [name=title]').value")); title != "Changed by "+name {
			t.Errorf("%s, the form has the title %q under the newest version", name, title)
		}
	}
}
