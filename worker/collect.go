package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// metricSpan is how long a resolved incident stays in the metrics.
const metricSpan = 14 * 24 * time.Hour

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("ticketlink_"+name, help, labels, nil)
}

var (
	descInbox     = desc("inbox_pending", "Webhooks stored and not processed yet.")
	descOldest    = desc("inbox_oldest_seconds", "Age of the oldest webhook that is not processed.")
	descDead      = desc("dead_letters", "Work given up after all its tries and not replayed, by kind.", "kind")
	descSurges    = desc("surges_without_incident", "Rises of similar tickets that are going on and that no incident explains.")
	descLag       = desc("helpdesk_lag_seconds", "Time since the helpdesk's export was last read to its end.", "helpdesk")
	descRate      = desc("helpdesk_rate_limit", "Requests a minute that the helpdesk allows, as it last told.", "helpdesk")
	descRateLeft  = desc("helpdesk_rate_remaining", "Requests that were left in that minute, as it last told.", "helpdesk")
	descQueue     = desc("queue_size", "Tasks in Redis by queue and state.", "queue", "state")
	descInfo      = desc("incident_info", "One for each incident, with what it is called.", "incident", "title", "severity", "status")
	descTickets   = desc("incident_tickets", "Links by state.", "incident", "state")
	descCustomers = desc("incident_customers", "Distinct requesters of linked tickets.", "incident")
	descOrgs      = desc("incident_organizations", "Distinct organizations of linked tickets.", "incident")
	descExcess    = desc("incident_excess_tickets", "Tickets beyond the usual for that hour of the week.", "incident")
	descRevenue   = desc("incident_revenue_affected", "Revenue of the organizations with linked tickets.", "incident", "currency")
	descFirst     = desc("incident_first_ticket_lag_seconds", "From the incident's start to its first linked ticket.", "incident")
	descDetect    = desc("incident_detection_lag_seconds", "How long customers knew before the monitoring; negative: the monitoring was first.", "incident")
	descReply     = desc("incident_first_reply_seconds", "Median time to the first public reply.", "incident")
	descSpent     = desc("incident_support_spent_seconds", "Agents' working time on linked tickets, as far as the helpdesk tells.", "incident")
	descWait      = desc("incident_requester_wait_seconds", "Median time that requesters of linked tickets waited for support in all, as far as the helpdesk tells.", "incident")
	descSolved    = desc("incident_resolution_seconds", "Median time from linked tickets' creation to their latest solving, as far as the helpdesk tells.", "incident")
	descOpen      = desc("incident_unanswered_tickets", "Linked tickets that nobody answered publicly.", "incident")
	descFollowUps = desc("follow_ups", "Follow-ups by status.", "incident", "status")
)

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (c collector) inbox(ctx context.Context, out chan<- prometheus.Metric) error {
	s, err := c.w.queries.InboxState(ctx)
	if err != nil {
		return fmt.Errorf("count inbox: %w", err)
	}
	age := 0.0
	if s.Pending > 0 {
		age = max(c.w.now().Sub(s.Oldest).Seconds(), 0)
	}
	out <- gauge(descInbox, float64(s.Pending))
	out <- gauge(descOldest, age)
	return nil
}

func (c collector) dead(ctx context.Context, out chan<- prometheus.Metric) error {
	n, err := c.w.countDead(ctx)
	if err != nil {
		return err
	}
	for _, kind := range c.w.deadKinds() {
		out <- gauge(descDead, float64(n[kind.name]), kind.name)
	}
	return nil
}

func (c collector) surges(ctx context.Context, out chan<- prometheus.Metric) error {
	n, err := c.w.queries.CountSurges(ctx, c.w.now().Add(-surgeLasts))
	if err != nil {
		return fmt.Errorf("count surges: %w", err)
	}
	out <- gauge(descSurges, float64(n))
	return nil
}

