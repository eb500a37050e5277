package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

func (p *Play) lateDeclaration(ctx context.Context) error {
	p.beat = nil
	now := p.Clock.Now()
	began := p.began.Add(5 * time.Minute)
	p.Screen.Beat(now, "Grace declares what no alarm watches: shipping labels are blank, since about %s.", began.Format("15:04"))
	p.Screen.Aside("ticketlink incident declare --title 'Shipping labels are blank' --keyword blank …")
	var declared incident
	err := p.service.call(ctx, "POST", "/api/v1/incidents", map[string]any{
		"title": "Shipping labels are blank", "severity": "sev3", "services": []string{"shipping"},
		"keywords": []string{"blank", "empty label"}, "started_at": began,
	}, &declared)
	if err != nil {
		return err
	}
	p.labels = declared.Key
	if err := p.settle(ctx); err != nil {
		return err
	}
	return p.showLinks(ctx, p.labels, now)
}

// peopleDecide has somebody go through what the machine only suggested, and
// take away what does not belong.
func (p *Play) peopleDecide(ctx context.Context) error {
	p.Screen.Beat(p.Clock.Now(), "Grace and Omar look through the lists. Their word outlives every later match.")
	if err := p.decideAll(ctx, p.labels, "labels", "Grace"); err != nil {
		return err
	}
	if err := p.decideAll(ctx, p.paying, "payments", "Omar"); err != nil {
		return err
	}
	return p.settle(ctx)
}

// decideAll has a person who reads the tickets confirm or reject each
// of an incident's suggestions.
func (p *Play) decideAll(ctx context.Context, key, about, by string) error {
	links, err := p.service.links(ctx, key)
	if err != nil {
		return err
	}
	latest, count := map[string]link{}, map[string]int{}
	for _, l := range links {
		if l.State != "suggested" {
			continue
		}
		state := "rejected"
		if p.world.about[l.TicketID] == about {
			state = "confirmed"
		}
		if err := p.service.decide(ctx, key, l.TicketID, state, by); err != nil {
			return err
		}
		latest[state], count[state] = l, count[state]+1
	}
	for _, state := range []string{"confirmed", "rejected"} {
		if n := count[state]; n > 0 {
			p.Screen.Item(fmt.Sprintf("%-5s %s %d of %s, for example #%s  %s", by, state, n, key, latest[state].TicketID, latest[state].Subject))
		}
	}
	return nil
}

func (p *Play) agentsAreReminded(ctx context.Context) error {
	if err := p.answer(ctx, p.paying, 0.4, 5, 25); err != nil {
		return err
	}
	p.Screen.Beat(p.Clock.Now(), "Agents answer. Whoever waits for half an hour without an answer is brought to mind:")
	p.showReminder("first_reply")
	p.watchImpact(ctx)
	return p.pass(ctx, 25*time.Minute, 8*time.Second)
}

// answer plans public replies to part of an incident's customers.
func (p *Play) answer(ctx context.Context, key string, part float64, from, to int) error {
	links, err := p.service.links(ctx, key)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.linked() && p.world.random.Float64() < part {
			p.world.answerAt(l.TicketID, p.Clock.Now().Add(p.world.between(from, to)))
		}
	}
	return nil
}

// showReminder prints the first reminder of a kind as its reader gets it.
func (p *Play) showReminder(kind string) {
	m, ok := p.first[kind]
	if !ok {
		return
	}
	p.Screen.Item("#support  " + m.Text("title"))
	for line := range strings.Lines(m.Text("message")) {
		if line = strings.TrimSpace(line); line != "" {
			for _, l := range wrap(line, Columns-indent-6) {
				p.Screen.Aside("│ " + l)
			}
		}
	}
	if more := p.told[kind] - 1; more > 0 {
		p.Screen.Aside(fmt.Sprintf("… and %d more like it", more))
	}
}

func (p *Play) resolution(ctx context.Context) error {
	p.beat = nil
	p.resolved = p.Clock.Now()
	p.Screen.Beat(p.resolved, "RESOLVED  Payments work again: the Alertmanager's webhook closes %s.", p.paying)
	if err := p.payments.notify(ctx, p.service, p.resolved); err != nil {
		return err
	}
	var waiting []followUp
	err := p.until(ctx, "follow-ups are planned", func() (ok bool, err error) {
		waiting, err = p.service.followUps(ctx, p.paying, "closing")
		return len(waiting) > 0, err
	})
	if err != nil {
		return err
	}
	p.Screen.Say("%d customers must hear within an hour that it is over, whoever was answered before as well.", len(waiting))
	if err := p.answer(ctx, p.paying, 0.55, 5, 55); err != nil {
		return err
	}
	return p.pass(ctx, time.Hour+2*time.Minute, 8*time.Second)
}

func (p *Play) followUpsFallDue(ctx context.Context) error {
	err := p.until(ctx, "the reminders arrived", func() (bool, error) { return p.told["closing"] > 0, nil })
	if err != nil {
		return err
	}
	all, err := p.service.followUps(ctx, p.paying, "closing")
	if err != nil {
		return err
	}
	p.Screen.Beat(p.Clock.Now(), "%d have heard. Of the %d others support is reminded, once and in time:", p.count(all, "done"), p.told["closing"])
	p.showReminder("closing")
	return nil
}

func (p *Play) count(all []followUp, status string) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(f followUp) bool { return f.Status != status }))
}

func (p *Play) repliesEndThem(ctx context.Context) error {
	all, err := p.service.followUps(ctx, p.paying, "closing")
	if err != nil {
		return err
	}
	var open []followUp
	for _, f := range all {
		if f.Status != "done" && f.Status != "cancelled" {
			open = append(open, f)
		}
	}
	for n, f := range open {
		if n > 0 { // one customer is forgotten
			p.world.answerAt(f.TicketID, p.Clock.Now().Add(p.world.between(2, 25)))
		}
	}
	p.Screen.Beat(p.Clock.Now(), "Agents reply. A public reply ends a follow-up; nobody ticks anything off.")
	p.beat = func() error {
		all, err := p.service.followUps(ctx, p.paying, "closing")
		p.Screen.Live(p.Clock.Now(), fmt.Sprintf("%s  %d of %d customers have heard back", p.paying, p.count(all, "done"), len(all)), false)
		return err
	}
	if err := p.pass(ctx, 28*time.Minute, 6*time.Second); err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	p.beat = nil
	if all, err = p.service.followUps(ctx, p.paying, "closing"); err != nil {
		return err
	}
	p.Screen.Say("%d of %d customers have heard back. The last one stays on the list until somebody writes.", p.count(all, "done"), len(all))
	return nil
}

// helpdeskKnows shows what the service wrote to one ticket.
func (p *Play) helpdeskKnows(ctx context.Context) error {
	links, err := p.service.links(ctx, p.paying)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(links, func(l link) bool { return l.State == "auto" && len(p.Helpdesk.Notes(l.TicketID)) > 0 })
	if n < 0 {
		return nil
	}
	p.Screen.Beat(p.Clock.Now(), "What an agent sees on ticket #%s in the helpdesk:", links[n].TicketID)
	p.Screen.Item("tags   " + strings.Join(p.Helpdesk.Tags(links[n].TicketID), ", "))
	for line := range strings.Lines(p.Helpdesk.Notes(links[n].TicketID)[0]) {
		p.Screen.Aside("note │ " + strings.TrimSpace(line))
	}
	return nil
}
