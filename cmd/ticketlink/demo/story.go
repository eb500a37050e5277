package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations/notify/notifyfake"
)

// Populate fills the helpdesk with its past: do it before the service reads it.
// Play goes on from there.
func Populate(s Stage) *Play {
	w := newWorld(s.Helpdesk)
	w.populate()
	p := &Play{began: s.Clock.Now(), story: story{Stage: s, world: w, service: service{s.URL}, told: map[string]int{}, first: map[string]notifyfake.Message{}}}
	p.past = w.history(s.Clock.Now())
	return p
}

// A Play is the story of one incident, and of another that nobody watches for.
type Play struct {
	story
	began          time.Time
	past           int // tickets before it
	payments       alert
	labels, paying string // the keys of the two
	resolved       time.Time
}

// Tell tells the whole story.
func (p *Play) Tell(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		p.readHistory, p.ordinaryMorning, p.customersFirst, p.alertFires, p.impactRises, p.lateDeclaration,
		p.peopleDecide, p.agentsAreReminded, p.resolution, p.followUpsFallDue, p.repliesEndThem, p.helpdeskKnows,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// GoOn lets the world turn at its usual pace until ctx ends.
func (p *Play) GoOn(ctx context.Context) error {
	p.beat, p.Speed = nil, 1
	return p.pass(ctx, 365*24*time.Hour, 365*24*time.Hour)
}

func (p *Play) readHistory(ctx context.Context) error {
	now := p.Clock.Now()
	p.Screen.Beat(now, "The service reads three weeks of history from the helpdesk's export.")
	err := p.until(ctx, "the history is read", func() (bool, error) {
		err := p.service.call(ctx, "GET", "/api/v1/tickets/support/"+p.world.last, nil, nil)
		return err == nil, nil
	})
	p.Screen.Say("%d tickets of %d customers in %d organizations: now it knows what is usual.",
		p.past, len(p.world.customers), len(companies))
	p.world.ordinaryDay(now)
	p.world.surge(20, now.Add(10*time.Minute), now.Add(80*time.Minute), labelsBlank, "labels")
	p.world.surge(58, p.broken().Add(time.Minute), p.broken().Add(75*time.Minute), paymentsFail, "payments")
	return err
}

// broken is when payments break: nobody knows yet.
func (p *Play) broken() time.Time {
	return Morning(p.Clock.Now().Add(24 * time.Hour)).Add(35 * time.Minute)
}

func (p *Play) ordinaryMorning(ctx context.Context) error {
	p.Screen.Beat(p.Clock.Now(), "An ordinary morning at the helpdesk.")
	p.listen(5, "")
	return p.pass(ctx, p.broken().Sub(p.Clock.Now()), 6*time.Second)
}

func (p *Play) customersFirst(ctx context.Context) error {
	p.Screen.Beat(p.Clock.Now(), "A release breaks card payments. Customers notice before anybody else.")
	p.listen(8, "payments")
	return p.pass(ctx, 11*time.Minute, 10*time.Second)
}

// listen shows the next tickets about one thing as they are written, and then
// says that there are more.
func (p *Play) listen(n int, about string) {
	p.world.wrote = func(t written) {
		switch {
		case t.about != about || n < 0:
			return
		case n == 0:
			p.Screen.Aside("… and more")
		default:
			p.Screen.Item(fmt.Sprintf("#%-5s %-2s  %-5s  %-42s %s", t.id, t.language, t.channel, cut(t.subject, 42), tagged(t.tag)))
		}
		n--
	}
}

func tagged(tag string) string {
	if tag == "" {
		return "(no tag)"
	}
	return tag
}

func (p *Play) alertFires(ctx context.Context) error {
	p.world.wrote = func(written) {}
	now := p.Clock.Now()
	p.payments = alert{name: "PaymentErrorsHigh", service: "payments", severity: "critical", token: p.AlertToken,
		summary:     "Card payments fail at checkout",
		description: "More than 20 % of card payments end in an error since 09:12.", began: now.Add(-4 * time.Minute)}
	p.Screen.Beat(now, "ALERT  %s fires: the Alertmanager's webhook opens an incident.", p.payments.name)
	if err := p.payments.notify(ctx, p.service, time.Time{}); err != nil {
		return err
	}
	err := p.until(ctx, "the alert opened an incident with links", func() (bool, error) {
		list, err := p.service.incidents(ctx)
		if err != nil || len(list) == 0 {
			return false, err
		}
		p.paying = list[0].Key
		links, err := p.service.links(ctx, p.paying)
		return len(links) > 0, err
	})
	if err != nil {
		return err
	}
	return p.showLinks(ctx, p.paying, now)
}

// showLinks tells what was linked at once, with the reasons of the surest.
func (p *Play) showLinks(ctx context.Context, key string, declared time.Time) error {
	links, err := p.service.links(ctx, key)
	if err != nil {
		return err
	}
	var linked, suggested, before int
	for _, l := range links {
		switch {
		case l.linked():
			linked++
		case l.State == "suggested":
			suggested++
		}
		if l.linked() && l.CreatedAt.Before(declared) {
			before++
		}
	}
	p.Screen.Say("%s: %d tickets linked and %d suggested at once; %d of the linked came before the alarm.", key, linked, suggested, before)
	slices.SortFunc(links, func(a, b link) int { return int(1e6 * (b.Confidence - a.Confidence)) })
	shown := links[:min(3, len(links))]
	if n := slices.IndexFunc(links, func(l link) bool { return l.State == "suggested" }); n >= len(shown) {
		shown = append(slices.Clone(shown), links[n])
	}
	for _, l := range shown {
		p.Screen.Item(fmt.Sprintf("#%-5s %3.0f %%  %-9s  %s", l.TicketID, 100*l.Confidence, wordFor(l.State), l.Subject))
		for _, e := range l.strongest(3) {
			p.Screen.Aside(fmt.Sprintf("       %+5.1f  %s", e.Weight, e.Detail))
		}
	}
	return nil
}

func wordFor(state string) string {
	if state == "auto" {
		return "linked"
	}
	return state
}

func (p *Play) impactRises(ctx context.Context) error {
	p.Screen.Beat(p.Clock.Now(), "What it does to customers, live:")
	p.watchImpact(ctx)
	return p.pass(ctx, 32*time.Minute, 12*time.Second)
}

// watchImpact keeps one line with the incident's numbers up to date.
func (p *Play) watchImpact(ctx context.Context) {
	shown, kept, asked, frames := "", time.Time{}, time.Time{}, 0
	p.beat = func() error {
		now := p.Clock.Now()
		if frames++; frames%8 != 0 && now.Sub(asked) < 5*time.Minute {
			return nil
		}
		i, err := p.service.impact(ctx, p.paying)
		if err != nil {
			return err
		}
		asked = now
		text := p.impactLine(i)
		keep := text != shown && now.Sub(kept) >= 5*time.Minute
		p.Screen.Live(now, text, keep)
		if keep {
			shown, kept = text, now
		}
		return nil
	}
}

func (p *Play) impactLine(i impact) string {
	lag := ""
	if i.DetectionLag != nil && *i.DetectionLag > 0 {
		lag = fmt.Sprintf(" · known %.0f min before us", *i.DetectionLag/60)
	}
	return fmt.Sprintf("%s  %d customers · %d companies · %s · %d unanswered%s",
		p.paying, i.Customers, i.Organizations, money(i.Revenue), i.Unanswered, lag)
}

func money(revenue map[string]float64) string {
	for currency, amount := range revenue {
		return fmt.Sprintf("%s %s/month", currency, thousands(int(amount)))
	}
	return "no revenue"
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
