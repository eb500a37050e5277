//go:build browser

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A browser is a real Chromium that looks at a story. Its program is the one
// that TICKETLINK_CHROMIUM names, else chromium.
type browser struct {
	*story
	ctx        context.Context
	axe        string // the source of axe-core, from the file that TICKETLINK_AXE names
	complaints *complaints
}

// complaints are what pages wrote to the console: exceptions, and what the
// content security policy refused.
type complaints struct {
	mu    sync.Mutex
	lines []string
}

// browserWait bounds what a page may take on a busy machine.
const browserWait = 30 * time.Second

// Browser opens Chromium.
func (s *story) Browser() *browser {
	s.t.Helper()
	program := cmp.Or(os.Getenv("TICKETLINK_CHROMIUM"), "chromium")
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	s.t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	s.t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil { // the browser outlives the time limits of what it does
		s.t.Fatalf("start %s: %v (install Chromium, or name its program with TICKETLINK_CHROMIUM)", program, err)
	}
	b := &browser{story: s, ctx: ctx, axe: s.axe(), complaints: &complaints{}}
	messages := chromedp.Console(ctx)
	go b.complaints.listen(messages)
	b.Do(chromedp.EmulateViewport(1440, 900))
	return b
}

func (s *story) axe() string {
	s.t.Helper()
	file := os.Getenv("TICKETLINK_AXE")
	if file == "" && os.Getenv("CI") == "true" {
		s.t.Fatal("set TICKETLINK_AXE to the path of axe-core's axe.min.js: npm install axe-core")
	}
	if file == "" {
		return ""
	}
	source, err := os.ReadFile(file)
	s.must(err)
	return string(source)
}

func (c *complaints) listen(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range messages {
		if err != nil {
			return
		}
		conflict := strings.Contains(m.String(), "status of 409 (Conflict)") // an answer that the page shows
		if m.IsException() || m.Type == "error" && !conflict {
			c.mu.Lock()
			c.lines = append(c.lines, m.String())
			c.mu.Unlock()
		}
	}
}

// Do runs actions one after the other.
func (b *browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserWait)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%v; the page says: %s", err, b.Text("body"))
	}
	b.complaints.mu.Lock()
	defer b.complaints.mu.Unlock()
	if len(b.complaints.lines) > 0 {
		b.t.Fatalf("the page complains: %q", b.complaints.lines)
	}
}

// value runs an action that has one.
func value[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserWait)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	b.must(err)
	return v
}

// Text is what an element says.
func (b *browser) Text(selector string) string {
	b.t.Helper()
	return value(b, chromedp.Text(chromedp.CSS(selector)))
}

// Open goes to a page of ours.
func (b *browser) Open(path string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(b.service.URL + path))
}

// Press types a key where the focus is.
func (b *browser) Press(key string) {
	b.t.Helper()
	b.Do(chromedp.KeyEvent(key))
}

// Click clicks on an element.
func (b *browser) Click(selector string) {
	b.t.Helper()
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Enter presses the Enter key on an element: it does what a click does, wherever
// a live update has moved it meanwhile.
func (b *browser) Enter(selector string) {
	b.t.Helper()
	b.Do(chromedp.Focus(chromedp.CSS(selector)))
	b.Press("\r")
}

// Until waits until a script's expression holds.
func (b *browser) Until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserWait)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression))
	for err != nil && ctx.Err() == nil { // the page went elsewhere while it was asked
		_, err = chromedp.Run(ctx, chromedp.Poll[bool](expression))
	}
	if err != nil {
		b.t.Fatalf("wait until %s: %v; the page says: %s", expression, err, b.Text("body"))
	}
}

// Looks checks a page in both schemes and at both widths: nothing for axe to
// say about WCAG A and AA, no sideways scrolling. Screenshots go to the folder
// that TICKETLINK_SCREENSHOTS names.
func (b *browser) Looks(name, path string) {
	b.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1440, 390} {
			b.Scheme(scheme)
			b.Do(chromedp.EmulateViewport(width, 900))
			b.Open(path)
			label := name + "-" + map[int64]string{1440: "wide", 390: "narrow"}[width] + "-" + scheme
			b.screenshot(label)
			b.accessible(label)
			if beyond := value(b, chromedp.Evaluate[int]("document.documentElement.scrollWidth - document.documentElement.clientWidth")); beyond > 0 {
				b.t.Errorf("%s scrolls sideways by %d pixels", label, beyond)
			}
		}
	}
	b.Scheme("light")
	b.Do(chromedp.EmulateViewport(1440, 900))
}

// Scheme sets what the visitor prefers: light or dark.
func (b *browser) Scheme(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	b.must(err)
}

func (b *browser) screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("TICKETLINK_SCREENSHOTS")
	if dir == "" {
		return
	}
	png := value(b, chromedp.FullScreenshot(100))
	b.must(os.MkdirAll(dir, 0o755))
	b.must(os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// accessible runs axe on the page as it is.
func (b *browser) accessible(label string) {
	b.t.Helper()
	if b.axe == "" {
		b.t.Log("axe was not run: TICKETLINK_AXE names no file")
		return
	}
	value(b, chromedp.Evaluate[chromedp.Void](b.axe+"; undefined"))
	raw := value(b, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
		.then(r => JSON.stringify(r.violations.map(v => ({rule: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " :: " + n.failureSummary)}))))`,
		chromedp.EvalAwaitPromise))
	var violations []struct {
		Rule, Help string
		Nodes      []string
	}
	b.must(json.Unmarshal([]byte(raw), &violations))
	for _, v := range violations {
		b.t.Errorf("%s: %s: %s: %q", label, v.Rule, v.Help, v.Nodes)
	}
}

func TestPagesLookRight(t *testing.T) {
	s := newStory(t)
	s.ShopIncident()
	b := s.Browser()
	for name, path := range map[string]string{"now": "/", "incident": "/incidents/INC-1", "tickets": "/incidents/INC-1/tickets?list=linked",
		"suggested": "/incidents/INC-1/tickets?list=suggested", "timeline": "/incidents/INC-1/timeline", "docs": "/docs",
		"start": "/incidents/INC-1/start?at=2026-11-23T08:30", "ticket": "/tickets/support/" + s.ticketLike("INC-1"), "follow-ups": "/follow-ups?view=all",
		"declare": "/declare", "incidents": "/incidents"} {
		b.Looks(name, path)
	}
}
