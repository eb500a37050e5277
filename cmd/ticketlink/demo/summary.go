package demo

import (
	"context"
	"fmt"
	"time"
)

// Begin says what is going to be seen, and where.
func (p *Play) Begin(helpdesk string) {
	p.Screen.Title("ticketlink demo: one incident's whole life, in about a minute")
	p.Screen.Row("web page", p.URL)
	p.Screen.Row("metrics", p.URL+"/metrics")
	p.Screen.Row("helpdesk", helpdesk+"  (simulated: Zendesk's API, signed webhooks, rate limits)")
	p.Screen.Row("storage", "embedded PostgreSQL and Redis, gone when this ends")
	p.Screen.Row("time", p.Clock.Now().Format("Monday 2 January 2006, 15:04 UTC")+", told faster than it was")
}

// Summary says how it ended and where to look. It is told from the API's answers.
func (p *Play) Summary(ctx context.Context, log string) error {
	p.Screen.Title("How it ended")
	list, err := p.service.incidents(ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		m, err := p.service.impact(ctx, i.Key)
		if err != nil {
			return err
		}
		p.Screen.Row(i.Key, fmt.Sprintf("%s (%s)", i.Title, i.Status))
		p.Screen.Row("", fmt.Sprintf("%d tickets of %d customers in %d organizations, %s",
			m.Linked, m.Customers, m.Organizations, money(m.Revenue)))
		p.Screen.Row("", fmt.Sprintf("%.0f tickets more than usual; customers knew it %s", m.Excess, lead(m.DetectionLag)))
	}
	p.Screen.Row("reminders", fmt.Sprintf("%d to give a first reply, %d to tell customers that it is over", p.told["first_reply"], p.told["closing"]))
	right, all := p.judge(ctx)
	p.Screen.Row("links", fmt.Sprintf("%d of %d linked tickets are really about their incident", right, all))
	if log != "" {
		p.Screen.Row("look around", p.URL+"/incidents/"+p.paying)
		p.Screen.Row("log", log)
	}
	return nil
}

// judge compares the links with what the world knows to be true.
func (p *Play) judge(ctx context.Context) (right, all int) {
	for key, about := range map[string]string{p.paying: "payments", p.labels: "labels"} {
		links, err := p.service.links(ctx, key)
		if err != nil {
			continue
		}
		for _, l := range links {
			if l.linked() {
				all++
			}
			if l.linked() && p.world.about[l.TicketID] == about {
				right++
			}
		}
	}
	return right, all
}

func lead(seconds *float64) string {
	if seconds == nil {
		return "at an unknown time"
	}
	d := time.Duration(*seconds * float64(time.Second))
	if d <= 0 {
		return "after we did"
	}
	return fmt.Sprintf("%d min before we did", int(d.Minutes()))
}
