package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	surgeEvery     = time.Minute
	surgeLasts     = match.SurgeLasts
	explainedLasts = 12 * time.Hour // before now a ticket of a surge was written, at most
	latelyIs       = 30 * time.Minute
	dismissedLasts = 24 * time.Hour // for which a rise that a person dismissed stays untold
)

// findSurges looks for tickets that rise far above usual while no incident
// explains them, and tells of each once.
func (w *Worker) findSurges(ctx context.Context, _ queue.Task) error {
	now := w.now()
	mine, err := w.queries.ClaimPeriodic(ctx, schema.ClaimPeriodicParams{Kind: "surges", Now: now, NextAt: now.Add(surgeEvery)})
	if err != nil || mine == 0 {
		return err
	}
	explained, err := w.queries.ExplainedTickets(ctx, schema.ExplainedTicketsParams{Since: now.Add(-explainedLasts),
		ResolvedSince: now.Add(-w.Matching.Windows.After), Lately: now.Add(-latelyIs)})
	if err != nil {
		return fmt.Errorf("find explained tickets: %w", err)
	}
	if err := w.closeExplained(ctx, explained, now); err != nil {
		return err
	}
	found, err := w.surgesNow(ctx, explained, now)
	if err != nil || len(found) == 0 {
		return err
	}
	return w.inTx(ctx, func(q *schema.Queries) error { return w.keepSurges(ctx, q, found, now) })
}

// knownSurges are those that something found now may be again.
func knownSurges(ctx context.Context, q *schema.Queries, now time.Time) ([]schema.Surge, error) {
	known, err := q.RecentSurges(ctx, schema.RecentSurgesParams{Since: now.Add(-surgeLasts), DismissedSince: now.Add(-dismissedLasts),
		Lately: now.Add(-latelyIs)})
	if err != nil {
		return nil, fmt.Errorf("read known surges: %w", err)
	}
	return known, nil
}

// keepSurges stores what was found, each as the surge that it is again or as a
// new one.
func (w *Worker) keepSurges(ctx context.Context, q *schema.Queries, found []match.Surge, now time.Time) error {
	if err := q.LockPeriodic(ctx, "surges"); err != nil {
		return fmt.Errorf("lock surges: %w", err)
	}
	known, err := knownSurges(ctx, q, now)
	if err != nil {
		return err
	}
	known = slices.DeleteFunc(known, func(s schema.Surge) bool { return outgrown(s, found, now) })
	all, seen := match.Join(toldSurges(known), found)
	for _, k := range seen {
		if err := w.keepSurge(ctx, q, known, k, all[k], now); err != nil {
			return err
		}
	}
	return nil
}

// outgrown says whether a dismissed surge was over and something twice as large
// rises now: what a person said of the small one is not said of this.
func outgrown(s schema.Surge, found []match.Surge, now time.Time) bool {
	if s.DismissedAt == nil || now.Sub(s.SeenAt) < surgeLasts {
		return false
	}
	told := toldSurges([]schema.Surge{s})[0]
	return slices.ContainsFunc(found, func(f match.Surge) bool { return told.Again(f) && len(f.Tickets) >= 2*len(s.Tickets) })
}

// closeExplained gives surges to the incident that has half of their tickets.
func (w *Worker) closeExplained(ctx context.Context, explained []schema.ExplainedTicketsRow, now time.Time) error {
	known, err := knownSurges(ctx, w.queries, now)
	if err != nil {
		return err
	}
	incidents := map[int64][]int64{}
	for _, e := range explained {
		incidents[e.Ticket] = append(incidents[e.Ticket], e.Incident)
	}
	for _, s := range known {
		has := map[int64]int{}
		for _, t := range s.Tickets {
			for _, i := range incidents[t] {
				if has[i]++; 2*has[i] < len(s.Tickets) || s.Incident != nil {
					continue
				}
				s.Incident = &i
				if err := w.queries.ExplainSurge(ctx, schema.ExplainSurgeParams{ID: s.ID, Incident: &i}); err != nil {
					return fmt.Errorf("close surge %d: %w", s.ID, err)
				}
			}
		}
	}
	return nil
}

// surgesNow are the rises that are going on beside what incidents explain.
func (w *Worker) surgesNow(ctx context.Context, explained []schema.ExplainedTicketsRow, now time.Time) (found []match.Surge, err error) {
	belongs := map[string]bool{}
	for _, e := range explained {
		belongs[strconv.FormatInt(e.Ticket, 10)] = true
	}
	err = w.withCorpus(ctx, now, func(c *match.Corpus) error {
		found = c.Surges(belongs, now)
		return nil
	})
	return found, err
}

