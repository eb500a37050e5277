package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// What a merge refuses.
var (
	errMergeSelf     = errors.New("into: expected the key of another incident")
	errMerged        = errors.New("the incident is part of another one by now; go on there")
	errMergeResolved = errors.New("into: that incident is resolved and this one is open; reopen that one first")
)

// merge makes of one incident that was declared twice one incident: a person's
// word that key is the same as into. What is known of both goes on there, what
// people decided on tickets and what sources say of alerts too; the tickets that
// the machine linked are looked for anew. The merged one ends and keeps its
// history and its key.
func (w *Worker) merge(ctx context.Context, actor, key, into string) (schema.Incident, error) {
	var from, to schema.Incident
	err := w.inTx(ctx, func(q *schema.Queries) (err error) {
		if from, to, err = w.lockBoth(ctx, q, key, into); err != nil {
			return err
		}
		if err := w.takeOver(ctx, q, from, to); err != nil {
			return fmt.Errorf("merge %s into %s: %w", key, into, err)
		}
		if err := w.endMerged(ctx, q, actor, from, to); err != nil {
			return err
		}
		to, err = w.changeLocked(ctx, q, actor, "updated", to, func(q *schema.Queries, i *schema.Incident) error {
			return grow(ctx, q, i, from)
		})
		return err
	})
	if err == nil {
		w.nudge(ctx, queue.Task{Kind: "rescore", ID: to.ID}, queue.Task{Kind: "rescore", ID: from.ID})
	}
	return to, err
}

// lockBoth locks the tickets that people decided on, then both incidents and
// their rivals by id: every transaction locks in that order.
func (w *Worker) lockBoth(ctx context.Context, q *schema.Queries, key, into string) (from, to schema.Incident, err error) {
	if key == into {
		return from, to, errMergeSelf
	}
	found := map[string]*schema.Incident{key: &from, into: &to}
	for name, i := range found {
		*i, err = q.GetIncident(ctx, name)
		if errors.Is(err, pgx.ErrNoRows) {
			return from, to, errNoIncident
		}
		if err != nil {
			return from, to, fmt.Errorf("read %s: %w", name, err)
		}
	}
	tickets, err := q.DecidedLinks(ctx, from.ID)
	if err == nil {
		err = q.LockTickets(ctx, tickets)
	}
	if err == nil {
		err = q.LockIncidentsOf(ctx, schema.LockIncidentsOfParams{Ids: []int64{from.ID, to.ID}, Tickets: tickets})
	}
	for _, i := range found {
		if err == nil {
			*i, err = q.GetIncidentByID(ctx, i.ID)
		}
	}
	switch {
	case err != nil:
		return from, to, fmt.Errorf("lock %s and %s: %w", key, into, err)
	case from.MergedInto != nil || to.MergedInto != nil:
		return from, to, errMerged
	case from.Status == "open" && to.Status == "resolved":
		return from, to, errMergeResolved
	}
	return from, to, nil
}

// takeOver moves alerts, groups, problem tickets and people's decisions.
func (w *Worker) takeOver(ctx context.Context, q *schema.Queries, from, to schema.Incident) error {
	now := w.now()
	decided, err := q.TakeOverDecisions(ctx, schema.TakeOverDecisionsParams{IntoIncident: to.ID, FromIncident: from.ID, Now: now})
	if err != nil {
		return err
	}
	var linked, unlinked []int64
	for _, l := range decided {
		if l.State == "confirmed" {
			linked = append(linked, l.Ticket)
		} else {
			unlinked = append(unlinked, l.Ticket)
		}
	}
	if err := w.decisionsMade(ctx, q, to.ID, linked, unlinked, now); err != nil {
		return err
	}
	if err := q.TakeOverAlerts(ctx, schema.TakeOverAlertsParams{IntoIncident: to.ID, FromIncident: from.ID}); err != nil {
		return err
	}
	if err := q.TakeOverProblems(ctx, schema.TakeOverProblemsParams{IntoIncident: to.ID, FromIncident: from.ID}); err != nil {
		return err
	}
	return q.TakeOverGroups(ctx, schema.TakeOverGroupsParams{IntoIncident: to.ID, FromIncident: from.ID})
}

// endMerged resolves what was merged and says where it went on.
func (w *Worker) endMerged(ctx context.Context, q *schema.Queries, actor string, from, to schema.Incident) error {
	_, err := w.changeLocked(ctx, q, actor, "updated", from, func(q *schema.Queries, i *schema.Incident) error {
		if i.Status == "resolved" {
			return nil
		}
		return w.resolveIn(ctx, q, i, nil, "Merged into "+to.Key)
	})
	if err != nil {
		return err
	}
	if err := q.MarkMerged(ctx, schema.MarkMergedParams{IntoIncident: to.ID, FromIncident: from.ID}); err != nil {
		return fmt.Errorf("mark %s: %w", from.Key, err)
	}
	if err := w.audit(ctx, q, actor, "merged", &to.ID, nil, map[string]any{"from": from.Key}); err != nil {
		return err
	}
	return w.audit(ctx, q, actor, "merged", &from.ID, nil, map[string]any{"into": to.Key})
}

// grow adds what was known of the merged incident. What people wrote stays.
func grow(ctx context.Context, q *schema.Queries, i *schema.Incident, from schema.Incident) error {
	more := Declaration{Services: slices.Concat(i.Services, from.Services), Tags: slices.Concat(i.Tags, from.Tags),
		Keywords: slices.Concat(i.Keywords, from.Keywords), Regions: slices.Concat(i.Regions, from.Regions),
		Organizations: slices.Concat(i.Organizations, from.Organizations)}
	if i.ExternalUrl == "" {
		more.ExternalURL = &from.ExternalUrl
	}
	more.applyTo(i)
	if !from.StartedAt.Before(i.StartedAt) {
		return nil
	}
	i.StartedAt = from.StartedAt
	return moveEnds(ctx, q, *i)
}
