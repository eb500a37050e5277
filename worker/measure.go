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
	if err := w.countBins(ctx); err != nil {
		return err
	}
	return w.inTx(ctx, func(q *schema.Queries) error {
		now := w.now()
		i, err := q.ClaimMeasure(ctx, schema.ClaimMeasureParams{ID: t.ID, Now: &now})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("claim measure: %w", err)
		}
		if err := q.ProposeReferences(ctx, schema.ProposeReferencesParams{Incident: i.ID, Now: now}); err != nil {
			return fmt.Errorf("propose references of %s: %w", i.Key, err)
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
		if err := q.PostChannels(ctx, schema.PostChannelsParams{Incident: i.ID, Now: now}); err != nil {
			return fmt.Errorf("show impact of %s in its channels: %w", i.Key, err)
		}
		failpoint("measuring")
		if sameJSON(i.Impact, body) {
			return nil
		}
		return w.keepHistory(ctx, q, i, body)
	})
}

// measureOf computes the impact of an incident from what is stored now.
func (w *Worker) measureOf(ctx context.Context, q *schema.Queries, i schema.Incident) (impact.Impact, error) {
	in, err := w.impactInput(ctx, q, i)
	if err != nil {
		return impact.Impact{}, err
	}
	return impact.Measure(in), nil
}

// impactInput reads what an incident's impact is computed from.
func (w *Worker) impactInput(ctx context.Context, q *schema.Queries, i schema.Incident) (impact.Input, error) {
	c, err := q.MeasureLinks(ctx, schema.MeasureLinksParams{Incident: i.ID,
		PlanField: key(w.Impact.Plan), RegionField: key(w.Impact.Region), RevenueField: key(w.Impact.Revenue)})
	if err != nil {
		return impact.Input{}, fmt.Errorf("count links: %w", err)
	}
	in := impact.Input{Counts: countsOf(c), Currency: w.Impact.Currency, Started: i.StartedAt, Detected: i.DeclaredAt}
	if i.DetectedAt != nil {
		in.Detected = *i.DetectedAt
	}
	if in.Open, err = w.openSpans(ctx, q, i); err != nil {
		return impact.Input{}, err
	}
	if in.Accounts, err = w.accounts(ctx, q, i.ID, c.Accounts); err != nil {
		return impact.Input{}, err
	}
	in.RevenueOfCustomers = w.Impact.revenueOfCustomers()
	if err := json.Unmarshal(c.Channels, &in.Channels); err != nil {
		return impact.Input{}, fmt.Errorf("read channels: %w", err)
	}
	if in.Bins, in.Before, err = w.bins(ctx, q, i, c); err != nil {
		return impact.Input{}, err
	}
	f, err := q.FollowUpsInTime(ctx, i.ID)
	if err != nil {
		return impact.Input{}, fmt.Errorf("count follow-ups: %w", err)
	}
	in.FollowUps = impact.FollowUps(f)
	return in, nil
}

// openSpans are the phases in which an incident was open, the present one until now.
func (w *Worker) openSpans(ctx context.Context, q *schema.Queries, i schema.Incident) (spans []impact.Span, err error) {
	phases, err := q.ListPhases(ctx, []int64{i.ID})
	if err != nil {
		return nil, fmt.Errorf("read phases of %s: %w", i.Key, err)
	}
	for _, p := range phases {
		s := impact.Span{From: p.StartedAt, To: w.now()}
		if p.EndedAt != nil {
			s.To = *p.EndedAt
		}
		spans = append(spans, s)
	}
	return spans, nil
}