func (c collector) helpdesks(ctx context.Context, out chan<- prometheus.Metric) error {
	rows, err := c.w.queries.ListHelpdesks(ctx)
	if err != nil {
		return fmt.Errorf("list helpdesks: %w", err)
	}
	for _, h := range rows {
		since := h.StartTime
		if h.CaughtUpAt != nil {
			since = *h.CaughtUpAt
		}
		if _, configured := c.w.helpdesks[h.Name]; configured {
			out <- gauge(descLag, max(c.w.now().Sub(since).Seconds(), 0), h.Name)
			if h.RateLimit != nil && h.RateLeft != nil {
				out <- gauge(descRate, float64(*h.RateLimit), h.Name)
				out <- gauge(descRateLeft, float64(*h.RateLeft), h.Name)
			}
		}
	}
	return nil
}

// queues tells what waits in Redis. Redis being away is no failure of a scrape.
func (c collector) queues(_ context.Context, out chan<- prometheus.Metric) error {
	if c.w.queue == nil {
		return nil
	}
	for _, name := range queue.Pools() {
		q, err := c.w.queue.Inspect.GetQueueInfo(name)
		if errors.Is(err, asynq.ErrQueueNotFound) {
			q, err = &asynq.QueueInfo{}, nil
		}
		if err != nil {
			return nil
		}
		out <- gauge(descQueue, float64(q.Pending), name, "pending")
		out <- gauge(descQueue, float64(q.Active), name, "active")
		out <- gauge(descQueue, float64(q.Scheduled), name, "scheduled")
		out <- gauge(descQueue, float64(q.Retry), name, "retry")
	}
	return nil
}

func (c collector) incidents(ctx context.Context, out chan<- prometheus.Metric) error {
	since := c.w.now().Add(-metricSpan)
	rows, err := c.w.queries.MetricIncidents(ctx, &since)
	if err != nil {
		return fmt.Errorf("list incidents: %w", err)
	}
	for _, r := range rows {
		out <- gauge(descInfo, 1, r.Key, r.Title, r.Severity, r.Status)
		var i impact.Impact
		if r.Impact != nil {
			if err := json.Unmarshal(r.Impact, &i); err != nil {
				return fmt.Errorf("read impact of %s: %w", r.Key, err)
			}
		}
		impactMetrics(r, i, out)
	}
	return nil
}

func impactMetrics(r schema.MetricIncidentsRow, i impact.Impact, out chan<- prometheus.Metric) {
	for state, n := range map[string]int64{
		"suggested": i.Tickets.Suggested, "auto": i.Tickets.Auto, "confirmed": i.Tickets.Confirmed, "rejected": i.Tickets.Rejected,
	} {
		out <- gauge(descTickets, float64(n), r.Key, state)
	}
	out <- gauge(descCustomers, float64(i.Customers), r.Key)
	out <- gauge(descOrgs, float64(i.Organizations), r.Key)
	out <- gauge(descExcess, i.Excess, r.Key)
	out <- gauge(descOpen, float64(i.Unanswered), r.Key)
	for currency, amount := range i.Revenue {
		out <- gauge(descRevenue, amount, r.Key, currency)
	}
	for d, v := range map[*prometheus.Desc]*float64{descFirst: i.FirstTicketLag, descDetect: i.DetectionLag, descReply: i.FirstReply,
		descSpent: i.Spent, descWait: i.RequesterWait, descSolved: i.Resolution} {
		if v != nil {
			out <- gauge(d, *v, r.Key)
		}
	}
}

func (c collector) followUps(ctx context.Context, out chan<- prometheus.Metric) error {
	now := c.w.now()
	since := now.Add(-metricSpan)
	rows, err := c.w.queries.MetricFollowUps(ctx, schema.MetricFollowUpsParams{Since: &since, Now: now})
	if err != nil {
		return fmt.Errorf("list follow-ups: %w", err)
	}
	counts := map[[2]string]float64{}
	for _, r := range rows {
		f := followup.FollowUp{State: followup.State(r.Status), Severity: r.Severity, Plan: r.Plan, Organization: r.Organization, DueAt: now.Add(time.Hour)}
		if r.DueAt != nil { // else not yet
			f.DueAt = *r.DueAt
		}
		counts[[2]string{r.Key, string(followup.StatusOf(f, c.w.FollowUp, now))}] += float64(r.N)
	}
	for labels, n := range counts {
		out <- gauge(descFollowUps, n, labels[0], labels[1])
	}
	return nil
}
