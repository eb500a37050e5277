package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
)

// A linkView is a ticket's link as the API shows it.
type linkView struct {
	Helpdesk   string          `json:"helpdesk"`
	TicketID   string          `json:"ticket_id"`
	Subject    string          `json:"subject"`
	Status     string          `json:"status"`
	State      string          `json:"state" enum:"suggested,auto,confirmed,rejected"`
	Confidence float64         `json:"confidence" doc:"0 to 1"`
	LogOdds    float64         `json:"log_odds" doc:"Of the confidence, in thousandths; 0 where a person linked what the machine had not"`
	Evidence   json.RawMessage `json:"evidence" doc:"A list of {kind, detail, weight}; the weights add up to log_odds exactly"`
	Engine     string          `json:"engine" doc:"The version of the rules that scored it"`
	Model      int64           `json:"model" doc:"The version of what people's decisions had taught by then; see /model"`
	CreatedAt  time.Time       `json:"created_at"`
	LinkedAt   time.Time       `json:"linked_at"`
	DecidedBy  string          `json:"decided_by,omitempty"`
	DecidedAt  *time.Time      `json:"decided_at,omitempty"`
}

// A ticketView is a ticket as stored, with its links.
type ticketView struct {
	Helpdesk       string           `json:"helpdesk"`
	TicketID       string           `json:"ticket_id"`
	Subject        string           `json:"subject"`
	Status         string           `json:"status"`
	Priority       string           `json:"priority"`
	Type           string           `json:"type"`
	Channel        string           `json:"channel"`
	Tags           []string         `json:"tags"`
	RequesterID    string           `json:"requester_id"`
	OrganizationID string           `json:"organization_id"`
	AssigneeID     string           `json:"assignee_id"`
	GroupID        string           `json:"group_id"`
	FormID         string           `json:"form_id"`
	ProblemID      string           `json:"problem_id"`
	Satisfaction   string           `json:"satisfaction"`
	MergedInto     string           `json:"merged_into,omitempty"`
	CreatedAt      time.Time        `json:"created_at"`
	UpdatedAt      time.Time        `json:"updated_at"`
	FirstReplyAt   *time.Time       `json:"first_reply_at" doc:"First public reply by an agent; known for linked tickets"`
	LastReplyAt    *time.Time       `json:"last_reply_at"`
	Links          []ticketLinkView `json:"links"`
}

type ticketLinkView struct {
	Incident   string          `json:"incident"`
	Title      string          `json:"title"`
	State      string          `json:"state"`
	Confidence float64         `json:"confidence"`
	LogOdds    float64         `json:"log_odds"`
	Evidence   json.RawMessage `json:"evidence"`
	LinkedAt   time.Time       `json:"linked_at"`
	DecidedBy  string          `json:"decided_by,omitempty"`
}

type TicketPath struct {
	Helpdesk string `path:"helpdesk"`
	TicketID string `path:"ticket_id"`
}

// linkAPI registers tickets and their links.
func (w *Worker) linkAPI(api huma.API) {
	huma.Register(api, op("GET", "/incidents/{key}/tickets", "list-links", "List an incident's tickets"), func(ctx context.Context, in *struct {
		KeyPath
		State string `query:"state" enum:"suggested,auto,confirmed,rejected"`
		Paging
	}) (*body[pageOf[linkView]], error) {
		page, err := w.links(ctx, in.Key, in.State, in.Paging)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[linkView]]{page}, nil
	})
	huma.Register(api, op("PUT", "/incidents/{key}/tickets/{helpdesk}/{ticket_id}", "decide", "Confirm or reject a ticket", 200), func(ctx context.Context, in *struct {
		KeyPath
		TicketPath
		Body struct {
			State string `json:"state" enum:"confirmed,rejected"`
			By    string `json:"by,omitempty" maxLength:"200" doc:"Who decided. Default: the token's name"`
		}
	}) (*body[linkView], error) {
		l, err := w.decide(ctx, in.Key, in.Helpdesk, in.TicketID, in.Body.State, actorOr(ctx, in.Body.By))
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[linkView]{viewLink(schema.ListLinksRow(l))}, nil
	})
	huma.Register(api, op("GET", "/tickets/{helpdesk}/{ticket_id}", "show-ticket", "Read a ticket as stored, with its links"), func(ctx context.Context, in *TicketPath) (*body[ticketView], error) {
		t, err := w.ticket(ctx, in.Helpdesk, in.TicketID)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[ticketView]{t}, nil
	})
}

func (w *Worker) links(ctx context.Context, key, state string, p Paging) (pageOf[linkView], error) {
	after, err := p.after()
	if err != nil {
		return pageOf[linkView]{}, err
	}
	i, err := w.incident(ctx, key)
	if err != nil {
		return pageOf[linkView]{}, err
	}
	rows, err := w.queries.ListLinks(ctx, schema.ListLinksParams{Incident: i.ID, After: after, State: state, Batch: p.fetch()})
	if err != nil {
		return pageOf[linkView]{}, fmt.Errorf("list links of %s: %w", key, err)
	}
	return pageFrom(p, rows, func(r schema.ListLinksRow) int64 { return r.Cursor }, viewLink), nil
}

func viewLink(r schema.ListLinksRow) linkView {
	return linkView{Helpdesk: r.Helpdesk, TicketID: r.TicketID, Subject: r.Subject, Status: r.Status, State: r.State,
		Confidence: r.Confidence, LogOdds: r.LogOdds, Evidence: r.Evidence, Engine: r.Engine, Model: r.Model, CreatedAt: r.CreatedAt, LinkedAt: r.LinkedAt,
		DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt}
}

func (w *Worker) ticket(ctx context.Context, helpdesk, id string) (ticketView, error) {
	t, err := w.knownTicket(ctx, w.queries, helpdesk, id)
	if err != nil {
		return ticketView{}, err
	}
	links, err := w.queries.LinksOfTicket(ctx, t.ID)
	if err != nil {
		return ticketView{}, fmt.Errorf("read links of ticket %s/%s: %w", helpdesk, id, err)
	}
	v := ticketView{
		Helpdesk: t.Helpdesk, TicketID: t.TicketID, Subject: t.Subject, Status: t.Status, Priority: t.Priority, Type: t.Type,
		Channel: t.Channel, Tags: list(t.Tags), RequesterID: t.RequesterID, OrganizationID: t.OrganizationID,
		AssigneeID: t.AssigneeID, GroupID: t.GroupID, FormID: t.FormID, ProblemID: t.ProblemID, Satisfaction: t.Satisfaction,
		MergedInto: t.MergedInto, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, FirstReplyAt: t.FirstReplyAt,
		LastReplyAt: t.LastReplyAt, Links: []ticketLinkView{},
	}
	for _, l := range links {
		v.Links = append(v.Links, ticketLinkView{Incident: l.Key, Title: l.Title, State: l.State, Confidence: l.Confidence,
			LogOdds: l.LogOdds, Evidence: l.Evidence, LinkedAt: l.LinkedAt, DecidedBy: l.DecidedBy})
	}
	return v, nil
}
