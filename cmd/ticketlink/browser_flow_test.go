//go:build browser

package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// careful makes the machine ask about every ticket.
func careful(text string) string {
	return strings.Replace(text, "careful_start: 0", "careful_start: 1000", 1)
}

// carefulIncident plays an incident with only suggestions.
func carefulIncident(t *testing.T) *story {
	s := newStory(t, careful)
	s.Ordinary(600)
	s.PaymentTickets(12)
	s.Alert("firing", "PaymentErrors", "payments", "f1", s.clock())
	s.Settle()
	return s
}

func TestDecidingByKeyboard(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/incidents/INC-1")
	b.Press("j")
	b.Press("j")
	ticket := value(b, chromedp.Evaluate[string]("document.activeElement.querySelector('.row-title a').textContent.slice(1)"))
	s.ExpectState("INC-1", ticket, "suggested")

	b.Press("y")
	b.Until("document.querySelector('#done')?.innerText.includes('1 ticket confirmed')")
	s.ExpectState("INC-1", ticket, "confirmed")
	if by := s.Links("INC-1")[ticket].DecidedBy; by != "local" {
		t.Errorf("the decision carries the name %q, want local", by)
	}
	b.Until("document.activeElement.closest('[data-row]') !== null") // on to the next one

	b.Press("u")
	b.Until("document.querySelector('#done')?.innerText.includes('1 ticket back as before')")
	s.ExpectState("INC-1", ticket, "suggested")
	if by := s.Links("INC-1")[ticket].DecidedBy; by != "" {
		t.Errorf("the decision was undone and still carries the name %q", by)
	}
	b.Press("?")
	b.Until("document.getElementById('keys').open")
	b.Press(kb.Escape)
	b.Until("!document.getElementById('keys').open")
	b.screenshot("keyboard")
}

func TestDecidingInBulkByFilter(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/incidents/INC-1/tickets?list=suggested&words=declined")
	b.Click(".bulk button.primary")
	b.Until("document.querySelector('#done')?.innerText.includes('3 tickets confirmed')")
	confirmed := 0
	for _, l := range s.Links("INC-1") {
		if l.State == "confirmed" {
			confirmed++
		}
	}
	if confirmed != 3 {
		t.Errorf("%d tickets are confirmed, want the 3 that the filter let through", confirmed)
	}
	b.Click("#done button")
	b.Until("document.querySelector('#done')?.innerText.includes('3 tickets back as before')")
	for id, l := range s.Links("INC-1") {
		if l.State == "confirmed" {
			t.Errorf("ticket %s is still confirmed after the undo", id)
		}
	}
}

// What comes in while the page is open is shown, and moves no row that
// somebody is working on.
func TestThePageFollowsWhatHappens(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/incidents/INC-1")
	b.Until("document.getElementById('stream').textContent === 'live'")
	b.Press("j")
	before := value(b, chromedp.Evaluate[string]("rowsOf(document.querySelector('#list-suggested'))"))
	top := value(b, chromedp.Evaluate[float64]("document.activeElement.getBoundingClientRect().top"))
	s.PaymentTickets(3)
	s.FastForward(2 * 60e9)
	b.Until("document.querySelector('.held') !== null")
	if now := value(b, chromedp.Evaluate[string]("rowsOf(document.querySelector('#list-suggested'))")); now != before {
		t.Errorf("rows changed under somebody's hands: %s, before %s", now, before)
	}
	if now := value(b, chromedp.Evaluate[float64]("document.activeElement.getBoundingClientRect().top")); now-top > 40 {
		t.Errorf("the row in hand moved by %.0f pixels", now-top)
	}
	b.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.blur(); undefined"))
	b.Until("document.querySelectorAll('#list-suggested [data-row]').length === 15")
}

func TestMovingTheStart(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	began := s.clock()
	s.FastForward(30 * 60e9)
	early := s.PaymentTickets(4)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	b := s.Browser()
	b.Open("/incidents/INC-1/start?at=2026-11-23T08:30")
	if text := b.Text("main"); !strings.Contains(text, "If it began 23 Nov 08:30 instead of 23 Nov 09:00") {
		t.Errorf("the preview says %q", text)
	}
	var before struct {
		Started string `json:"started_at"`
	}
	s.API("GET", "/incidents/INC-1", nil, 200, &before)
	if before.Started != "2026-11-23T09:00:00Z" {
		t.Errorf("the preview has moved the start to %s", before.Started)
	}
	b.Click("section .primary")
	b.Until("location.pathname === '/incidents/INC-1'")
	s.API("GET", "/incidents/INC-1", nil, 200, &before)
	if before.Started != "2026-11-23T08:30:00Z" {
		t.Errorf("the start is %s after saving", before.Started)
	}
	s.Settle()
	s.ExpectLinked("INC-1", early...)
}
