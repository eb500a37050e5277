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

// learn teaches the matcher what people decided, or took back, since the last
// time. Each version of the model is kept a while.
func (w *Worker) learn(ctx context.Context, _ queue.Task) error {
	model, at, err := w.model(ctx)
	if err != nil {
		return err
	}
	rows, err := w.queries.Lessons(ctx, lessonBatch)
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
	learned := make([]int64, 0, len(rows))
	for _, r := range rows {
		learned = append(learned, r.ID)
	}
	_, err = w.keepModel(ctx, model.Learn(lessons...), max(at, learned[len(learned)-1]), learned) // of two replicas one learns, the other looks again
	return err
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
	m, err = readModel(row.Version, row.Model)
	return m, row.AuditID, err
}

// modelOf returns what had been learned by a version, nothing by 0, or by the
// first after it that is still kept.
func (w *Worker) modelOf(ctx context.Context, version int64) (match.Model, error) {
	if version == 0 {
		return match.Model{}, nil
	}
	body, err := w.queries.ModelVersion(ctx, version)
	if err != nil {
		return match.Model{}, fmt.Errorf("read model version %d: %w", version, err)
	}
	return readModel(version, body)
}

func readModel(version int64, body []byte) (m match.Model, err error) {
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("read model version %d: %w", version, err)
	}
	return m, nil
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
		ticket := matchTicket(schema.CorpusChangesRow(t))
		ticket.Tags = w.Matching.Telling(ticket.Tags) // ours was written because of the link
		byID[t.ID] = ticket
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
			TicketID: t.ID, IncidentID: strconv.FormatInt(r.Incident.ID, 10), At: r.At}}
		if r.Uncalibrated != nil {
			l.LogOdds = *r.Uncalibrated
		}
		out = append(out, lessonsOf(l, r.Was, r.Becomes)...)
	}
	return out, nil
}

// lessonsOf is what a word teaches: what was said before is forgotten, and the
// same again is nothing new.
func lessonsOf(l match.Lesson, was, becomes string) (out []match.Lesson) {
	if was == becomes {
		return nil
	}
	for _, word := range []struct {
		said      string
		withdrawn bool
	}{{was, true}, {becomes, false}} {
		if word.said == "confirmed" || word.said == "rejected" {
			l.Confirmed, l.Withdrawn = word.said == "confirmed", word.withdrawn
			out = append(out, l)
		}
	}
	return out
}

// keepModel stores a version, marks what it was taught by, and has what is going
// on scored again with it: what is only suggested (see matchAll). It is not kept
// where another replica was quicker.
func (w *Worker) keepModel(ctx context.Context, m match.Model, auditID int64, learned []int64) (kept bool, err error) {
	body, err := json.Marshal(m)
	if err != nil {
		return false, fmt.Errorf("write model: %w", err)
	}
	now := w.now()
	since := now.Add(-w.Matching.Windows.After)
	err = w.inTx(ctx, func(q *schema.Queries) error {
		rows, err := q.PutModel(ctx, schema.PutModelParams{Version: int64(m.Version), Now: now, AuditID: auditID, Model: body})
		if kept = rows > 0; err != nil || !kept {
			return err
		}
		// Incidents before the log: erasing a person locks in that order.
		if err := q.RescoreActive(ctx, schema.RescoreActiveParams{DueAt: &now, Since: &since}); err != nil {
			return err
		}
		return q.FinishLessons(ctx, learned)
	})
	if err != nil {
		return false, fmt.Errorf("keep model version %d: %w", m.Version, err)
	}
	return kept, nil
}

// resetModel forgets a part of what was learned, as a new version. What people
// decided before is not learned from again.
func (w *Worker) resetModel(ctx context.Context, by, part string) (next match.Model, err error) {
	for kept := false; !kept; {
		m, at, err := w.model(ctx)
		if err != nil {
			return m, err
		}
		if next = m.Reset(part); next.Version == m.Version {
			return m, errBadPart
		}
		if kept, err = w.keepModel(ctx, next, at, nil); err != nil {
			return m, err
		}
	}
	return next, w.audit(ctx, w.queries, by, "model_reset", nil, nil, map[string]any{"part": part})
}

var (
	errBadPart = errors.New("part: expected associations, tag, lag, platt or all")
	errNoModel = errors.New("the model has no version of that number yet; leave it out for the latest")
)
