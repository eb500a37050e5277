package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/report"
)

// customersNamed is how many customers a report names at most.
const customersNamed = 50

// reported reads an incident and puts it in the report's form.
func (w *Worker) reported(ctx context.Context, key string) (schema.Incident, report.Incident, error) {
	i, err := w.incident(ctx, key)
	if err != nil {
		return i, report.Incident{}, err
	}
	about := report.Incident{
		Key: i.Key, Title: i.Title, Summary: i.Summary, Message: i.Message, Severity: i.Severity, Services: list(i.Services),
		URL: i.ExternalUrl, Started: i.StartedAt, Detected: i.DetectedAt, Declared: i.DeclaredAt,
	}
	phases, err := w.queries.ListPhases(ctx, []int64{i.ID})
	if err != nil {
		return i, about, fmt.Errorf("read phases of %s: %w", key, err)
	}
	for _, p := range phases {
		about.Phases = append(about.Phases, report.Phase{Start: p.StartedAt, End: p.EndedAt})
	}
	return i, about, nil
}

// reportOf gathers everything that a report says of an incident.
func (w *Worker) reportOf(ctx context.Context, key string) (report.Report, error) {
	i, about, err := w.reported(ctx, key)
	if err != nil {
		return report.Report{}, err
	}
	r := report.Report{Incident: about, WrittenAt: w.now()}
	in, err := w.impactInput(ctx, w.queries, i)
	if err != nil {
		return r, fmt.Errorf("measure %s: %w", key, err)
	}
	minutes, err := w.queries.LinkedPerMinute(ctx, i.ID)
	if err != nil {
		return r, fmt.Errorf("count tickets of %s by minute: %w", key, err)
	}
	r.Impact = impact.Measure(in)
	r.Tickets = report.NewSeries(in.Bins, arrivalsOf(minutes), i.StartedAt, w.endOf(i))
	if r.Timeline, err = w.timelineOf(ctx, i, about, minutes); err != nil {
		return r, err
	}
	for _, read := range []func(context.Context, int64, *report.Report) error{
		w.reportWaits, w.reportCustomers, w.reportFollowUps, w.reportReferences, w.reportSections,
	} {
		if err := read(ctx, i.ID, &r); err != nil {
			return r, fmt.Errorf("report on %s: %w", key, err)
		}
	}
	return report.New(r), nil
}

func (w *Worker) reportWaits(ctx context.Context, incident int64, r *report.Report) error {
	rows, err := w.queries.FirstReplyWaits(ctx, incident)
	if err != nil {
		return fmt.Errorf("count first replies: %w", err)
	}
	byMinutes := map[int]int{}
	for _, row := range rows {
		byMinutes[int(row.Minutes)] = int(row.Tickets)
	}
	r.Replies = report.Waits(byMinutes)
	return nil
}

// reportCustomers names who was affected, as far as the configuration allows.
func (w *Worker) reportCustomers(ctx context.Context, incident int64, r *report.Report) error {
	r.Customers = report.Customers{Privacy: w.Impact.Privacy, Named: []report.Customer{}}
	if r.Customers.Privacy == "none" {
		return nil
	}
	people := r.Customers.Privacy == "all"
	rows, err := w.queries.AffectedCustomers(ctx, schema.AffectedCustomersParams{
		Incident: incident, PlanPath: path(w.Impact.Plan), People: people, Batch: customersNamed})
	if err != nil {
		return fmt.Errorf("list customers: %w", err)
	}
	for _, row := range rows {
		name := row.Organization
		if row.OrganizationID == "" {
			name = row.Person
		}
		if name == "" {
			name = "without a name, " + row.Helpdesk + " " + row.OrganizationID + row.RequesterID
		}
		r.Customers.Named = append(r.Customers.Named, report.Customer{Name: name, Person: row.OrganizationID == "", Plan: row.Plan,
			People: int(row.People), Tickets: int(row.Tickets), Unanswered: int(row.Unanswered)})
		r.Customers.Unnamed -= int64(row.People)
	}
	r.Customers.Unnamed = max(r.Customers.Unnamed+r.Impact.Customers, 0)
	return nil
}

func (w *Worker) reportFollowUps(ctx context.Context, incident int64, r *report.Report) error {
	rows, err := w.queries.FollowUpEnds(ctx, schema.FollowUpEndsParams{Incident: incident, Now: r.WrittenAt})
	if err != nil {
		return fmt.Errorf("count follow-ups: %w", err)
	}
	r.FollowUps = []report.FollowUps{}
	for _, row := range rows {
		r.FollowUps = append(r.FollowUps, report.FollowUps{Kind: row.Kind, OnTime: int(row.OnTime), Late: int(row.Late),
			Pending: int(row.Pending), Missing: int(row.Missing), Cancelled: int(row.Cancelled)})
	}
	return nil
}

func (w *Worker) reportReferences(ctx context.Context, incident int64, r *report.Report) error {
	rows, err := w.queries.ListReferences(ctx, schema.ListReferencesParams{Incident: incident, Batch: 500})
	if err != nil {
		return fmt.Errorf("list references: %w", err)
	}
	r.References = []report.Reference{}
	for _, row := range rows {
		r.References = append(r.References, report.Reference{Kind: row.Kind, Name: row.Name, Title: row.Title, URL: row.Url, Proposed: row.State == "proposed"})
	}
	return nil
}

func (w *Worker) reportSections(ctx context.Context, incident int64, r *report.Report) error {
	rows, err := w.queries.ListSections(ctx, incident)
	if err != nil {
		return fmt.Errorf("read sections: %w", err)
	}
	r.Sections = report.Template()
	for _, row := range rows {
		for k := range r.Sections {
			if s := &r.Sections[k]; s.Name == row.Name {
				s.Text, s.UpdatedBy, s.UpdatedAt = row.Text, row.UpdatedBy, &row.UpdatedAt
			}
		}
	}
	return nil
}

var errNoSection = errors.New("no section of the report has that name")

// writeSection keeps what a person wrote into an incident's report.
func (w *Worker) writeSection(ctx context.Context, by, key, name, text string) (report.Section, error) {
	var section report.Section
	for _, s := range report.Template() {
		if s.Name == name {
			section = s
		}
	}
	if section.Name == "" {
		return section, errNoSection
	}
	i, err := w.incident(ctx, key)
	if err != nil {
		return section, err
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		row, err := q.PutSection(ctx, schema.PutSectionParams{Incident: i.ID, Name: name, Text: text, UpdatedBy: by, Now: w.now()})
		if err != nil {
			return fmt.Errorf("store section %s of %s: %w", name, key, err)
		}
		section.Text, section.UpdatedBy, section.UpdatedAt = row.Text, row.UpdatedBy, &row.UpdatedAt
		return w.audit(ctx, q, by, "section_written", &i.ID, nil, map[string]any{"section": section.Title})
	})
	return section, err
}
