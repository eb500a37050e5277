package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Markdown writes the report as Markdown (CommonMark with tables). What people
// and other systems wrote on one line is escaped; the sections that people
// write are Markdown already and are left as they are.
func Markdown(r Report) string {
	m := &markdown{}
	i := r.Incident
	m.line("# %s: %s", plain(i.Key), plain(i.Title))
	m.line("%s", plain(r.Summary))
	for paragraph := range strings.Lines(i.Summary) {
		m.row("> %s", plain(strings.TrimSpace(paragraph)))
	}
	m.row("")
	m.tickets(r)
	m.replies(r.Replies)
	m.timeline(r.Timeline)
	m.customers(r.Customers)
	m.followUps(r.FollowUps)
	m.references(r)
	for _, s := range r.Sections {
		m.line("## %s", s.Title)
		if s.Text != "" {
			m.line("%s", strings.TrimSpace(s.Text))
		} else {
			m.line("<!-- %s -->", s.Hint)
		}
	}
	m.figures(r.Figures)
	m.line("*Written by ticketlink from what was known on %s at %s UTC. All times are UTC.*", day(r.WrittenAt), clock(r.WrittenAt))
	return m.String()
}

type markdown struct{ strings.Builder }

// line writes a block and the empty line behind it.
func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n\n", args...) }

// row writes a line of a table or list.
func (m *markdown) row(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// plain is text without a meaning in Markdown or HTML.
func plain(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]",
	"<", "&lt;", ">", "&gt;", "|", "\\|", "#", "\\#", "&", "&amp;", "\r", "", "\n", " ")

const (
	barWidth = 40 // characters
	barRows  = 40
)

// tickets draws the plot as text: a bar of linked (█) and other (░) tickets,
// the usual number behind it.
func (m *markdown) tickets(r Report) {
	s := r.Tickets
	if len(s.All) == 0 {
		return
	}
	s = s.narrowed(barRows)
	highest := 1
	for n := range s.All {
		highest = max(highest, s.All[n])
	}
	m.line("## Tickets over time")
	m.line("Tickets per %s: █ linked to the incident, ░ all others; behind them all tickets and, in brackets, the usual number.", stepName(s))
	m.row("```text")
	names := marks(r.Incident)
	for n := range s.All {
		note := ""
		for _, k := range names {
			if !k.at.Before(s.at(n)) && k.at.Before(s.at(n+1)) {
				note += " ← " + k.name
			}
		}
		linked := bar(s.Linked[n], highest)
		others := max(bar(s.All[n], highest)-linked, 0)
		m.row("%s %s%s%s %3d (%.0f)%s", moment(s.at(n)), strings.Repeat("█", linked), strings.Repeat("░", others),
			strings.Repeat(" ", max(barWidth-linked-others, 0)), s.All[n], s.Usual[n], note)
	}
	m.line("```")
}

func bar(n, highest int) int { return int(math.Ceil(float64(n*barWidth) / float64(highest))) }

// narrowed sums steps until there are at most n.
func (s Series) narrowed(n int) Series {
	step := stepOf(len(s.All), n-1, s.step())
	by := int(step / s.step())
	out := Series{Start: s.Start.Truncate(step), Seconds: int(step / time.Second)}
	before := int(s.Start.Sub(out.Start) / s.step())
	for k := range s.All {
		if k == 0 || (k+before)%by == 0 {
			out.Linked, out.All, out.Usual = append(out.Linked, 0), append(out.All, 0), append(out.Usual, 0)
		}
		last := len(out.All) - 1
		out.Linked[last] += s.Linked[k]
		out.All[last] += s.All[k]
		out.Usual[last] += s.Usual[k]
	}
	return out
}

func (m *markdown) replies(all []Wait) {
	if !slices.ContainsFunc(all, func(w Wait) bool { return w.Tickets > 0 }) {
		return
	}
	m.line("## How long customers waited for a first reply")
	m.row("| Waited | Tickets |\n| --- | ---: |")
	for _, w := range all {
		if w.Tickets > 0 {
			m.row("| %s | %d |", w.Label, w.Tickets)
		}
	}
	m.row("")
}

func (m *markdown) timeline(events []Event) {
	m.line("## Timeline")
	for _, d := range days(events) {
		m.line("**%s**", day(d.Day))
		for _, e := range d.Events {
			who := ""
			if e.Actor != "" {
				who = " (" + plain(e.Actor) + ")"
			}
			m.row("- %s %s%s", clock(e.At), link(e.Text, e.URL), who)
		}
		m.row("")
	}
}

// link is text with its address, if that is one for a browser.
func link(text, url string) string {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") || strings.ContainsAny(url, " <>()\n") {
		return plain(text)
	}
	return "[" + plain(text) + "](" + url + ")"
}

func (m *markdown) customers(c Customers) {
	if c.Privacy == "none" {
		return
	}
	m.line("## Who was affected")
	if len(c.Named) > 0 {
		m.row("| Customer | Plan | People | Tickets | Unanswered |\n| --- | --- | ---: | ---: | ---: |")
		for _, n := range c.Named {
			m.row("| %s | %s | %d | %d | %d |", plain(n.Name), plain(n.Plan), n.People, n.Tickets, n.Unanswered)
		}
		m.row("")
	}
	if len(c.Named) == 0 {
		m.line("No organization is known to be affected.")
	}
	if c.Unnamed > 0 {
		m.line("%s not named here.", count(c.Unnamed, "customer"))
	}
}

func (m *markdown) followUps(all []FollowUps) {
	m.line("## How follow-up went")
	if len(all) == 0 {
		m.line("Nothing was owed to anybody.")
		return
	}
	m.row("| Owed to customers | In time | Late | Not due yet | Overdue | Cancelled |\n| --- | ---: | ---: | ---: | ---: | ---: |")
	for _, f := range all {
		m.row("| %s | %d | %d | %d | %d | %d |", kindName(f.Kind), f.OnTime, f.Late, f.Pending, f.Missing, f.Cancelled)
	}
	m.row("")
}

func (m *markdown) references(r Report) {
	if len(r.References) == 0 && r.Incident.URL == "" {
		return
	}
	m.line("## Elsewhere")
	if r.Incident.URL != "" {
		m.row("- %s (source of the incident)", link(r.Incident.URL, r.Incident.URL))
	}
	for _, f := range r.References {
		text := "- " + link(f.Name, f.URL)
		if f.Title != "" {
			text += ": " + plain(f.Title)
		}
		if f.Proposed {
			text += " (named in tickets' notes, not confirmed)"
		}
		m.row("%s", text)
	}
	m.row("")
}

func (m *markdown) figures(all []Figure) {
	m.line("## The numbers and what they mean")
	m.row("| Number | Value | Meaning |\n| --- | --- | --- |")
	for _, f := range all {
		m.row("| %s | %s | %s |", f.Name, plain(f.Value), f.Definition)
	}
	m.row("")
}
