package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
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
	changed, err := w.storeTickets(ctx, q, helpdesk, via, rows)
	if err != nil {
		return err
	}
	return w.markChanged(ctx, q, changed)
}

// acceptEvents takes what webhooks told, by helpdesk. All tickets are stored,
// and so locked, before the first incident is: a poll of the second helpdesk
// has the same tickets and incidents in that order.
func (w *Worker) acceptEvents(ctx context.Context, q *schema.Queries, events map[string][]integrations.TicketEvent) error {
	var changed, answered []int64
	for _, helpdesk := range slices.Sorted(maps.Keys(events)) {
		c, a, err := w.storeEvents(ctx, q, helpdesk, events[helpdesk])
		if err != nil {
			return err
		}
		changed, answered = append(changed, c...), append(answered, a...)
	}
	if len(answered) > 0 { // of both at once: incidents are locked by id
		if err := w.markAnswered(ctx, q, append(answered, changed...)); err != nil {
			return err
		}
	}
	return w.markChanged(ctx, q, changed)
}

// storeEvents returns the rows of the tickets that changed and of those that
// were answered. Events that are too thin to match on ask for a fetch of the
// whole ticket.
func (w *Worker) storeEvents(ctx context.Context, q *schema.Queries, helpdesk string,
	events []integrations.TicketEvent) (changed, answered []int64, err error) {
	now := w.now()
	var rows []schema.UpsertTicketParams
	var fetches []schema.QueueFetchParams
	var replies []integrations.Reply
	var redacted []schema.RedactReplyParams
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
		if e.Redacted != "" {
			redacted = append(redacted, schema.RedactReplyParams{Helpdesk: helpdesk, TicketID: e.Ticket.ID, ReplyID: e.Redacted, Now: &now})
		}
	}
	if changed, err = w.storeTickets(ctx, q, helpdesk, viaWebhook, rows); err != nil {
		return nil, nil, err
	}
	if err := execBatch("queue fetch of tickets", q.QueueFetch(ctx, fetches)); err != nil {
		return nil, nil, err
	}
	if answered, err = w.storeReplies(ctx, q, helpdesk, replies); err != nil {
		return nil, nil, err
	}
	return changed, answered, execBatch("take out redacted comments", q.RedactReply(ctx, redacted))
}

// storeTickets stores tickets, newer wins, and returns the rows that changed.
func (w *Worker) storeTickets(ctx context.Context, q *schema.Queries, helpdesk, via string,
	rows []schema.UpsertTicketParams) (changed []int64, err error) {
	// Everybody locks in the same order; what one ticket's events say stays in theirs.
	slices.SortStableFunc(rows, func(a, b schema.UpsertTicketParams) int { return strings.Compare(a.TicketID, b.TicketID) })
	if err := w.hideText(ctx, q, helpdesk, rows); err != nil {
		return nil, err
	}
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
	if w.followsProblems(helpdesk) {
		now := w.now()
		if err := q.ReadProblems(ctx, schema.ReadProblemsParams{Ids: changed, By: byProblem, Now: &now}); err != nil {
			return nil, fmt.Errorf("mark problem links of changed tickets: %w", err)
		}
	}
	return changed, nil
}

// markChanged has what hangs on changed tickets done again. It locks incidents.
func (w *Worker) markChanged(ctx context.Context, q *schema.Queries, changed []int64) error {
	if len(changed) == 0 {
		return nil
	}
	now := w.now()
	if err := q.TicketsChanged(ctx, schema.TicketsChangedParams{Ids: changed, Now: &now}); err != nil {
		return fmt.Errorf("mark links of changed tickets: %w", err)
	}
	if err := q.ForgetDeleted(ctx, changed); err != nil {
		return fmt.Errorf("forget words of deleted tickets: %w", err)
	}
	return nil
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
		ResolutionSeconds: wholeSeconds(t.Times.Resolution), Fields: fieldsJSON(w.Impact.kept(t.Fields)), Words: []int64{},
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, Stamp: latest(t.UpdatedAt, t.GeneratedAt),
		Complete: complete, Now: now,
	}
	if t.Scrubbed || t.Deleted() {
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
