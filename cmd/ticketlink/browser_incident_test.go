//go:build browser

package main

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

type incidentFields struct {
	Title, Status, Message string
	StartedAt              time.Time `json:"started_at"`
}

func (s *story) incidentFields(key string) (i incidentFields) {
	s.t.Helper()
	s.API("GET", "/incidents/"+key, nil, 200, &i)
	return i
}

// The start is moved where the plot is clicked: what would change is seen
// first, and nothing is saved before somebody says so.
func TestMovingTheStartOnThePlot(t *testing.T) {
	s := newStory(t)
	s.Ordinary(600)
	began := s.clock()
	s.FastForward(30 * time.Minute)
	early := s.PaymentTickets(4)
	s.Alert("firing", "PaymentErrors", "payments", "f1", began)
	b := s.Browser()
	b.Open("/incidents/INC-1")
	b.Click(`#head a[href$="/start"]`)
	b.Until("document.querySelector('#plot[data-movable] .plot-area') !== null")
	at := value(b, chromedp.Evaluate[struct{ X, Y float64 }](fmt.Sprintf(`(() => {
		const area = document.querySelector('.plot-area'), box = area.getBoundingClientRect(), {from, to} = area.dataset;
		return {X: box.left + box.width * (%d - from) / (to - from), Y: box.top + box.height / 2}})()`, began.Add(-30*time.Minute).Unix())))
	b.Do(chromedp.MouseClickXY(at.X, at.Y))
	b.Until("document.querySelector('h2#h-change')?.innerText.includes('instead of 23 Nov 09:00')")
	preview := b.Text("#h-change")
	if now := s.incidentFields("INC-1"); !now.StartedAt.Equal(began) {
		t.Errorf("the preview has moved the start to %s", now.StartedAt)
	}
	b.Click("section .primary")
	b.Until("location.pathname === '/incidents/INC-1'")
	moved := s.incidentFields("INC-1").StartedAt // a pixel is a minute or two
	if off := moved.Sub(began.Add(-30 * time.Minute)).Abs(); off > 3*time.Minute || !strings.Contains(preview, moved.Format("If it began 2 Jan 15:04 ")) {
		t.Errorf("clicked on 08:30; the preview was %q, the start is %s", preview, moved)
	}
	if text := b.Text("#head"); !strings.Contains(text, "Began "+moved.Format("2 Jan 15:04")) {
		t.Errorf("the page says %q after the start was moved to %s", text, moved)
	}
	s.Settle()
	s.ExpectLinked("INC-1", early...)
}

// An incident is edited, resolved with a word to customers, and reopened.
func TestAnIncidentsLifeInTheBrowser(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/incidents/INC-1")
	b.Click(`[data-opens="edit"]`)
	b.Until("document.activeElement.name === 'title'")
	b.Do(chromedp.SetValue(chromedp.CSS("#edit [name=title]"), "Cards are refused – “declined” ✗"))
	b.Click("#edit button.primary")
	b.Until("document.querySelector('h1').innerText.startsWith('Cards are refused')")
	if title := s.incidentFields("INC-1").Title; title != "Cards are refused – “declined” ✗" {
		t.Errorf("the title is %q", title)
	}
	b.Click(`[data-opens="resolve"]`)
	b.Until("document.activeElement.name === 'resolved_at'")
	b.Do(chromedp.SendKeys(chromedp.CSS("#resolve [name=message]"), "A deploy was rolled back."))
	b.Click("#resolve button.primary")
	b.Until("document.querySelector('#head .badge.resolved') !== null")
	if i := s.incidentFields("INC-1"); i.Status != "resolved" || i.Message != "A deploy was rolled back." {
		t.Errorf("it is %s, with the word %q to customers", i.Status, i.Message)
	}
	b.Click("#head form button")
	b.Until("document.querySelector('#head .badge.open') !== null && document.getElementById('done').innerText.includes('Reopened.')")
	if status := s.incidentFields("INC-1").Status; status != "open" {
		t.Errorf("after reopening it is %s", status)
	}
}

