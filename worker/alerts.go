package worker

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// machine is the actor of what nobody decided by hand.
const machine = "ticketlink"

// applyUpdate makes of an incident source's word an incident or a change to
// one. Two deliveries about one alert are one incident, even when the source
// groups them differently, and in whatever order they come.
func (w *Worker) applyUpdate(ctx context.Context, q *schema.Queries, u sourceUpdate) error {
	if u.update.SourceKey == "" {
		return nil // about no incident
	}
	// One at a time for each source: two deliveries must not both find nothing.
	if err := q.LockSource(ctx, "source:"+u.source); err != nil {
		return fmt.Errorf("lock source %s: %w", u.source, err)
	}
	said, known, err := hear(ctx, q, u)
	if err != nil {
		return err
	}
	i, err := incidentOf(ctx, q, said)
	switch {
	case err != nil:
		return err
	case i == nil && said.Detail:
		return nil
	case i == nil && said.Resolved:
		return putAlerts(ctx, q, said, known, nil) // the end came before the beginning
	case i == nil:
		i, err = w.openFor(ctx, q, said)
	case i.Status == "resolved" && known.fires:
		i, err = w.reopenFor(ctx, q, said, *i)
	}
	if err != nil {
		return err
	}
	if err := putAlerts(ctx, q, said, known, &i.ID); err != nil {
		return err
	}
	return w.follow(ctx, q, said, known, *i)
}

// hear puts an update beside what was said of its alerts before.
func hear(ctx context.Context, q *schema.Queries, u sourceUpdate) (word, outcome, error) {
	said := wordOf(u)
	if len(said.Alerts) == 0 && !said.Detail {
		began, err := q.AlertBegan(ctx, schema.AlertBeganParams{Source: said.source, Fingerprint: said.SourceKey})
		if err != nil {
			return said, outcome{}, fmt.Errorf("read alert of %s: %w", said.source, err)
		}
		said.onePart(began)
	}
	prints, starts := said.firings()
	stored, err := q.StoredAlerts(ctx, schema.StoredAlertsParams{Source: said.source, Fingerprints: prints, Starts: starts})
	if err != nil {
		return said, outcome{}, fmt.Errorf("read alerts of %s: %w", said.source, err)
	}
	return said, said.settle(stored), nil
}

