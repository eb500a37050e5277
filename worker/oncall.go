package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// An OnCall is a target that is whoever has duty now, by a calendar.
type OnCall struct {
	Name     string
	Calendar dutyCalendar
	Refresh  time.Duration
	People   map[string]string // a name or e-mail address in the calendar, in lower case, and its target
}

// A dutyCalendar is where a schedule is kept.
type dutyCalendar interface {
	Fetch(ctx context.Context) (text string, err error)
	// OnDuty returns the names of whoever has duty at a moment.
	OnDuty(text string, at time.Time) ([]string, error)
}

const onCallTimeout = 20 * time.Second

// ensureOnCall gives each configured schedule its row.
func (w *Worker) ensureOnCall(ctx context.Context, q *schema.Queries) error {
	now := w.now()
	for _, o := range w.Reminding.OnCall {
		if err := q.EnsureOnCall(ctx, schema.EnsureOnCallParams{Name: o.Name, Now: &now}); err != nil {
			return fmt.Errorf("set up on-call schedule %s: %w", o.Name, err)
		}
	}
	return nil
}

// readOnCall reads one schedule's calendar. What cannot be read leaves the one
// before in force.
func (w *Worker) readOnCall(ctx context.Context, t queue.Task) error {
	i := slices.IndexFunc(w.Reminding.OnCall, func(o OnCall) bool { return o.Name == t.Name })
	if i < 0 {
		return w.queries.ForgetOnCall(ctx, t.Name)
	}
	o := w.Reminding.OnCall[i]
	now := w.now()
	next := now.Add(o.Refresh)
	n, err := w.queries.ClaimOnCall(ctx, schema.ClaimOnCallParams{Name: o.Name, Now: &now, NextAt: &next})
	if err != nil || n == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, onCallTimeout)
	defer cancel()
	text, err := o.Calendar.Fetch(ctx)
	if err == nil {
		_, err = o.Calendar.OnDuty(text, now)
	}
	if err != nil {
		err = fmt.Errorf("read on-call schedule %s (the one before stays in force): %w", o.Name, err)
		if failed := w.queries.FailOnCall(ctx, schema.FailOnCallParams{Name: o.Name, Error: err.Error()}); failed != nil {
			return fmt.Errorf("note that on-call schedule %s failed: %w", o.Name, failed)
		}
		return err
	}
	return w.queries.PutOnCall(ctx, schema.PutOnCallParams{Name: o.Name, Calendar: text, Now: &now})
}

// onDuty returns the target of whoever has duty now, by schedule; none where a
// calendar was never read, or names nobody known.
func (w *Worker) onDuty(ctx context.Context, q *schema.Queries) (map[string]string, error) {
	duty := map[string]string{}
	if len(w.Reminding.OnCall) == 0 {
		return duty, nil
	}
	rows, err := q.ListOnCall(ctx)
	if err != nil {
		return nil, fmt.Errorf("list on-call schedules: %w", err)
	}
	now := w.now()
	for _, o := range w.Reminding.OnCall {
		for _, r := range rows {
			if r.Name == o.Name && r.FetchedAt != nil {
				duty[o.Name] = o.target(r.Calendar, now)
			}
		}
	}
	return duty, nil
}

func (o OnCall) target(calendar string, now time.Time) string {
	names, _ := o.Calendar.OnDuty(calendar, now) // it was readable when it was stored
	for _, name := range names {
		if target := o.People[strings.ToLower(name)]; target != "" {
			return target
		}
	}
	return ""
}

// present puts targets in the place of on-call schedules. Where nobody has duty
// the default is told, without a default whoever is escalated to.
func (w *Worker) present(targets []string, duty map[string]string) []string {
	var real []string
	for _, t := range targets {
		switch {
		case !w.isOnCall(t):
			real = append(real, t)
		case duty[t] != "":
			real = append(real, duty[t])
		default:
			real = append(real, w.always()...)
		}
	}
	slices.Sort(real)
	return slices.Compact(real)
}

func (w *Worker) isOnCall(target string) bool {
	return slices.ContainsFunc(w.Reminding.OnCall, func(o OnCall) bool { return o.Name == target })
}

// rooms are the default targets, else those of escalations, and whoever has duty
// now, but no notes on a ticket: for what is about no ticket.
func (w *Worker) rooms(ctx context.Context, q *schema.Queries) ([]string, error) {
	duty, err := w.onDuty(ctx, q)
	if err != nil {
		return nil, err
	}
	list := w.Reminding.Routes.Default
	if len(list) == 0 {
		list = w.Reminding.Routes.Escalate
	}
	return slices.DeleteFunc(w.present(list, duty), func(t string) bool {
		_, note := w.Reminding.TicketNotes[t]
		return note
	}), nil
}

// always are the default targets, else those of escalations, without schedules.
func (w *Worker) always() []string {
	for _, list := range [][]string{w.Reminding.Routes.Default, w.Reminding.Routes.Escalate} {
		if real := slices.DeleteFunc(slices.Clone(list), w.isOnCall); len(real) > 0 {
			return real
		}
	}
	return nil
}