// Reasons are drawn as a waterfall: each bar begins where the one before ended,
// and the last one is their sum.
func TestTheEvidenceAddsUp(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	b.Open("/incidents/INC-1")
	b.Until("document.readyState === 'complete'")
	b.Press("j")
	b.Press("e")
	b.Until("document.activeElement.querySelector('details').open && document.activeElement.querySelector('.fall') !== null")
	type bar struct {
		Class, Text string
		From, To    float64 // pixels
		Weight      float64
	}
	bars := value(b, chromedp.Evaluate[[]bar](`[...document.activeElement.querySelectorAll('.fall li')].map(li => {
		const box = li.querySelector('rect').getBoundingClientRect(), weight = Number(li.querySelector('.fall-weight').textContent.replace('−', '-'));
		return {Class: li.className, Text: li.querySelector('.fall-name').textContent, From: weight < 0 ? box.right : box.left, To: weight < 0 ? box.left : box.right, Weight: weight}})`))
	if len(bars) < 4 || bars[len(bars)-1].Class != "total" {
		t.Fatalf("the waterfall is %+v, want reasons and their sum", bars)
	}
	sum, end := 0.0, bars[0].To
	for _, bar := range bars[1 : len(bars)-1] {
		if math.Abs(bar.From-end) > 3 && math.Abs(bar.Weight) > 0.1 {
			t.Errorf("%s begins at %.0f, the one before ended at %.0f", bar.Text, bar.From, end)
		}
		end = bar.To
	}
	for _, bar := range bars[:len(bars)-1] {
		sum += bar.Weight
	}
	if total := bars[len(bars)-1].Weight; math.Round(100*total) != math.Round(100*sum) {
		t.Errorf("all together is %.2f, the bars add up to %.2f", total, sum)
	}
	b.screenshot("waterfall")
}

// A webhook that could not be read is seen from the first page, and tried again.
func TestDeadLettersInTheBrowser(t *testing.T) {
	s := newStory(t)
	s.Settle()
	s.exec(`insert into inbox (source, dedup_key, received_at, due_at, body) values ('support', 'poison', '2026-11-23', '2026-11-23', '{"detail": 17')`)
	s.Settle()
	b := s.Browser()
	b.Open("/")
	b.Click(`a[href="/dead-letters"]`)
	b.Until("document.querySelectorAll('#letters li').length === 1")
	if text := b.Text("#letters"); !strings.Contains(text, "support") || strings.Contains(text, "detail") {
		t.Errorf("the letter's line is %q, want its source and reason, and nothing it holds", text)
	}
	b.Looks("dead-letters", "/dead-letters")
	b.Open("/dead-letters")
	s.exec(`update inbox set body = '{"ticket_id":"1001"}' where dedup_key = 'poison'`)
	b.Click("#letters button")
	b.Until("document.querySelector('#letters') === null && document.getElementById('done').innerText.includes('tried again now')")
	s.FastForward(time.Minute)
	s.ExpectMetric(`ticketlink_dead_letters{kind="webhook"}`, "0")
	b.Looks("calm", "/")
}

// A page that hears nothing more says so at once, wherever it is scrolled to,
// and is live again by itself.
func TestThePageSaysWhenItIsCutOff(t *testing.T) {
	s := carefulIncident(t)
	b := s.Browser()
	var away atomic.Bool
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if away.Load() {
			http.Error(rw, "starting", http.StatusServiceUnavailable)
			return
		}
		s.service.Config.Handler.ServeHTTP(rw, r)
	}))
	t.Cleanup(front.Close)
	t.Cleanup(front.CloseClientConnections)
	b.Do(chromedp.Navigate(front.URL + "/incidents/INC-1"))
	b.Until("document.getElementById('stream').textContent === 'live'")
	b.Do(chromedp.Evaluate[chromedp.Void]("scrollTo(0, 600); undefined"))
	away.Store(true)
	front.CloseClientConnections()
	b.Until("document.getElementById('stream').textContent.startsWith('not live since') && document.querySelector('.top').getBoundingClientRect().top === 0")
	b.screenshot("cut-off")
	away.Store(false)
	b.Until("document.getElementById('stream').textContent === 'live'")
}
