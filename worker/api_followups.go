package worker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
)

// A followUpView is a follow-up as the API shows it.
type followUpView struct {
	ID            string     `json:"id"`
	Incident      string     `json:"incident"`
	IncidentTitle string     `json:"incident_title"`
	Helpdesk      string     `json:"helpdesk"`
	TicketID      string     `json:"ticket_id" doc:"The ticket to answer"`
	TicketIDs     []string   `json:"ticket_ids" doc:"Every ticket that this covers"`
	Kind          string     `json:"kind" enum:"first_reply,update,closing"`
	Status        string     `json:"status" enum:"pending,due,overdue,done,cancelled"`
	DueAt         time.Time  `json:"due_at"`
	Assignee      string     `json:"assignee"`
	Reason        string     `json:"reason"`
	Reminders     int        `json:"reminders" doc:"Sent so far"`
	NextReminder  *time.Time `json:"next_reminder_at"`
	SnoozedUntil  *time.Time `json:"snoozed_until,omitempty"`
	DecidedBy     string     `json:"decided_by,omitempty"`
	EndedAt       *time.Time `json:"ended_at,omitempty"`
}

func (w *Worker) viewFollowUp(r schema.GetFollowUpRow) followUpView {
	f := r.FollowUp
	return followUpView{
		ID: strconv.FormatInt(f.ID, 10), Incident: r.IncidentKey, IncidentTitle: r.IncidentTitle, Helpdesk: f.Helpdesk,
		TicketID: f.TicketID, TicketIDs: f.TicketIds, Kind: f.Kind,
		Status: string(followup.StatusOf(followUpOf(r.IncidentKey, f), w.FollowUp, w.now())),
		DueAt:  f.DueAt, Assignee: f.Assignee, Reason: f.Reason, Reminders: int(f.Stage), NextReminder: f.RemindDueAt,
		SnoozedUntil: f.SnoozedUntil, DecidedBy: f.DecidedBy, EndedAt: f.EndedAt,
	}
}

var errBadSnooze = errors.New("until: expected a time ahead of now, or for: a duration like 2h")

type followUpFilter struct {
	Status   string `query:"status" enum:"pending,due,overdue,done,cancelled"`
	Assignee string `query:"assignee" doc:"The helpdesk's id of the agent"`
	Incident string `query:"incident" doc:"The incident's key"`
	Paging
}

type Word struct {
	By     string `json:"by,omitempty" maxLength:"200"`
	Reason string `json:"reason,omitempty" maxLength:"1000"`
}

// followUpAPI registers follow-ups and what people decide about them.
func (w *Worker) followUpAPI(api huma.API) {
	huma.Register(api, op("GET", "/follow-ups", "list-follow-ups", "List follow-ups"), func(ctx context.Context, in *followUpFilter) (*body[pageOf[followUpView]], error) {
		page, err := w.listFollowUps(ctx, *in)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[followUpView]]{page}, nil
	})
	for _, action := range []string{"done", "cancel"} {
		huma.Register(api, op("POST", "/follow-ups/{id}/"+action, "follow-up-"+action, "Mark a follow-up: "+action, 200), func(ctx context.Context, in *struct {
			ID   int64 `path:"id"`
			Body *Word `required:"false"`
		}) (*body[followUpView], error) {
			var d Word
			if in.Body != nil {
				d = *in.Body
			}
			return w.answerFollowUp(w.decideFollowUp(ctx, in.ID, action, actorOr(ctx, d.By), d.Reason, time.Time{}))
		})
	}
	huma.Register(api, op("POST", "/follow-ups/{id}/snooze", "follow-up-snooze", "Put a follow-up off", 200), func(ctx context.Context, in *struct {
		ID   int64 `path:"id"`
		Body *struct {
			Word
			Until *time.Time `json:"until,omitempty"`
			For   *string    `json:"for,omitempty" example:"2h" doc:"Instead of until. Default: 1h"`
		} `required:"false"`
	}) (*body[followUpView], error) {
		until := w.now().Add(time.Hour)
		var d Word
		if in.Body != nil {
			d = in.Body.Word
			if in.Body.Until != nil {
				until = in.Body.Until.UTC()
			} else if in.Body.For != nil {
				wait, err := time.ParseDuration(*in.Body.For)
				if err != nil {
					return nil, w.failure(errBadSnooze)
				}
				until = w.now().Add(wait)
			}
		}
		if !until.After(w.now()) {
			return nil, w.failure(errBadSnooze)
		}
		return w.answerFollowUp(w.decideFollowUp(ctx, in.ID, "snooze", actorOr(ctx, d.By), d.Reason, until))
	})
	w.reassignAPI(api)
}

func (w *Worker) answerFollowUp(r schema.GetFollowUpRow, err error) (*body[followUpView], error) {
	if err != nil {
		return nil, w.failure(err)
	}
	return &body[followUpView]{w.viewFollowUp(r)}, nil
}

// listFollowUps pages through follow-ups. Pending, due and overdue are told
// apart by the clock, which the database does not know: open ones are read
// until the page is full.
func (w *Worker) listFollowUps(ctx context.Context, in followUpFilter) (pageOf[followUpView], error) {
	after, err := in.after()
	if err != nil {
		return pageOf[followUpView]{}, err
	}
	arg := schema.ListFollowUpsParams{After: after, IncidentKey: in.Incident, Assignee: in.Assignee, StoredStatus: in.Status, Batch: 500}
	if in.Status == "pending" || in.Status == "due" || in.Status == "overdue" {
		arg.StoredStatus = "open"
	}
	var found []schema.GetFollowUpRow
	for len(found) <= in.Limit {
		rows, err := w.queries.ListFollowUps(ctx, arg)
		if err != nil {
			return pageOf[followUpView]{}, fmt.Errorf("list follow-ups: %w", err)
		}
		for _, r := range rows {
			arg.After = r.FollowUp.ID
			row := schema.GetFollowUpRow(r)
			if in.Status == "" || w.viewFollowUp(row).Status == in.Status {
				found = append(found, row)
			}
		}
		if len(rows) < int(arg.Batch) {
			break
		}
	}
	return pageFrom(in.Paging, found, func(r schema.GetFollowUpRow) int64 { return r.FollowUp.ID }, w.viewFollowUp), nil
}
