package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// A ProblemSource makes incidents of a helpdesk's problem tickets.
type ProblemSource struct {
	Helpdesk string
	Tag      string // only problems that carry it; "" for all
}

// byProblem decides links in the name of the agent who chose the problem in
// the helpdesk; people overrule it here.
const byProblem = "zendesk"

const (
	problemBatch = 100
	problemLease = time.Minute
)

// followsProblems says whether problem tickets of a helpdesk mean anything here.
func (w *Worker) followsProblems(helpdesk string) bool {
	_, source := w.problemSource(helpdesk)
	return source || w.helpdesks[helpdesk].Problems != nil
}

func (w *Worker) problemSource(helpdesk string) (Source, bool) {
	n := slices.IndexFunc(w.Sources, func(s Source) bool { return s.Problems != nil && s.Problems.Helpdesk == helpdesk })
	if n < 0 {
		return Source{}, false
	}
	return w.Sources[n], true
}

// readProblems reads what agents said by problem tickets: that there is an
// incident, that it is over, and which tickets are of it.
func (w *Worker) readProblems(ctx context.Context, _ queue.Task) error {
	var lease time.Time
	defer w.giveBack(ctx, &lease)
	for {
		now := w.now()
		lease = now.Add(problemLease)
		ids, err := w.queries.ClaimProblems(ctx, schema.ClaimProblemsParams{Now: &now, Lease: &lease, Batch: problemBatch})
		if err != nil {
			return fmt.Errorf("claim problem links: %w", err)
		}
		var failed error
		for _, id := range ids {
			failed = errors.Join(failed, w.readProblem(ctx, id, lease))
		}
		if failed != nil || len(ids) == 0 {
			return failed
		}
	}
}

