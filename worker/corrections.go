package worker

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// A Change is what people set right about an incident.
type Change struct {
	Declaration
	ResolvedAt *time.Time `json:"resolved_at,omitempty" doc:"When a resolved incident really ended"`
	Message    *string    `json:"message,omitempty" maxLength:"10000" doc:"What to tell customers at the end; goes into reminders and the report"`
}

// update changes what is known. Moving the start or the end looks for tickets again.
func (w *Worker) update(ctx context.Context, actor, key string, c Change) (schema.Incident, error) {
	return w.updateSeen(ctx, actor, key, "", c)
}

// updateSeen refuses where the incident has changed since a person saw it: in
// that version, "" for whichever.
func (w *Worker) updateSeen(ctx context.Context, actor, key, seen string, c Change) (schema.Incident, error) {
	return w.change(ctx, actor, key, "updated", func(q *schema.Queries, i *schema.Incident) error {
		if seen != "" && seen != versionText(i.Version) {
			return errChanged
		}
		if c.ResolvedAt != nil && i.Status != "resolved" {
			return errNotEnded
		}
		before := *i
		c.applyTo(i)
		if i.StartedAt.Equal(before.StartedAt) && orZero(i.ResolvedAt).Equal(orZero(before.ResolvedAt)) {
			return nil
		}
		return moveEnds(ctx, q, *i)
	})
}

// moveEnds moves the beginning of the first phase and the end of the last.
func moveEnds(ctx context.Context, q *schema.Queries, i schema.Incident) error {
	phases, err := q.ListPhases(ctx, []int64{i.ID})
	if err != nil {
		return fmt.Errorf("read phases of %s: %w", i.Key, err)
	}
	if err := q.DeletePhases(ctx, i.ID); err != nil {
		return fmt.Errorf("move phases of %s: %w", i.Key, err)
	}
	for n, p := range phases {
		if n == 0 {
			p.StartedAt = i.StartedAt
		}
		if n == len(phases)-1 {
			p.EndedAt = i.ResolvedAt
		}
		if p.EndedAt != nil && p.EndedAt.Before(p.StartedAt) {
			return errTimes
		}
		if err := q.PutPhase(ctx, schema.PutPhaseParams(p)); err != nil {
			return fmt.Errorf("move phases of %s: %w", i.Key, err)
		}
	}
	return nil
}

// applyTo sets what c tells, cleaned. The key stays.
func (c Change) applyTo(i *schema.Incident) {
	c.Key = nil
	c.Declaration.applyTo(i)
	if c.ResolvedAt != nil {
		ended := c.ResolvedAt.UTC()
		i.ResolvedAt = &ended
	}
	if c.Message != nil {
		i.Message = strings.TrimSpace(integrations.CleanText(*c.Message, 10_000))
	}
}
