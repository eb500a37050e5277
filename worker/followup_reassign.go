package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

var errNoAgent = errors.New("assignee: expected the id of one of the helpdesk's agents")

// reassignFollowUp gives an open follow-up to another agent, who is reminded as
// if it were new. The ticket's assignee in the helpdesk stays who it is.
func (w *Worker) reassignFollowUp(ctx context.Context, id int64, assignee, by string) (row schema.GetFollowUpRow, err error) {
	assignee = strings.TrimSpace(assignee)
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if row, err = w.followUp(ctx, q, id); err != nil {
			return err
		}
		name, err := q.AgentOf(ctx, schema.AgentOfParams{Helpdesk: row.FollowUp.Helpdesk, ID: assignee})
		if err != nil {
			return fmt.Errorf("find agent %s of %s: %w", assignee, row.FollowUp.Helpdesk, err)
		}
		if name == "" {
			return errNoAgent
		}
		f := followUpOf(row.IncidentKey, row.FollowUp)
		f.RemindedAt = time.Time{}
		n, err := q.ReassignFollowUp(ctx, schema.ReassignFollowUpParams{ID: id, Assignee: assignee, By: by, RemindDueAt: w.remindDue(f, 0)})
		if err != nil {
			return fmt.Errorf("reassign follow-up %d: %w", id, err)
		}
		if n == 0 {
			return errFollowUpEnded
		}
		if row, err = q.GetFollowUp(ctx, id); err != nil {
			return fmt.Errorf("read follow-up %d: %w", id, err)
		}
		return w.audit(ctx, q, by, "follow_up_reassign", &row.FollowUp.Incident, nil,
			map[string]any{"follow_up": id, "from": f.Assignee, "to": assignee})
	})
	if err == nil {
		w.nudge(ctx, queue.Task{Kind: "remind"})
	}
	return row, err
}

// reassignAPI registers giving a follow-up to somebody else.
func (w *Worker) reassignAPI(api huma.API) {
	huma.Register(api, op("POST", "/follow-ups/{id}/reassign", "follow-up-reassign", "Give a follow-up to another agent", 200), func(ctx context.Context, in *struct {
		ID   int64 `path:"id"`
		Body struct {
			Assignee string `json:"assignee" maxLength:"100" doc:"The helpdesk's id of an agent"`
			By       string `json:"by,omitempty" maxLength:"200"`
		}
	}) (*body[followUpView], error) {
		return w.answerFollowUp(w.reassignFollowUp(ctx, in.ID, in.Body.Assignee, actorOr(ctx, in.Body.By)))
	})
}
