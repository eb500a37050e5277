package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/report"
)

// timelineOf tells what happened around an incident, in order. Of linked
// tickets, minutes is when they came.
func (w *Worker) timelineOf(ctx context.Context, i schema.Incident, about report.Incident, minutes []schema.LinkedPerMinuteRow) ([]report.Event, error) {
	h := report.Happenings{Incident: about, Arrivals: arrivalsOf(minutes)}
	for _, read := range []func(context.Context, int64, *report.Happenings) error{w.deeds, w.alertsOf, w.firsts, w.followUpsDone, w.saidInChat} {
		if err := read(ctx, i.ID, &h); err != nil {
			return nil, fmt.Errorf("timeline of %s: %w", i.Key, err)
		}
	}
	return report.Timeline(h), nil
}

func (w *Worker) deeds(ctx context.Context, incident int64, h *report.Happenings) error {
	rows, err := w.queries.ListAudit(ctx, &incident)
	if err != nil {
		return fmt.Errorf("read audit log: %w", err)
	}
	for _, r := range rows {
		d := report.Deed{At: r.At, Actor: r.Actor, Action: r.Action}
		if err := json.Unmarshal(r.Detail, &d.Detail); err != nil {
			return fmt.Errorf("read detail of %s: %w", r.Action, err)
		}
		h.Deeds = append(h.Deeds, d)
	}
	return nil
}

func (w *Worker) alertsOf(ctx context.Context, incident int64, h *report.Happenings) error {
	rows, err := w.queries.ListAlerts(ctx, incident)
	if err != nil {
		return fmt.Errorf("list alerts: %w", err)
	}
	for _, r := range rows {
		h.Alerts = append(h.Alerts, report.Alert{Name: r.Name, Source: r.Source, Start: r.StartsAt, End: r.EndsAt})
	}
	return nil
}

// firsts are the first linked ticket and the first reply to one.
func (w *Worker) firsts(ctx context.Context, incident int64, h *report.Happenings) error {
	first, err := w.queries.FirstLinked(ctx, incident)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find first ticket: %w", err)
	}
	h.First = &report.FirstTicket{At: first.CreatedAt, Ticket: first.Helpdesk + "/" + first.TicketID, Channel: first.Channel}
	if desk, ok := w.helpdesks[first.Helpdesk]; ok && desk.TicketURL != nil {
		h.First.URL = desk.TicketURL(first.TicketID)
	}
	at, err := w.queries.FirstAnswer(ctx, incident)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("find first reply: %w", err)
	}
	if err == nil {
		h.FirstReply = &at
	}
	return nil
}

func (w *Worker) followUpsDone(ctx context.Context, incident int64, h *report.Happenings) error {
	done, err := w.queries.FollowUpsDone(ctx, incident)
	if err != nil {
		return fmt.Errorf("list follow-ups: %w", err)
	}
	for _, f := range done {
		h.FollowUps = append(h.FollowUps, report.FollowUpDone{At: f.At, Kind: f.Kind, Late: f.Late})
	}
	sent, err := w.queries.RemindersSent(ctx, incident)
	if err != nil {
		return fmt.Errorf("list reminders: %w", err)
	}
	for _, r := range sent {
		h.Reminders = append(h.Reminders, report.Reminder{At: r.At, Target: r.Target, Escalation: r.Escalation})
	}
	return nil
}

// timeline is one page of an incident's timeline; the cursor is its position.
func (w *Worker) timeline(ctx context.Context, key string, p Paging) (pageOf[report.Event], error) {
	none := pageOf[report.Event]{}
	after, err := p.after()
	if err != nil || after < 0 {
		return none, errBadCursor
	}
	i, about, err := w.reported(ctx, key)
	if err != nil {
		return none, err
	}
	minutes, err := w.queries.LinkedPerMinute(ctx, i.ID)
	if err != nil {
		return none, fmt.Errorf("count tickets of %s by minute: %w", key, err)
	}
	events, err := w.timelineOf(ctx, i, about, minutes)
	if err != nil {
		return none, err
	}
	type line struct {
		n int64
		report.Event
	}
	var rest []line
	for n := int(after); n < len(events); n++ {
		rest = append(rest, line{int64(n) + 1, events[n]})
	}
	return pageFrom(p, rest, func(l line) int64 { return l.n }, func(l line) report.Event { return l.Event }), nil
}
