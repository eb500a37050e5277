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
	surgeEvery     = time.Minute
	surgeLasts     = match.SurgeLasts
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
	since := now.Add(-dismissedLasts)
	known, err := q.RecentSurges(ctx, schema.RecentSurgesParams{Since: now.Add(-surgeLasts), DismissedSince: since})
	if err != nil {
		return fmt.Errorf("read known surges: %w", err)
	}
	for _, s := range found {
		if id, old, ok := knownSurge(known, s); ok {
			grown := old.Grown(s)
			if err := q.SeeSurge(ctx, schema.SeeSurgeParams{ID: id, Tickets: rowIDs(grown.Tickets), Usual: grown.Usual, Now: now}); err != nil {
				return fmt.Errorf("keep surge %d: %w", id, err)
			}
			continue
		}
		row := schema.InsertSurgeParams{Kind: s.Kind, Term: s.Term, Symptom: s.Symptom,
			OnsetAt: s.Onset, Tickets: rowIDs(s.Tickets), Usual: s.Usual, Now: now}
		id, err := q.InsertSurge(ctx, row)
		if err != nil {
			return fmt.Errorf("keep surge: %w", err)
		}
		known = append(known, schema.Surge{ID: id, Kind: s.Kind, Term: s.Term, Symptom: s.Symptom, Tickets: row.Tickets, Usual: s.Usual})
		if err := w.announce(ctx, q, surgeMessage(id, s, w.PublicURL)); err != nil {
			return err
		}
	}
	return nil
}

// knownSurge finds the surge among those that were told, or dismissed, already.
// A surge that grows by two terms in one minute is seen twice: what the first
// added is kept in known.
func knownSurge(known []schema.Surge, s match.Surge) (id int64, old match.Surge, ok bool) {
	for i, k := range known {
		old := match.Surge{Kind: k.Kind, Term: k.Term, Symptom: k.Symptom, Usual: k.Usual}
		for _, t := range k.Tickets {
			old.Tickets = append(old.Tickets, strconv.FormatInt(t, 10))
		}
		if old.Again(s) {
			known[i].Tickets = rowIDs(old.Grown(s).Tickets)
			return k.ID, old, true
		}
	}
	return 0, match.Surge{}, false
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
	switch {
	case s.Unsaid():
		about = "one word, which is not stored (" + s.Term + ")"
	case s.Term == "":
		about = "the symptom " + strconv.Quote(s.Symptom)
	case s.Symptom != "":
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
	said := s.Term
	if (match.Surge{Kind: s.Kind, Term: s.Term}).Unsaid() {
		said = ""
	}
	if d.Title == nil {
		title := strings.TrimSpace("Customers report " + said + " " + s.Symptom)
		d.Title = &title
	}
	if d.StartedAt == nil {
		d.StartedAt, d.DetectedAt = &s.OnsetAt, &s.FoundAt
	}
	switch {
	case s.Kind == "tag" && d.Tags == nil:
		d.Tags = []string{s.Term}
	case s.Kind == "word" && said != "" && d.Keywords == nil:
		d.Keywords = []string{said}
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
