package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	surgeEvery = time.Minute
	surgeLasts = match.SurgeLasts
)

// findSurges looks for tickets that rise far above usual while no incident
// explains them, and tells of each once.
func (w *Worker) findSurges(ctx context.Context, _ queue.Task) error {
	now := w.now()
	mine, err := w.queries.ClaimPeriodic(ctx, schema.ClaimPeriodicParams{Kind: "surges", Now: now, NextAt: now.Add(surgeEvery)})
	if err != nil || mine == 0 {
		return err
	}
	explained, err := w.queries.ExplainedTickets(ctx, now.Add(-surgeLasts))
	if err != nil {
		return fmt.Errorf("find explained tickets: %w", err)
	}
	belongs := map[string]bool{}
	for _, id := range explained {
		belongs[strconv.FormatInt(id, 10)] = true
	}
	var found []match.Surge
	err = w.withCorpus(ctx, now, func(c *match.Corpus) error {
		found = c.Surges(belongs, now)
		return nil
	})
	if err != nil || len(found) == 0 {
		return err
	}
	return w.inTx(ctx, func(q *schema.Queries) error { return w.keepSurges(ctx, q, found, now) })
}

// keepSurges stores new surges with what is told of them, and brings known ones up to date.
func (w *Worker) keepSurges(ctx context.Context, q *schema.Queries, found []match.Surge, now time.Time) error {
	known, err := q.RecentSurges(ctx, now.Add(-surgeLasts))
	if err != nil {
		return fmt.Errorf("read known surges: %w", err)
	}
	for _, s := range found {
		if id, ok := knownSurge(known, s); ok {
			if err := q.SeeSurge(ctx, schema.SeeSurgeParams{ID: id, Tickets: rowIDs(s.Tickets), Usual: s.Usual, Now: now}); err != nil {
				return fmt.Errorf("keep surge %d: %w", id, err)
			}
			continue
		}
		id, err := q.InsertSurge(ctx, schema.InsertSurgeParams{Kind: s.Kind, Term: s.Term, Symptom: s.Symptom,
			OnsetAt: s.Onset, Tickets: rowIDs(s.Tickets), Usual: s.Usual, Now: now})
		if err != nil {
			return fmt.Errorf("keep surge: %w", err)
		}
		if err := w.announce(ctx, q, surgeMessage(id, s, w.PublicURL)); err != nil {
			return err
		}
	}
	return nil
}

func knownSurge(known []schema.Surge, s match.Surge) (int64, bool) {
	for _, k := range known {
		old := match.Surge{Kind: k.Kind, Term: k.Term, Symptom: k.Symptom}
		for _, t := range k.Tickets {
			old.Tickets = append(old.Tickets, strconv.FormatInt(t, 10))
		}
		if old.Again(s) {
			return k.ID, true
		}
	}
	return 0, false
}

func rowIDs(ids []string) []int64 {
	out := make([]int64, 0, len(ids))
	for _, id := range ids {
		out = append(out, rowID(id))
	}
	return out
}

// surgeMessage words a surge. It names what the tickets share, not the tickets' text.
func surgeMessage(id int64, s match.Surge, publicURL string) integrations.Message {
	about := "the " + s.Kind + " " + strconv.Quote(s.Term)
	if s.Symptom != "" {
		about += " and " + s.Symptom
	}
	return integrations.Message{
		Key:     fmt.Sprintf("surge/%d", id),
		Subject: fmt.Sprintf("%d tickets about %s, %.0f usual, and no incident", len(s.Tickets), about, s.Usual),
		Text: fmt.Sprintf("Since %s %d tickets share %s; %.1f would be usual. No open incident explains them.\nDeclare one on the page, or: ticketlink incident declare --title …",
			s.Onset.UTC().Format("15:04 UTC"), len(s.Tickets), about, s.Usual),
		URL: publicURL,
		Fields: map[string]string{"surge_id": strconv.FormatInt(id, 10), "term": s.Term, "symptom": s.Symptom,
			"onset_at": s.Onset.UTC().Format(time.RFC3339), "tickets": strconv.Itoa(len(s.Tickets))},
	}
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

// fromSurge fills in what a person did not say.
func fromSurge(d *Declaration, s schema.Surge) {
	if d.Title == nil {
		title := strings.TrimSpace("Customers report " + s.Term + " " + s.Symptom)
		d.Title = &title
	}
	if d.StartedAt == nil {
		d.StartedAt, d.DetectedAt = &s.OnsetAt, &s.FoundAt
	}
	switch {
	case s.Kind == "tag" && d.Tags == nil:
		d.Tags = []string{s.Term}
	case s.Kind == "word" && d.Keywords == nil:
		d.Keywords = []string{s.Term}
	}
}

// announce has a message delivered once to each default target of reminders.
func (w *Worker) announce(ctx context.Context, q *schema.Queries, m integrations.Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write notice %s: %w", m.Key, err)
	}
	now := w.now()
	for _, target := range w.rooms() {
		if err := q.PutNotice(ctx, schema.PutNoticeParams{Key: m.Key, Target: target, Message: body, Now: &now}); err != nil {
			return fmt.Errorf("store notice %s: %w", m.Key, err)
		}
	}
	return nil
}

// deliverNotices sends what waits, and puts off what fails.
func (w *Worker) deliverNotices(ctx context.Context, _ queue.Task) error {
	now := w.now()
	lease := now.Add(deliverLease)
	rows, err := w.queries.ClaimNotices(ctx, schema.ClaimNoticesParams{Now: now, Lease: &lease, Batch: deliverBatch})
	if err != nil {
		return fmt.Errorf("claim notices: %w", err)
	}
	var failed error
	for _, r := range rows {
		finish := schema.FinishNoticeParams{Key: r.Key, Target: r.Target}
		if err := w.sendNotice(ctx, r); err != nil {
			failed = errors.Join(failed, fmt.Errorf("deliver notice %s to %s: %w", r.Key, r.Target, err))
			finish.Error = err.Error()
			if due := now.Add(backoff(int(r.Attempts) - 1)); r.Attempts < maxAttempts {
				finish.DueAt = &due
			}
		} else {
			finish.DeliveredAt = &now
		}
		if err := w.queries.FinishNotice(ctx, finish); err != nil {
			return fmt.Errorf("record notice %s: %w", r.Key, err)
		}
	}
	return failed
}

func (w *Worker) sendNotice(ctx context.Context, r schema.ClaimNoticesRow) error {
	target, ok := w.targets[r.Target]
	if !ok {
		return errors.New("the target is not configured any more (notify)")
	}
	var m integrations.Message
	if err := json.Unmarshal(r.Message, &m); err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	return target.Send(ctx, m)
}
