package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// measure counts what one incident did to customers and keeps a snapshot when
// something changed, at most one for each minute. The incident's row is locked
// meanwhile, so that two measures never cross.
func (w *Worker) measure(ctx context.Context, t queue.Task) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		now := w.now()
		i, err := q.ClaimMeasure(ctx, schema.ClaimMeasureParams{ID: t.ID, Now: &now})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("claim measure: %w", err)
		}
		measured, err := w.measureOf(ctx, q, i)
		if err != nil {
			return fmt.Errorf("measure %s: %w", i.Key, err)
		}
		body, err := json.Marshal(measured)
		if err != nil {
			return fmt.Errorf("write impact of %s: %w", i.Key, err)
		}
		if err := q.SaveImpact(ctx, schema.SaveImpactParams{ID: i.ID, Impact: body, Now: &now}); err != nil {
			return fmt.Errorf("save impact of %s: %w", i.Key, err)
		}
		if sameJSON(i.Impact, body) {
			return nil
		}
		return q.PutSnapshot(ctx, schema.PutSnapshotParams{Incident: i.ID, At: now.Truncate(time.Minute), Impact: body})
	})
}

// measureOf computes the impact of an incident from what is stored now.
func (w *Worker) measureOf(ctx context.Context, q *schema.Queries, i schema.Incident) (impact.Impact, error) {
	c, err := q.MeasureLinks(ctx, i.ID)
	if err != nil {
		return impact.Impact{}, fmt.Errorf("count links: %w", err)
	}
	orgs, err := q.MeasureOrganizations(ctx, schema.MeasureOrganizationsParams{Incident: i.ID,
		PlanField: w.Impact.Plan, RegionField: w.Impact.Region, RevenueField: w.Impact.Revenue})
	if err != nil {
		return impact.Impact{}, fmt.Errorf("list organizations: %w", err)
	}
	bins, err := w.bins(ctx, q, i)
	if err != nil {
		return impact.Impact{}, err
	}
	in := impact.Input{
		Counts: impact.Counts{
			Tickets:  impact.Tickets{Suggested: c.Suggested, Auto: c.Auto, Confirmed: c.Confirmed, Rejected: c.Rejected},
			Expected: c.Expected, Variance: c.Variance, Customers: c.Customers, Organizations: c.Organizations,
			Unanswered: c.Unanswered, Answered: c.Answered, Backlog: c.Backlog, Satisfied: c.Satisfied,
			Dissatisfied: c.Dissatisfied, FirstTicket: c.FirstTicketAt, LastTicket: c.LastTicketAt,
			FirstReplyMedian: c.FirstReplyMedian, FirstReplyP90: c.FirstReplyP90,
		},
		Currency: w.Impact.Currency, Started: i.StartedAt, Detected: i.DeclaredAt, End: w.endOf(i), Bins: bins,
	}
	if i.DetectedAt != nil {
		in.Detected = *i.DetectedAt
	}
	for _, o := range orgs {
		in.Organizations = append(in.Organizations, impact.Organization{Plan: o.Plan, Region: o.Region, Revenue: o.Revenue})
	}
	return impact.Measure(in), nil
}

// endOf is when the incident ended, or now.
func (w *Worker) endOf(i schema.Incident) time.Time {
	if i.ResolvedAt != nil {
		return *i.ResolvedAt
	}
	return w.now()
}

// bins counts all tickets and the linked ones in quarters of an hour, from
// four weeks before the incident on, and until its late tickets have come.
func (w *Worker) bins(ctx context.Context, q *schema.Queries, i schema.Incident) (impact.Bins, error) {
	since := i.StartedAt.Add(-lateTickets - impact.Weeks*7*24*time.Hour).Truncate(impact.Bin)
	until := earliest(w.endOf(i).Add(lateTickets), w.now())
	b := impact.Bins{Since: since, Linked: map[int]int{}, First: map[int]time.Time{}}
	b.All = make([]int, max(b.At(until)+1, 0))
	all, err := q.TicketsPerBin(ctx, schema.TicketsPerBinParams{Since: since, UntilTime: until, Seconds: impact.Bin.Seconds()})
	if err != nil {
		return b, fmt.Errorf("count tickets: %w", err)
	}
	for _, r := range all {
		if int(r.Bin) < len(b.All) {
			b.All[r.Bin] = int(r.Tickets)
		}
		if b.Known.IsZero() {
			b.Known = since.Add(time.Duration(r.Bin) * impact.Bin)
		}
	}
	linked, err := q.LinkedPerBin(ctx, schema.LinkedPerBinParams{Incident: i.ID, Since: since, Seconds: impact.Bin.Seconds()})
	if err != nil {
		return b, fmt.Errorf("count linked tickets: %w", err)
	}
	for _, r := range linked {
		b.Linked[int(r.Bin)], b.First[int(r.Bin)] = int(r.Tickets), r.First
	}
	return b, nil
}

// sameJSON compares two documents by their values: jsonb keeps its own order
// and spacing.
func sameJSON(a, b json.RawMessage) bool {
	normal := func(raw json.RawMessage) []byte {
		var v any
		if json.Unmarshal(raw, &v) != nil {
			return nil
		}
		out, err := json.Marshal(v)
		if err != nil {
			return nil
		}
		return out
	}
	return bytes.Equal(normal(a), normal(b))
}