// readProblem takes two transactions: what the problem says locks its incident,
// and a link locks all that compete for the ticket, by id.
func (w *Worker) readProblem(ctx context.Context, id int64, lease time.Time) error {
	err := w.inTx(ctx, func(q *schema.Queries) error {
		t, err := lockProblem(ctx, q, id)
		if err != nil || t.Type != "problem" {
			return err
		}
		if err := w.tellProblem(ctx, q, t); err != nil {
			return fmt.Errorf("read problem ticket %s/%s: %w", t.Helpdesk, t.TicketID, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.inTx(ctx, func(q *schema.Queries) error {
		t, err := lockProblem(ctx, q, id)
		if err != nil {
			return err
		}
		of, err := problemOf(ctx, q, t)
		if err != nil {
			return err
		}
		if err := w.linkByProblem(ctx, q, t, of); err != nil {
			return fmt.Errorf("link ticket %s/%s by its problem: %w", t.Helpdesk, t.TicketID, err)
		}
		return q.FinishProblem(ctx, schema.FinishProblemParams{ID: id, Lease: &lease})
	})
}

// lockProblem locks a ticket together with those that it is the problem of.
func lockProblem(ctx context.Context, q *schema.Queries, id int64) (schema.Ticket, error) {
	if err := q.LockProblem(ctx, id); err != nil {
		return schema.Ticket{}, fmt.Errorf("lock ticket and those of its problem: %w", err)
	}
	t, err := q.LockTicket(ctx, id)
	if err != nil {
		return t, fmt.Errorf("lock ticket: %w", err)
	}
	return t, nil
}

// problemOf is the problem ticket that a ticket belongs to: a customer's own
// that was made the problem, for they are affected.
func problemOf(ctx context.Context, q *schema.Queries, t schema.Ticket) (string, error) {
	if t.Type != "problem" {
		return t.ProblemID, nil
	}
	customers, err := q.ByCustomer(ctx, schema.ByCustomerParams{Helpdesk: t.Helpdesk, RequesterID: t.RequesterID})
	if err != nil {
		return "", fmt.Errorf("read who wrote problem ticket %s/%s: %w", t.Helpdesk, t.TicketID, err)
	}
	if customers {
		return t.TicketID, nil
	}
	return t.ProblemID, nil
}

// tellProblem makes of a problem ticket an incident, or a change to its own.
func (w *Worker) tellProblem(ctx context.Context, q *schema.Queries, t schema.Ticket) error {
	known, err := q.ProblemTicket(ctx, schema.ProblemTicketParams{Helpdesk: t.Helpdesk, TicketID: t.TicketID})
	fresh := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !fresh {
		return err
	}
	source, follows := w.problemSource(t.Helpdesk)
	if fresh {
		if i, err := incidentByTag(ctx, q, t.Tags); err != nil {
			return err
		} else if i != 0 {
			return w.keepProblem(ctx, q, t, i, true)
		}
	}
	if !follows || known.Ours || fresh && source.Problems.Tag != "" && !slices.Contains(t.Tags, source.Problems.Tag) {
		return nil
	}
	if err := w.applyUpdate(ctx, q, sourceUpdate{source.Name, w.problemUpdate(t, source.Problems.Tag), t.ChangedAt.UTC()}); err != nil {
		return err
	}
	ids, err := q.IncidentOfGroup(ctx, schema.IncidentOfGroupParams{Source: source.Name, GroupKey: t.TicketID})
	if err != nil || len(ids) == 0 || !fresh && ids[0] == known.Incident {
		return err
	}
	return w.keepProblem(ctx, q, t, ids[0], false)
}

// keepProblem notes whose problem a ticket is, and has its incidents read.
func (w *Worker) keepProblem(ctx context.Context, q *schema.Queries, t schema.Ticket, incident int64, ours bool) error {
	err := q.PutProblemTicket(ctx, schema.PutProblemTicketParams{Helpdesk: t.Helpdesk, TicketID: t.TicketID, Incident: incident, Ours: ours})
	if err != nil {
		return err
	}
	now := w.now()
	return q.ReadProblemsOf(ctx, schema.ReadProblemsOfParams{Helpdesk: t.Helpdesk, ProblemID: t.TicketID, Now: &now})
}

// incidentByTag finds the incident that a problem ticket is given to by its
// tag incident_{key}, 0 for none. Our own problem tickets carry it.
func incidentByTag(ctx context.Context, q *schema.Queries, tags []string) (int64, error) {
	var keys []string
	for _, tag := range tags {
		if key, ours := strings.CutPrefix(tag, tagPrefix); ours {
			keys = append(keys, key)
		}
	}
	ids, err := q.IncidentsByFoldedKey(ctx, keys)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// problemUpdate is a problem ticket as a source's word.
func (w *Worker) problemUpdate(t schema.Ticket, tag string) integrations.IncidentUpdate {
	u := integrations.IncidentUpdate{
		SourceKey: t.TicketID, Event: t.Status, At: t.Stamp, Title: cmp.Or(t.Subject, "Problem ticket "+t.TicketID), Summary: t.Description, Severity: t.Priority,
		StartedAt: t.CreatedAt, Resolved: slices.Contains([]string{integrations.StatusSolved, integrations.StatusClosed, integrations.StatusDeleted}, t.Status),
	}
	for _, given := range t.Tags {
		if given != tag && !strings.HasPrefix(given, tagPrefix) {
			u.Tags = append(u.Tags, given)
		}
	}
	if h := w.helpdesks[t.Helpdesk]; h.TicketURL != nil {
		u.URL = h.TicketURL(t.TicketID)
	}
	return u.Clean()
}

// linkByProblem confirms the link that the ticket's problem says, and takes
// back those that an earlier problem said.
func (w *Worker) linkByProblem(ctx context.Context, q *schema.Queries, t schema.Ticket, problem string) error {
	var want int64
	row, err := q.ProblemTicket(ctx, schema.ProblemTicketParams{Helpdesk: t.Helpdesk, TicketID: problem})
	if err == nil && t.Status != integrations.StatusDeleted {
		want = row.Incident
	} else if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	held, err := q.ConfirmedBy(ctx, schema.ConfirmedByParams{Ticket: t.ID, By: byProblem})
	if err != nil {
		return err
	}
	if err := q.LockIncidentsOf(ctx, schema.LockIncidentsOfParams{Ids: []int64{want}, Tickets: []int64{t.ID}}); err != nil {
		return fmt.Errorf("lock the incidents that it may belong to: %w", err)
	}
	for _, incident := range held {
		if incident != want {
			if err := w.decideByProblem(ctx, q, incident, t.ID, undecided); err != nil {
				return err
			}
		}
	}
	if want == 0 || slices.Contains(held, want) {
		return nil
	}
	now, err := q.LinkedByProblem(ctx, schema.LinkedByProblemParams{Incident: want, Ticket: t.ID})
	if err != nil || now.DecidedBy != "" || now.Written {
		return err
	}
	if err := w.decideByProblem(ctx, q, want, t.ID, "confirmed"); err != nil {
		return err
	}
	evidence, err := json.Marshal([]match.Evidence{{Kind: "problem", Detail: fmt.Sprintf("an agent made it an incident of problem ticket %s in %s", problem, t.Helpdesk)}})
	if err != nil {
		return err
	}
	return q.SetEvidence(ctx, schema.SetEvidenceParams{Incident: want, Ticket: t.ID, Evidence: evidence})
}

func (w *Worker) decideByProblem(ctx context.Context, q *schema.Queries, incident, ticket int64, state string) error {
	i, err := q.GetIncidentByID(ctx, incident)
	if err != nil {
		return err
	}
	now := w.now()
	if err := q.TouchLink(ctx, schema.TouchLinkParams{Incident: incident, Ticket: ticket, Confidence: 1, Now: now}); err != nil {
		return err
	}
	_, err = w.decideIn(ctx, q, i, []int64{ticket}, state, byProblem, now)
	return err
}
