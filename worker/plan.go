package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// plan works out who must hear back about one incident, and brings the stored
// follow-ups in line with that. The incident's row is locked meanwhile.
func (w *Worker) plan(ctx context.Context, t queue.Task) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		now := w.now()
		i, err := q.ClaimPlan(ctx, schema.ClaimPlanParams{ID: t.ID, Now: &now})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("claim planning: %w", err)
		}
		existing, err := q.FollowUpsOf(ctx, i.ID)
		if err != nil {
			return fmt.Errorf("read follow-ups of %s: %w", i.Key, err)
		}
		in, err := w.planInput(ctx, q, i, existing)
		if err != nil {
			return fmt.Errorf("plan %s: %w", i.Key, err)
		}
		rows := w.planRows(i.ID, existing, followup.Plan(in))
		if err := execBatch("store follow-ups of "+i.Key, q.PutFollowUp(ctx, rows)); err != nil {
			return err
		}
		failpoint("planning")
		w.tracePlans(ctx, i.Key, rows)
		if err := w.dropDueTags(ctx, q, i.ID); err != nil {
			return err
		}
		return q.FinishPlan(ctx, schema.FinishPlanParams{ID: i.ID, Changed: len(rows) > 0, Now: &now})
	})
}

func (w *Worker) planInput(ctx context.Context, q *schema.Queries, i schema.Incident, existing []schema.FollowUp) (followup.Input, error) {
	in := followup.Input{
		Incident: followup.Incident{Key: i.Key, Severity: i.Severity}, Policy: w.FollowUp, Now: w.now(),
	}
	phases, err := q.ListPhases(ctx, []int64{i.ID})
	if err != nil {
		return in, fmt.Errorf("read phases: %w", err)
	}
	for n, p := range phases {
		from := p.StartedAt
		if n == 0 {
			from = i.DeclaredAt // nobody could know before
		}
		in.Incident.Phases = append(in.Incident.Phases, followup.Phase{From: from, ResolvedAt: orZero(p.EndedAt)})
	}
	tickets, err := q.PlanTickets(ctx, schema.PlanTicketsParams{Incident: i.ID, PlanPath: path(w.Impact.Plan)})
	if err != nil {
		return in, fmt.Errorf("read linked tickets: %w", err)
	}
	for _, t := range tickets {
		in.Tickets = append(in.Tickets, followup.Ticket{
			Helpdesk: t.Helpdesk, ID: t.TicketID, Requester: t.RequesterID, Organization: t.OrganizationID, Plan: t.Plan,
			Assignee: t.AssigneeID, Group: t.GroupID, Status: t.Status, Link: t.State,
			CreatedAt: t.CreatedAt, Replies: t.Replies,
			MergedInto: t.MergedInto, MergedReplies: t.MergedReplies,
		})
	}
	for _, f := range existing {
		in.Existing = append(in.Existing, followUpOf(i.Key, f))
	}
	return in, nil
}

// followUpOf is a stored follow-up as the pure rules see it.
func followUpOf(incident string, f schema.FollowUp) followup.FollowUp {
	return followup.FollowUp{
		Key: f.Key, Incident: incident, Phase: int(f.Phase), Kind: followup.Kind(f.Kind), Customer: f.Customer,
		Helpdesk: f.Helpdesk, TicketID: f.TicketID, TicketIDs: f.TicketIds, Severity: f.Severity, Plan: f.Plan,
		Organization: f.Organization, Assignee: f.Assignee, Group: f.GroupID, Since: f.Since, DueAt: f.DueAt,
		State: followup.State(f.Status), Reason: f.Reason, ByHand: f.ByHand, SnoozedUntil: orZero(f.SnoozedUntil),
		EndedAt: orZero(f.EndedAt), RemindedAt: orZero(f.RemindedAt),
	}
}

// planRows are the planned follow-ups that differ from the stored ones, each
// with the time of its next reminder.
func (w *Worker) planRows(incident int64, existing []schema.FollowUp, planned []followup.FollowUp) []schema.PutFollowUpParams {
	stored := map[string]schema.FollowUp{}
	for _, f := range existing {
		stored[f.Key] = f
	}
	now := w.now()
	var rows []schema.PutFollowUpParams
	for _, f := range planned {
		was, had := stored[f.Key]
		if was.AssignedBy != "" { // a person's word outlives the helpdesk's
			f.Assignee = was.Assignee
		}
		remind := w.remindDue(f, int(was.Stage))
		if had && was.Status == string(f.State) && was.DueAt.Equal(f.DueAt) && was.Reason == f.Reason && was.Assignee == f.Assignee &&
			len(was.TicketIds) == len(f.TicketIDs) && orZero(was.RemindDueAt).Equal(orZero(remind)) {
			continue
		}
		row := schema.PutFollowUpParams{
			Incident: incident, Key: f.Key, Kind: string(f.Kind), Phase: int32(f.Phase), Customer: f.Customer, Helpdesk: f.Helpdesk,
			TicketID: f.TicketID, TicketIds: f.TicketIDs, Severity: f.Severity, Plan: f.Plan, Organization: f.Organization,
			Assignee: f.Assignee, GroupID: f.Group, Since: f.Since, DueAt: f.DueAt, Status: string(f.State), Reason: f.Reason,
			RemindDueAt: remind, Now: now,
		}
		if !f.EndedAt.IsZero() {
			row.EndedAt = &f.EndedAt
		}
		rows = append(rows, row)
	}
	return rows
}

// remindDue is when the next reminder comes, nil for never.
func (w *Worker) remindDue(f followup.FollowUp, sent int) *time.Time {
	next, ok := followup.NextReminder(f, sent, w.FollowUp)
	if !ok {
		return nil
	}
	at := next.At.Truncate(time.Microsecond)
	return &at
}
