package worker

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/schema/schematest"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/match"
)

// largeIncident is an incident with 5,000 links and as many follow-ups among
// 100,000 tickets.
func largeIncident(b *testing.B) *Worker {
	b.Helper()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	w := New(Options{Database: schematest.New(b), Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(b.Output(), nil)),
		Metrics: NewMetrics(), Matching: match.DefaultPolicy(), FollowUp: followup.Policy{}})
	for _, sql := range []string{
		`insert into tickets (helpdesk, ticket_id, subject, description, status, tags, requester_id, organization_id, created_at, updated_at, stamp, seen_at, changed_at)
		 select 'support', n::text, 'Payment declined at checkout', repeat('Every payment fails with an error. ', 20), 'open', '{payments,checkout}',
		        (n % 4000)::text, (n % 700)::text, at, at, at, at, at
		 from generate_series(1, 100000) n, lateral (select $1::timestamptz - case when n <= 5000 then n % 10800 else n * 25 end * interval '1 second' as at) t`,
		`insert into incidents (key, title, started_at, declared_at, created_at, updated_at) select 'INC-1', 'Payments fail', $1::timestamptz - interval '3 hours', $1, $1, $1`,
		`insert into links (incident, ticket, state, confidence, log_odds, evidence, linked_at, changed_at)
		 select i.id, t.id, case when t.id % 4 = 0 then 'suggested' else 'auto' end, 0.5 + (t.id % 50) / 100.0, 2,
		        (select jsonb_agg(jsonb_build_object('kind', 'topic', 'detail', 'what speaks for or against it, in words', 'weight', 0.7)) from generate_series(1, 9) k), $1, $1
		 from incidents i, tickets t where t.id <= 5000`,
		`insert into follow_ups (incident, key, kind, phase, customer, helpdesk, ticket_id, ticket_ids, severity, plan, organization, assignee, group_id, since, due_at, status, reason, created_at)
		 select 1, n::text, 'first_reply', 0, n::text, 'support', n::text, array[n::text], '', '', '', (n % 20)::text, '', $1, $1, 'open', 'nobody has answered', $1 from generate_series(1, 5000) n`,
		`update incidents set measure_due_at = $1, rescore_due_at = null, plan_due_at = null`,
	} {
		if _, err := w.Database.Exec(b.Context(), sql, now); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Database.Exec(b.Context(), "analyze"); err != nil {
		b.Fatal(err)
	}
	return w
}

// BenchmarkPages is the server's time for each page of a large incident.
func BenchmarkPages(b *testing.B) {
	w := largeIncident(b)
	if err := w.RunDue(b.Context()); err != nil {
		b.Fatal(err)
	}
	handler := w.Handler()
	for name, path := range map[string]string{"now": "/", "incident": "/incidents/INC-1", "list": "/incidents/INC-1/tickets?list=linked",
		"filtered": "/incidents/INC-1/tickets?list=linked&words=payment", "follow-ups": "/follow-ups?view=all"} {
		b.Run(name, func(b *testing.B) {
			bytes, fastest := 0, time.Hour
			for b.Loop() {
				rec := httptest.NewRecorder()
				r := httptest.NewRequest("GET", "http://127.0.0.1"+path, nil)
				r.RemoteAddr = "127.0.0.1:1"
				begin := time.Now()
				handler.ServeHTTP(rec, r)
				fastest = min(fastest, time.Since(begin))
				if bytes = rec.Body.Len(); rec.Code != http.StatusOK {
					b.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
				}
			}
			b.ReportMetric(float64(bytes), "bytes")
			b.ReportMetric(float64(fastest.Microseconds())/1000, "fastest-ms") // what it takes where others don't use the machine
		})
	}
	b.Run("live, nothing happens", func(b *testing.B) {
		for range 200 {
			w.live.pages[&livePage{topic: "incident INC-1", changed: make(chan struct{}, 1)}] = true
		}
		for b.Loop() {
			w.live.look(context.Background())
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(liveEvery.Microseconds())*100, "%core")
	})
}
