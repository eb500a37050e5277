package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
)

// trendAPI registers what incidents say when they are compared.
func (w *Worker) trendAPI(api huma.API) {
	huma.Register(api, op("GET", "/impact/trends", "impact-trends", "Incidents by service, severity and month; services that fail again; the share of tickets that incidents caused"), func(ctx context.Context, in *struct {
		Months int `query:"months" default:"6" minimum:"1" maximum:"36" doc:"How many months, this one included"`
	}) (*body[impact.Trends], error) {
		t, err := w.trends(ctx, in.Months)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[impact.Trends]{t}, nil
	})
}

// trends compares the incidents that began in the last months.
func (w *Worker) trends(ctx context.Context, months int) (impact.Trends, error) {
	now := w.now()
	since := time.Date(now.Year(), now.Month()-time.Month(months-1), 1, 0, 0, 0, 0, time.UTC)
	rows, err := w.queries.TrendIncidents(ctx, schema.TrendIncidentsParams{Since: since, UntilTime: now})
	if err != nil {
		return impact.Trends{}, fmt.Errorf("list incidents: %w", err)
	}
	var all []impact.Past
	for _, r := range rows {
		p := impact.Past{Key: r.Key, Title: r.Title, Severity: r.Severity, Services: r.Services, Started: r.StartedAt, Open: time.Duration(r.OpenSeconds * float64(time.Second))}
		if r.Impact != nil {
			if err := json.Unmarshal(r.Impact, &p.Impact); err != nil {
				return impact.Trends{}, fmt.Errorf("read impact of %s: %w", r.Key, err)
			}
		}
		all = append(all, p)
	}
	counted, err := w.months(ctx, since, now, months)
	return impact.TrendsOf(all, counted), err
}

// months counts all tickets and those of incidents in each month since.
func (w *Worker) months(ctx context.Context, since, now time.Time, n int) ([]impact.Month, error) {
	out := make([]impact.Month, n)
	at := map[time.Time]*impact.Month{}
	for k := range out {
		out[k].Month = since.AddDate(0, k, 0)
		at[out[k].Month] = &out[k]
	}
	all, err := w.queries.TicketsPerMonth(ctx, schema.TicketsPerMonthParams{Since: since, UntilTime: now})
	if err != nil {
		return nil, fmt.Errorf("count tickets by month: %w", err)
	}
	for _, r := range all {
		if m := at[r.Month.UTC()]; m != nil {
			m.Tickets = r.Tickets
		}
	}
	linked, err := w.queries.IncidentTicketsPerMonth(ctx, schema.IncidentTicketsPerMonthParams{Since: since, UntilTime: now})
	if err != nil {
		return nil, fmt.Errorf("count tickets of incidents by month: %w", err)
	}
	for _, r := range linked {
		if m := at[r.Month.UTC()]; m != nil {
			m.IncidentTickets = r.Tickets
		}
	}
	return out, nil
}
