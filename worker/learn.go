package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const lessonBatch = 500

// learn teaches the matcher what people decided since the last time. Each
// version of the model is kept. What is going on is scored again with it; links
// of the past stay as they are.
func (w *Worker) learn(ctx context.Context, _ queue.Task) error {
	model, at, err := w.model(ctx)
	if err != nil {
		return err
	}
	rows, err := w.queries.Lessons(ctx, schema.LessonsParams{After: at, Batch: lessonBatch})
	if err != nil {
		return fmt.Errorf("read decisions to learn from: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	lessons, err := w.lessons(ctx, rows)
	if err != nil {
		return err
	}
	if err := w.keepModel(ctx, model.Learn(lessons...), rows[len(rows)-1].ID); err != nil {
		return err
	}
	now := w.now()
	since := now.Add(-w.Matching.Windows.After)
	return w.queries.RescoreActive(ctx, schema.RescoreActiveParams{DueAt: &now, Since: &since})
}

// model returns what has been learned, and up to which decision.
func (w *Worker) model(ctx context.Context) (m match.Model, auditID int64, err error) {
	row, err := w.queries.LatestModel(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return match.Model{}, 0, nil
	}
	if err != nil {
		return m, 0, fmt.Errorf("read model: %w", err)
	}
	if err := json.Unmarshal(row.Model, &m); err != nil {
		return m, 0, fmt.Errorf("read model version %d: %w", row.Version, err)
	}
	return m, row.AuditID, nil
}

// lessons are decisions with the ticket and the incident they are about.
func (w *Worker) lessons(ctx context.Context, rows []schema.LessonsRow) ([]match.Lesson, error) {
	var tickets []int64
	var incidents []schema.Incident
	for _, r := range rows {
		tickets, incidents = append(tickets, r.Ticket), append(incidents, r.Incident)
	}
	known, err := w.queries.TicketsToMatch(ctx, schema.TicketsToMatchParams{Ids: tickets, RegionField: w.Impact.Region})
	if err != nil {
		return nil, fmt.Errorf("read decided tickets: %w", err)
	}
	byID := map[int64]match.Ticket{}
	for _, t := range known {
		byID[t.ID] = matchTicket(schema.CorpusChangesRow(t))
	}
	inc, err := w.matchIncidents(ctx, incidents)
	if err != nil {
		return nil, err
	}
	var out []match.Lesson
	for n, r := range rows {
		t, ok := byID[r.Ticket]
		if !ok {
			continue // deleted since
		}
		l := match.Lesson{Ticket: t, Incident: inc[n], LogOdds: math.NaN(), Decision: match.Decision{
			TicketID: t.ID, IncidentID: strconv.FormatInt(r.Incident.ID, 10), Confirmed: r.Action == "confirmed", At: r.At}}
		if r.Uncalibrated != nil {
			l.LogOdds = *r.Uncalibrated
		}
		out = append(out, l)
	}
	return out, nil
}

// keepModel stores a version. When another replica was quicker, its is as good.
func (w *Worker) keepModel(ctx context.Context, m match.Model, auditID int64) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	_, err = w.queries.PutModel(ctx, schema.PutModelParams{Version: int64(m.Version), Now: w.now(), AuditID: auditID, Model: body})
	if err != nil {
		return fmt.Errorf("keep model version %d: %w", m.Version, err)
	}
	return nil
}

// resetModel forgets a part of what was learned, as a new version.
func (w *Worker) resetModel(ctx context.Context, by, part string) (match.Model, error) {
	m, at, err := w.model(ctx)
	if err != nil {
		return m, err
	}
	next := m.Reset(part)
	if next.Version == m.Version {
		return m, errBadPart
	}
	if err := w.keepModel(ctx, next, at); err != nil {
		return m, err
	}
	return next, w.audit(ctx, w.queries, by, "model_reset", nil, nil, map[string]any{"part": part})
}

var errBadPart = errors.New("part: expected associations, tag, lag, platt or all")
