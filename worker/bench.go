package worker

import (
	"context"
	"fmt"
)

// MeasureNow computes an incident's impact from what is stored, and stores
// nothing: what `ticketlink bench impact` times.
func (w *Worker) MeasureNow(ctx context.Context, key string) error {
	i, err := w.incident(ctx, key)
	if err != nil {
		return err
	}
	if _, err := w.measureOf(ctx, w.queries, i); err != nil {
		return fmt.Errorf("measure %s: %w", key, err)
	}
	return nil
}

// CountTickets brings the counts of all tickets by time up to date, as each
// measure does before it begins.
func (w *Worker) CountTickets(ctx context.Context) error { return w.countBins(ctx) }

// MatchNow scores an incident as a re-score does, and stores nothing.
func (w *Worker) MatchNow(ctx context.Context, key string) error {
	i, err := w.incident(ctx, key)
	if err != nil {
		return err
	}
	before, err := w.queries.LinksOf(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("read links of %s: %w", key, err)
	}
	if _, err := w.score(ctx, i, before); err != nil {
		return fmt.Errorf("score %s: %w", key, err)
	}
	return nil
}
