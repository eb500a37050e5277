package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// machine is the actor of what nobody decided by hand.
const machine = "ticketlink"

// applyUpdate makes of an incident source's word an incident or a change to
// one. Two deliveries about one alert are one incident, even when the source
// groups them differently.
func (w *Worker) applyUpdate(ctx context.Context, q *schema.Queries, source string, u integrations.IncidentUpdate) error {
	// One at a time for each source: two deliveries must not both find nothing.
	if err := q.LockSource(ctx, "source:"+source); err != nil {
		return fmt.Errorf("lock source %s: %w", source, err)
	}
	i, repeated, err := w.incidentOf(ctx, q, source, u)
	if err != nil {
		return err
	}
	switch {
	case i == nil && u.Resolved:
		return nil // we never heard of it firing
	case i == nil:
		declared, err := w.declareIn(ctx, q, source, source, declarationOf(u))
		if err != nil {
			return fmt.Errorf("declare incident of %s: %w", source, err)
		}
		i = &declared
	case i.Status == "resolved" && repeated:
		return putAlerts(ctx, q, source, u, i.ID) // a late repeat of what is over
	}
	if err := putAlerts(ctx, q, source, u, i.ID); err != nil {
		return err
	}
	return w.follow(ctx, q, source, *i, u)
}

// incidentOf finds the incident that an update is about: the one that holds
// the same firing already, else an open one that holds one of its alerts or its group.
func (w *Worker) incidentOf(ctx context.Context, q *schema.Queries, source string, u integrations.IncidentUpdate) (*schema.Incident, bool, error) {
	var prints []string
	var starts []time.Time
	for _, a := range u.Alerts {
		prints, starts = append(prints, a.Fingerprint), append(starts, a.StartsAt)
	}
	ids, err := q.OpenIncidentOfAlert(ctx, schema.OpenIncidentOfAlertParams{Source: source, GroupKey: u.SourceKey, Fingerprints: prints})
	repeated := false
	if err == nil && len(ids) == 0 {
		repeated = true
		ids, err = q.IncidentOfAlert(ctx, schema.IncidentOfAlertParams{Source: source, Fingerprints: prints, Starts: starts})
	}
	if err != nil {
		return nil, false, fmt.Errorf("find incident of %s: %w", source, err)
	}
	if len(ids) == 0 {
		return nil, false, nil
	}
	i, err := q.LockIncidentByID(ctx, ids[0])
	if err != nil {
		return nil, false, fmt.Errorf("lock incident of %s: %w", source, err)
	}
	return &i, repeated, nil
}

func declarationOf(u integrations.IncidentUpdate) Declaration {
	d := Declaration{Title: &u.Title, Summary: &u.Summary, Severity: &u.Severity, Services: u.Services, Tags: u.Tags,
		Regions: u.Regions, ExternalURL: &u.URL}
	if u.Title == "" {
		title := "Alert without a name"
		d.Title = &title
	}
	if !u.StartedAt.IsZero() {
		d.StartedAt, d.DetectedAt = &u.StartedAt, &u.StartedAt
	}
	return d
}

func putAlerts(ctx context.Context, q *schema.Queries, source string, u integrations.IncidentUpdate, incident int64) error {
	rows := make([]schema.PutAlertParams, 0, len(u.Alerts))
	for _, a := range u.Alerts {
		row := schema.PutAlertParams{Source: source, Fingerprint: a.Fingerprint, StartsAt: a.StartsAt, Name: a.Name, Incident: incident}
		if !a.EndsAt.IsZero() {
			row.EndsAt = &a.EndsAt
		}
		rows = append(rows, row)
	}
	if err := execBatch("store alerts of "+source, q.PutAlert(ctx, rows)); err != nil {
		return err
	}
	return q.PutGroup(ctx, schema.PutGroupParams{Source: source, GroupKey: u.SourceKey, Incident: incident})
}

// follow brings an open incident up to date with its alerts: services, tags
// and regions are added, what people wrote stays; it is resolved when the last
// alert is.
func (w *Worker) follow(ctx context.Context, q *schema.Queries, source string, i schema.Incident, u integrations.IncidentUpdate) error {
	if i.Status != "open" {
		return nil
	}
	firing, err := q.FiringAlerts(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("count alerts of %s: %w", i.Key, err)
	}
	if u.Resolved && firing == 0 {
		_, err = w.changeLocked(ctx, q, source, "resolved", i, func(q *schema.Queries, i *schema.Incident) error {
			end := latest(u.ResolvedAt, i.StartedAt)
			return w.resolveIn(ctx, q, i, &end, "")
		})
		return err
	}
	more := Declaration{Services: append(u.Services, i.Services...), Tags: append(u.Tags, i.Tags...), Regions: append(u.Regions, i.Regions...)}
	grown := i
	more.applyTo(&grown)
	if len(grown.Services) == len(i.Services) && len(grown.Tags) == len(i.Tags) && len(grown.Regions) == len(i.Regions) {
		return nil // a repeat
	}
	_, err = w.changeLocked(ctx, q, source, "updated", i, func(_ *schema.Queries, i *schema.Incident) error {
		more.applyTo(i)
		return nil
	})
	return err
}
