package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// How a ticket came in, for the metric.
const (
	viaWebhook  = "webhook"
	viaPoll     = "poll"
	viaBackfill = "backfill"
)

// acceptPage takes an answer of a helpdesk's export or fetch: the one place
// where tickets enter, together with acceptEvents. The caller's transaction
// also holds the cursor.
func (w *Worker) acceptPage(ctx context.Context, q *schema.Queries, helpdesk, via string, p integrations.Page) error {
	if err := w.acceptDirectory(ctx, q, helpdesk, p); err != nil {
		return err
	}
	if len(p.Unreadable) > 0 {
		w.Log.Error("helpdesk sent objects that cannot be read; they are left out", "helpdesk", helpdesk, "objects", p.Unreadable)
	}
	rows := make([]schema.UpsertTicketParams, 0, len(p.Tickets))
	for _, t := range p.Tickets {
		rows = append(rows, w.ticketRow(helpdesk, t, true))
	}
	_, err := w.acceptTickets(ctx, q, helpdesk, via, rows)
	return err
}

// acceptEvents takes what webhooks told. Events that are too thin to match on
// ask for a fetch of the whole ticket.
func (w *Worker) acceptEvents(ctx context.Context, q *schema.Queries, helpdesk string, events []integrations.TicketEvent) error {
	now := w.now()
	var rows []schema.UpsertTicketParams
	var fetches []schema.QueueFetchParams
	var replies []integrations.Reply
	for _, e := range events {
		switch {
		case e.Ticket.ID == "": // about a person or an organization: the export tells it better
			continue
		case e.Thin:
			fetches = append(fetches, schema.QueueFetchParams{Helpdesk: helpdesk, TicketID: e.Ticket.ID, Now: now})
		default:
			row := w.ticketRow(helpdesk, e.Ticket, false)
			row.MergedInto = e.MergedInto
			rows = append(rows, row)
		}
		if e.Reply != nil {
			replies = append(replies, *e.Reply)
		}
	}
	if _, err := w.acceptTickets(ctx, q, helpdesk, viaWebhook, rows); err != nil {
		return err
	}
	if err := execBatch("queue fetch of tickets", q.QueueFetch(ctx, fetches)); err != nil {
		return err
	}
	return w.acceptReplies(ctx, q, helpdesk, replies)
}

// acceptTickets stores tickets, newer wins, and marks what hangs on the
// changed ones. It returns the rows that changed.
func (w *Worker) acceptTickets(ctx context.Context, q *schema.Queries, helpdesk, via string,
	rows []schema.UpsertTicketParams) (changed []int64, err error) {
	// Everybody locks in the same order; what one ticket's events say stays in theirs.
	slices.SortStableFunc(rows, func(a, b schema.UpsertTicketParams) int { return strings.Compare(a.TicketID, b.TicketID) })
	q.UpsertTicket(ctx, rows).Query(func(i int, ids []int64, rowErr error) {
		if rowErr != nil && err == nil {
			err = fmt.Errorf("store ticket %s/%s: %w", helpdesk, rows[i].TicketID, rowErr)
		}
		changed = append(changed, ids...)
		if len(ids) > 0 {
			w.traceTicket(ctx, "accept", helpdesk, rows[i].TicketID, attribute.String("via", via))
		}
	})
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	w.Metrics.ingested.WithLabelValues(helpdesk, via).Add(float64(len(changed)))
	now := w.now()
	if err := q.TicketsChanged(ctx, schema.TicketsChangedParams{Ids: changed, Now: &now}); err != nil {
		return nil, fmt.Errorf("mark links of changed tickets: %w", err)
	}
	if w.followsProblems(helpdesk) {
		if err := q.ReadProblems(ctx, schema.ReadProblemsParams{Ids: changed, By: byProblem, Now: &now}); err != nil {
			return nil, fmt.Errorf("mark problem links of changed tickets: %w", err)
		}
	}
	return changed, nil
}

// ticketRow is a ticket as the table holds it. Complete says that it is the
// helpdesk's whole word, not an event's part of it.
func (w *Worker) ticketRow(helpdesk string, t integrations.Ticket, complete bool) schema.UpsertTicketParams {
	now := w.now()
	row := schema.UpsertTicketParams{
		Helpdesk: helpdesk, TicketID: t.ID,
		Subject:     integrations.CleanText(t.Subject, integrations.MaxSubject),
		Description: integrations.CleanText(t.Description, integrations.MaxText),
		Status:      t.Status, Priority: t.Priority, Type: t.Type, Channel: t.Channel,
		Tags:        integrations.FoldTags(t.Tags),
		RequesterID: t.RequesterID, OrganizationID: t.OrganizationID, AssigneeID: t.AssigneeID,
		GroupID: t.GroupID, FormID: t.FormID, ProblemID: t.ProblemID, Satisfaction: t.Satisfaction,
		SpentSeconds: wholeSeconds(w.Impact.spent(t)), RequesterWaitSeconds: wholeSeconds(t.Times.RequesterWait),
		ResolutionSeconds: wholeSeconds(t.Times.Resolution), Fields: fieldsJSON(w.Impact.kept(t.Fields)),
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, Stamp: latest(t.UpdatedAt, t.GeneratedAt),
		Complete: complete, Now: now,
	}
	if t.Scrubbed {
		row.Subject, row.Description = "", ""
	}
	if row.CreatedAt.IsZero() {
		row.CreatedAt = earliest(t.UpdatedAt, now)
	}
	if row.Stamp.After(now.Add(5 * time.Minute)) { // a clock that runs ahead must not win for years
		row.Stamp = now
	}
	return row
}

// acceptDirectory stores the people and organizations that came with tickets.
// E-mail addresses are kept of agents only: they are whom we remind.
func (w *Worker) acceptDirectory(ctx context.Context, q *schema.Queries, helpdesk string, p integrations.Page) error {
	orgs := make([]schema.UpsertOrganizationParams, 0, len(p.Organizations))
	for _, o := range p.Organizations {
		orgs = append(orgs, schema.UpsertOrganizationParams{
			Helpdesk: helpdesk, ID: o.ID, Name: integrations.CleanText(o.Name, integrations.MaxSubject),
			Tags: integrations.FoldTags(o.Tags), Fields: fieldsJSON(o.Fields), UpdatedAt: o.UpdatedAt,
		})
	}
	people := make([]schema.UpsertPersonParams, 0, len(p.People))
	for _, m := range p.People {
		row := schema.UpsertPersonParams{
			Helpdesk: helpdesk, ID: m.ID, Name: integrations.CleanText(m.Name, integrations.MaxSubject), Role: m.Role,
			Locale: m.Locale, OrganizationID: m.OrganizationID, Fields: fieldsJSON(m.Fields), UpdatedAt: m.UpdatedAt,
		}
		if m.Agent() {
			row.Email = m.Email
		}
		people = append(people, row)
	}
	if err := execBatch("store organizations", q.UpsertOrganization(ctx, orgs)); err != nil {
		return err
	}
	return execBatch("store people", q.UpsertPerson(ctx, people))
}

// fieldsJSON writes custom fields for a jsonb column.
func fieldsJSON(fields map[string]json.RawMessage) json.RawMessage {
	clean := map[string]json.RawMessage{}
	for k, raw := range fields {
		clean[integrations.CleanText(k, integrations.MaxTag)] = integrations.CleanJSON(raw)
	}
	body, err := json.Marshal(clean)
	if err != nil { // values that came out of JSON go back in
		return json.RawMessage("{}")
	}
	return body
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