// keepSurge brings a known surge up to date, or stores a new one with what is
// told of it.
func (w *Worker) keepSurge(ctx context.Context, q *schema.Queries, known []schema.Surge, k int, s match.Surge, now time.Time) error {
	if k < len(known) {
		err := q.SeeSurge(ctx, schema.SeeSurgeParams{ID: known[k].ID, Tickets: rowIDs(s.Tickets), Also: list(s.Also), Usual: s.Usual, Now: now})
		if err != nil {
			return fmt.Errorf("keep surge %d: %w", known[k].ID, err)
		}
		return nil
	}
	id, err := q.InsertSurge(ctx, schema.InsertSurgeParams{Kind: s.Kind, Term: s.Term, Symptom: s.Symptom, Theme: s.Theme,
		Also: list(s.Also), OnsetAt: s.Onset, Tickets: rowIDs(s.Tickets), Usual: s.Usual, Now: now})
	if err != nil {
		return fmt.Errorf("keep surge: %w", err)
	}
	names, err := q.SurgeTickets(ctx, rowIDs(s.Tickets))
	if err != nil {
		return fmt.Errorf("name tickets of surge %d: %w", id, err)
	}
	return w.announce(ctx, q, surgeMessage(id, s, names, w.PublicURL))
}

// toldSurges are the stored ones as the matcher knows them.
func toldSurges(rows []schema.Surge) (told []match.Surge) {
	for _, r := range rows {
		s := match.Surge{Kind: r.Kind, Term: r.Term, Symptom: r.Symptom, Theme: r.Theme, Also: r.Also, Onset: r.OnsetAt, Usual: r.Usual}
		for _, t := range r.Tickets {
			s.Tickets = append(s.Tickets, strconv.FormatInt(t, 10))
		}
		told = append(told, s)
	}
	return told
}

func rowIDs(ids []string) []int64 {
	out := make([]int64, 0, len(ids))
	for _, id := range ids {
		out = append(out, rowID(id))
	}
	return out
}

var errNoSurge = errors.New("no surge has that id")

// declareSurge makes an incident of a surge, unless that was done already.
func (w *Worker) declareSurge(ctx context.Context, by string, id int64, d Declaration) (i schema.Incident, err error) {
	err = w.inTx(ctx, func(q *schema.Queries) error {
		s, err := q.LockSurge(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoSurge
		}
		if err != nil {
			return fmt.Errorf("lock surge %d: %w", id, err)
		}
		if s.Incident != nil {
			i, err = q.GetIncidentByID(ctx, *s.Incident)
			return err
		}
		fromSurge(&d, s)
		if i, err = w.declareIn(ctx, q, by, "", d); err != nil {
			return err
		}
		return q.SurgeDeclared(ctx, schema.SurgeDeclaredParams{ID: id, Incident: &i.ID})
	})
	w.nudge(ctx, queue.Task{Kind: "rescore", ID: i.ID})
	return i, err
}

// dismissSurge keeps a person's word that a surge is no incident. To say it
// twice changes nothing; a declared surge stays declared.
func (w *Worker) dismissSurge(ctx context.Context, by string, id int64) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		_, err := q.LockSurge(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoSurge
		}
		if err != nil {
			return fmt.Errorf("lock surge %d: %w", id, err)
		}
		now := w.now()
		n, err := q.DismissSurge(ctx, schema.DismissSurgeParams{ID: id, Now: &now, By: by})
		if err != nil || n == 0 {
			return err
		}
		return w.audit(ctx, q, by, "surge_dismissed", nil, nil, map[string]any{"surge": id})
	})
}

// fromSurge fills in what a person did not say.
func fromSurge(d *Declaration, s schema.Surge) {
	said := saidTerm(s.Kind, s.Term)
	if d.Title == nil {
		title := surgeTitle(said, s.Symptom)
		d.Title = &title
	}
	if d.StartedAt == nil {
		d.StartedAt, d.DetectedAt = &s.OnsetAt, &s.FoundAt
	}
	switch {
	case (s.Kind == "tag" || s.Kind == "theme") && d.Tags == nil:
		d.Tags = []string{s.Term}
	case s.Kind == "word" && s.Term != "" && d.Keywords == nil: // matching knows an unsaid one by its hash
		d.Keywords = []string{s.Term}
	}
}
