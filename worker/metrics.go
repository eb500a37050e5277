package worker

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what Prometheus sees of the machinery. What it sees of incidents
// is read from the database at each scrape: see incidentCollector.
type Metrics struct {
	registry         *prometheus.Registry
	webhooks         *prometheus.CounterVec
	webhookDuration  prometheus.Histogram
	helpdeskRequests *prometheus.CounterVec
	ingested         *prometheus.CounterVec
	matchDuration    prometheus.Histogram
	links            *prometheus.CounterVec
	reminders        *prometheus.CounterVec
	jobs             *prometheus.CounterVec
	scrapeErrors     prometheus.Counter
	sweep            prometheus.Histogram
}

// NewMetrics returns metrics in a registry of their own.
func NewMetrics() *Metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ticketlink_" + name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	histogram := func(name, help string) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "ticketlink_" + name, Help: help,
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 14)})
		r.MustRegister(h)
		return h
	}
	return &Metrics{
		registry:         r,
		webhooks:         counter("webhook_requests_total", "Webhook deliveries by configured name and answer.", "name", "code"),
		webhookDuration:  histogram("webhook_duration_seconds", "Time from a webhook's arrival to its answer."),
		helpdeskRequests: counter("helpdesk_requests_total", "Calls to helpdesks; code 0 is no answer.", "helpdesk", "endpoint", "code"),
		ingested:         counter("tickets_ingested_total", "Ticket changes accepted, by the way they came.", "helpdesk", "via"),
		matchDuration:    histogram("match_duration_seconds", "Time to compute one incident's links anew."),
		links:            counter("links_total", "Links that entered a state.", "state"),
		reminders:        counter("reminders_total", "Reminder deliveries by target and outcome.", "target", "outcome"),
		jobs:             counter("jobs_total", "Jobs done by type and outcome.", "type", "outcome"),
		sweep:            histogram("sweep_duration_seconds", "Time of one sweep for due work."),
		scrapeErrors:     counter("scrape_errors_total", "Scrapes that could not read the database.").WithLabelValues(),
	}
}

// Helpdesk returns the observer of one helpdesk's calls, for its client.
func (m *Metrics) Helpdesk(name string) func(endpoint string, code int) {
	return func(endpoint string, code int) {
		m.helpdeskRequests.WithLabelValues(name, endpoint, strconv.Itoa(code)).Inc()
	}
}

func (m *Metrics) webhook(name string, code int, took time.Duration) {
	if code == http.StatusNotFound {
		name = "unknown" // the path is the sender's choice; labels stay bounded
	}
	m.webhooks.WithLabelValues(name, strconv.Itoa(code)).Inc()
	m.webhookDuration.Observe(took.Seconds())
}

// handler serves /metrics.
func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// scrapeTimeout bounds what a scrape may ask of the database.
const scrapeTimeout = 5 * time.Second

// collector reads gauges from the database at each scrape, so that every
// replica shows the same and none has counters to keep right.
type collector struct{ w *Worker }

// Describe sends nothing: the collector is unchecked, for its labels come from data.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads everything side by side; what cannot be read is absent, and counted.
func (c collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	reads := []func(context.Context, chan<- prometheus.Metric) error{
		c.inbox, c.dead, c.surges, c.helpdesks, c.queues, c.incidents, c.followUps,
	}
	failed := make([]error, len(reads))
	var wg sync.WaitGroup
	for n, read := range reads {
		wg.Go(func() { failed[n] = read(ctx, out) })
	}
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		c.w.Metrics.scrapeErrors.Inc()
		c.w.Log.Warn("scrape incomplete", "error", err)
	}
}
