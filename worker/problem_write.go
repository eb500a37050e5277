package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// A ProblemWriter keeps problem tickets, and makes other tickets incidents of
// them. Linking is Refused where somebody chose another problem.
type ProblemWriter interface {
	FindProblem(ctx context.Context, mark string) (ticketID string, err error)
	CreateProblem(ctx context.Context, p integrations.Problem) (ticketID string, err error)
	LinkProblem(ctx context.Context, ticketID, problemID string) error
	UnlinkProblem(ctx context.Context, ticketID, problemID string) error
}

// askProblems asks that tickets become incidents of the incident's problem
// ticket, in the helpdesks that are configured so.
func (w *Worker) askProblems(ctx context.Context, q *schema.Queries, incident int64, tickets []int64) error {
	arg := schema.AskProblemsParams{Incident: incident, Tickets: tickets, Now: w.now()}
	for _, h := range w.Helpdesks {
		if h.Problems != nil {
			arg.Helpdesks = append(arg.Helpdesks, h.Name)
		}
		if h.Problems != nil && h.ProblemAuto {
			arg.Auto = append(arg.Auto, h.Name)
		}
	}
	if len(arg.Helpdesks) == 0 || len(tickets) == 0 {
		return nil
	}
	if err := q.AskProblems(ctx, arg); err != nil {
		return fmt.Errorf("ask for problem links: %w", err)
	}
	return nil
}

// writeProblem makes a ticket an incident of the problem ticket, or no longer.
// The intent is recorded first, so that the poll does not take our own word
// for an agent's.
func (w *Worker) writeProblem(ctx context.Context, h Helpdesk, row schema.ClaimWriteBacksRow) error {
	if h.Problems == nil {
		return errWriteBackOff
	}
	if !row.Wanted {
		problem, err := w.queries.ProblemOfIncident(ctx, schema.ProblemOfIncidentParams{Helpdesk: h.Name, Incident: row.Incident})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find problem of %s: %w", row.Key, err)
		}
		return h.Problems.UnlinkProblem(ctx, row.TicketID, problem)
	}
	problem, err := w.problemTicket(ctx, h, row)
	if err != nil {
		return err
	}
	now := w.now()
	if err := w.queries.IntendWriteBack(ctx, schema.IntendWriteBackParams{Incident: row.Incident, Ticket: row.Ticket, Kind: row.Kind, Now: &now}); err != nil {
		return fmt.Errorf("record intent: %w", err)
	}
	return h.Problems.LinkProblem(ctx, row.TicketID, problem)
}

// problemTicket is the incident's problem ticket, found or made. The lock is
// held over the helpdesk's answer: two workers must not both make one. Where we
// die before we keep its id, its mark finds it.
func (w *Worker) problemTicket(ctx context.Context, h Helpdesk, row schema.ClaimWriteBacksRow) (id string, err error) {
	mark := "ticketlink:" + row.Key
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if err := q.LockSource(ctx, "problem:"+h.Name+":"+row.Key); err != nil {
			return fmt.Errorf("lock problem of %s: %w", row.Key, err)
		}
		id, err = q.ProblemOfIncident(ctx, schema.ProblemOfIncidentParams{Helpdesk: h.Name, Incident: row.Incident})
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if id, err = h.Problems.FindProblem(ctx, mark); err == nil && id == "" {
			id, err = h.Problems.CreateProblem(ctx, w.newProblem(mark, row))
		}
		if err != nil {
			return err
		}
		return q.PutProblemTicket(ctx, schema.PutProblemTicketParams{Helpdesk: h.Name, TicketID: id, Incident: row.Incident, Ours: true})
	})
	return id, err
}

// newProblem words the problem ticket. Zendesk solves a problem's incidents
// together with it, which would tell customers nothing: it says so.
func (w *Worker) newProblem(mark string, row schema.ClaimWriteBacksRow) integrations.Problem {
	text := fmt.Sprintf("This problem ticket stands for incident %s: %s\n%s\nSolving it solves all its tickets: answer their customers first.",
		row.Key, row.Title, w.incidentURL(row.Key))
	return integrations.Problem{Mark: mark, Subject: row.Key + ": " + row.Title, Text: text, Tags: []string{tagPrefix + row.Key}}
}