// accounts are what customers' fields say. Those of organizations came with the
// links; only where people or tickets are to be asked is a second look taken.
func (w *Worker) accounts(ctx context.Context, q *schema.Queries, incident int64, ofOrganizations json.RawMessage) ([]impact.Account, error) {
	var accounts []impact.Account
	if w.Impact.ofOrganizations() {
		if err := json.Unmarshal(ofOrganizations, &accounts); err != nil {
			return nil, fmt.Errorf("read organizations: %w", err)
		}
		return accounts, nil
	}
	rows, err := q.MeasureAccounts(ctx, schema.MeasureAccountsParams{Incident: incident,
		PlanPath: path(w.Impact.Plan), RegionPath: path(w.Impact.Region), RevenuePath: path(w.Impact.Revenue)})
	if err != nil {
		return nil, fmt.Errorf("read fields of customers: %w", err)
	}
	for _, r := range rows {
		accounts = append(accounts, impact.Account(r))
	}
	return accounts, nil
}

func countsOf(c schema.MeasureLinksRow) impact.Counts {
	return impact.Counts{
		Tickets:  impact.Tickets{Suggested: c.Suggested, Auto: c.Auto, Confirmed: c.Confirmed, Rejected: c.Rejected},
		Expected: c.Expected, Variance: c.Variance, Customers: c.Customers, Organizations: c.Organizations,
		Unanswered: c.Unanswered, Answered: c.Answered, Backlog: c.Backlog, Reopened: c.Reopened,
		Ratings:     impact.Ratings{Good: c.Satisfied, Bad: c.Dissatisfied},
		FirstTicket: c.FirstTicketAt, LastTicket: c.LastTicketAt,
		FirstReplyMedian: c.ReplyWaits[0], FirstReplyP90: c.ReplyWaits[1],
		Spent: c.Spent, SpentTickets: c.SpentTickets, RequesterWait: c.RequesterWait, Resolution: c.Resolution,
	}
}

// endOf is when the incident ended, or now.
func (w *Worker) endOf(i schema.Incident) time.Time {
	if i.ResolvedAt != nil {
		return *i.ResolvedAt
	}
	return w.now()
}

// lateTickets is how far around an incident a curve of tickets is drawn.
const lateTickets = 36 * time.Hour

// bins are the tickets in quarters of an hour, from four weeks before the
// incident on and until its late tickets have come, and the ratings before it.
func (w *Worker) bins(ctx context.Context, q *schema.Queries, i schema.Incident, linked schema.MeasureLinksRow) (impact.Bins, impact.Ratings, error) {
	b := impact.Bins{
		Since: i.StartedAt.Add(-lateTickets - impact.Weeks*7*24*time.Hour).Truncate(impact.Bin),
		Until: earliest(w.endOf(i).Add(lateTickets), w.now()), Linked: map[int]int{}, First: map[int]time.Time{},
	}
	r, err := q.Bins(ctx, schema.BinsParams{Since: b.Since, UntilTime: b.Until, Started: i.StartedAt})
	if err != nil {
		return b, impact.Ratings{}, fmt.Errorf("read usual tickets: %w", err)
	}
	b.All = make([]int, max(b.At(b.Until)+1, 0))
	for k, n := range r.Bins {
		if int(n) < len(b.All) {
			b.All[n] = int(r.Tickets[k])
		}
	}
	if len(r.Bins) > 0 {
		b.Known = b.Since.Add(time.Duration(r.Bins[0]) * impact.Bin)
	}
	for k, at := range linked.Bins {
		b.Linked[b.At(at)], b.First[b.At(at)] = int(linked.BinTickets[k]), linked.BinFirsts[k].UTC()
	}
	return b, impact.Ratings{Good: r.Satisfied, Bad: r.Dissatisfied}, nil
}

const (
	binsEvery = 10 * time.Second // how far bins may lag behind the tickets
	binsSlack = 2 * time.Minute  // a transaction that began earlier is committed by then
)

// countBins brings the counts of all tickets by time up to date, unless
// somebody has just done so or is doing so.
func (w *Worker) countBins(ctx context.Context) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		now := w.now()
		since, err := q.LockBins(ctx, now.Add(-binsEvery))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("claim counting of tickets: %w", err)
		}
		if err := q.CountBins(ctx, since.Add(-binsSlack)); err != nil {
			return fmt.Errorf("count tickets by time: %w", err)
		}
		return q.BinsCounted(ctx, now)
	})
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