// incidentOf finds the incident that a source's word is about: an open one that
// holds one of its alerts or its group, else the one that holds the same firing.
func incidentOf(ctx context.Context, q *schema.Queries, said word) (*schema.Incident, error) {
	prints, starts := said.firings()
	ids, err := q.OpenIncidentOfAlert(ctx, schema.OpenIncidentOfAlertParams{Source: said.source, GroupKey: said.SourceKey, Fingerprints: prints})
	if err == nil && len(ids) == 0 {
		ids, err = q.IncidentOfAlert(ctx, schema.IncidentOfAlertParams{Source: said.source, Fingerprints: prints, Starts: starts})
	}
	if err != nil {
		return nil, fmt.Errorf("find incident of %s: %w", said.source, err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	i, err := q.LockIncidentByID(ctx, ids[0])
	if err != nil {
		return nil, fmt.Errorf("lock incident of %s: %w", said.source, err)
	}
	return &i, nil
}

// openFor gives an alert that belongs to nothing yet its incident: one that
// others told us of already, or a new one.
func (w *Worker) openFor(ctx context.Context, q *schema.Queries, said word) (*schema.Incident, error) {
	same, err := w.sameIncident(ctx, q, said)
	if same != nil || err != nil {
		return same, err
	}
	declared, err := w.declareIn(ctx, q, said.source, said.source, said.declaration())
	if err != nil {
		return nil, fmt.Errorf("declare incident of %s: %w", said.source, err)
	}
	return &declared, nil
}

func (w *Worker) reopenFor(ctx context.Context, q *schema.Queries, said word, i schema.Incident) (*schema.Incident, error) {
	i, err := w.changeLocked(ctx, q, said.source, "reopened", i, func(q *schema.Queries, i *schema.Incident) error {
		return w.reopenIn(ctx, q, i, said.at)
	})
	return &i, err
}

func putAlerts(ctx context.Context, q *schema.Queries, said word, known outcome, incident *int64) error {
	for n := range known.rows {
		known.rows[n].Incident = incident
	}
	if err := execBatch("store alerts of "+said.source, q.PutAlert(ctx, known.rows)); err != nil || incident == nil {
		return err
	}
	return q.PutGroup(ctx, schema.PutGroupParams{Source: said.source, GroupKey: said.SourceKey, Incident: *incident})
}

// follow brings an open incident up to date: it is resolved when the last of
// its alerts is, whichever sources they are of. Services, tags and regions are
// added, what people wrote stays.
func (w *Worker) follow(ctx context.Context, q *schema.Queries, said word, known outcome, i schema.Incident) error {
	if i.Status != "open" {
		return nil
	}
	firing, err := q.FiringAlerts(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("count alerts of %s: %w", i.Key, err)
	}
	if firing == 0 && (said.Resolved || known.over) && !said.Detail {
		return w.resolveFor(ctx, q, said, known, i)
	}
	more := Declaration{Services: slices.Concat(said.Services, i.Services), Tags: slices.Concat(said.Tags, i.Tags), Regions: slices.Concat(said.Regions, i.Regions)}
	if i.ExternalUrl == "" {
		more.ExternalURL = &said.URL
	}
	rises, err := w.severityRises(ctx, q, said, i)
	if err != nil {
		return err
	}
	if rises {
		more.Severity = &said.Severity
	}
	grown := i
	more.applyTo(&grown)
	if len(grown.Services) == len(i.Services) && len(grown.Tags) == len(i.Tags) && len(grown.Regions) == len(i.Regions) &&
		grown.Severity == i.Severity && grown.ExternalUrl == i.ExternalUrl {
		return nil // a repeat
	}
	_, err = w.changeLocked(ctx, q, said.source, "updated", i, func(_ *schema.Queries, i *schema.Incident) error {
		more.applyTo(i)
		return nil
	})
	return err
}

// severityRises: sources make an incident only worse, and not against a
// person's word.
func (w *Worker) severityRises(ctx context.Context, q *schema.Queries, said word, i schema.Incident) (bool, error) {
	if !integrations.WorseSeverity(said.Severity, i.Severity) {
		return false, nil
	}
	sources := append(slices.Collect(maps.Keys(w.sources)), machine)
	by, err := q.SeveritySetByPeople(ctx, schema.SeveritySetByPeopleParams{Incident: &i.ID, Sources: sources})
	if err != nil {
		return false, fmt.Errorf("read who set the severity of %s: %w", i.Key, err)
	}
	return !by, nil
}

// resolveFor ends an incident when its last alert ended, though not before it
// began or was reopened.
func (w *Worker) resolveFor(ctx context.Context, q *schema.Queries, said word, known outcome, i schema.Incident) error {
	phases, err := q.ListPhases(ctx, []int64{i.ID})
	if err != nil {
		return fmt.Errorf("read phases of %s: %w", i.Key, err)
	}
	end := latest(known.last, i.StartedAt)
	for _, p := range phases {
		end = latest(end, p.StartedAt)
	}
	_, err = w.changeLocked(ctx, q, said.source, "resolved", i, func(q *schema.Queries, i *schema.Incident) error {
		return w.resolveIn(ctx, q, i, &end, said.Message)
	})
	return err
}

// declaration is what the source says, as people would declare it.
func (s word) declaration() Declaration {
	title := s.Title
	if title == "" {
		title = "Alert without a name"
	}
	started, detected := s.StartedAt, s.DetectedAt
	if detected.IsZero() {
		detected = started
	}
	return Declaration{Title: &title, Summary: &s.Summary, Severity: &s.Severity, Services: s.Services, Tags: s.Tags,
		Regions: s.Regions, ExternalURL: &s.URL, StartedAt: &started, DetectedAt: &detected}
}
