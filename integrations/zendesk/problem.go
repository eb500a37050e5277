package zendesk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/ticketlink/ticketlink/integrations"
)

// Problem tickets, see support.zendesk.com, "Working with problem and incident
// tickets": an incident names its problem in problem_id, and solving a problem
// solves its incidents.

type problemJSON struct {
	ID         ident  `json:"id"`
	Type       text   `json:"type"`
	ProblemID  ident  `json:"problem_id"`
	ExternalID text   `json:"external_id"`
	UpdatedAt  string `json:"updated_at"`
}

// FindProblem returns the problem ticket that CreateProblem made with a mark,
// "" for none. Listing by external_id sees a ticket as soon as it is made, which
// searching does not.
func (c *Client) FindProblem(ctx context.Context, mark string) (string, error) {
	var answer struct {
		Tickets []problemJSON `json:"tickets"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: "find the problem ticket", Endpoint: "tickets", Path: "/api/v2/tickets.json",
		Query: url.Values{"external_id": {mark}}, Out: &answer})
	for _, t := range answer.Tickets {
		if err == nil && t.Type == "problem" && string(t.ExternalID) == mark {
			return string(t.ID), nil
		}
	}
	return "", err
}

// CreateProblem makes a problem ticket; its first comment is internal. Doing
// it twice makes two; see FindProblem.
func (c *Client) CreateProblem(ctx context.Context, p integrations.Problem) (string, error) {
	const op = "create a problem ticket"
	var answer struct {
		Ticket problemJSON `json:"ticket"`
	}
	err := c.http.Do(ctx, integrations.Call{Op: op, Endpoint: "create_ticket", Method: http.MethodPost, Path: "/api/v2/tickets.json",
		In: map[string]any{"ticket": map[string]any{"type": "problem", "external_id": p.Mark, "subject": p.Subject, "tags": p.Tags,
			"comment": commentUpdate{Body: p.Text}}}, Out: &answer})
	if err == nil && answer.Ticket.ID == "" {
		err = &integrations.Error{Op: "zendesk: " + op, Kind: integrations.Temporary, Detail: "the answer has no ticket id"}
	}
	return string(answer.Ticket.ID), err
}

// LinkProblem makes a ticket an incident of a problem. It is Refused where
// somebody chose another problem or made the ticket one itself, and Temporary
// where the ticket changed meanwhile. Doing it twice changes nothing.
func (c *Client) LinkProblem(ctx context.Context, ticketID, problemID string) error {
	return c.setProblem(ctx, ticketID, func(t problemJSON) (map[string]any, error) {
		switch {
		case t.ProblemID == ident(problemID):
			return nil, nil
		case t.ProblemID != "" || t.Type == "problem":
			return nil, &integrations.Error{Op: "zendesk: link ticket " + ticketID + " to its problem", Kind: integrations.Refused,
				Detail: "somebody chose another problem for it, or made it one"}
		}
		return map[string]any{"type": "incident", "problem_id": json.Number(problemID)}, nil
	})
}

// UnlinkProblem takes a ticket off a problem, and leaves any other problem alone.
func (c *Client) UnlinkProblem(ctx context.Context, ticketID, problemID string) error {
	return c.setProblem(ctx, ticketID, func(t problemJSON) (map[string]any, error) {
		if t.ProblemID != ident(problemID) {
			return nil, nil
		}
		return map[string]any{"problem_id": nil}, nil
	})
}

// setProblem reads a ticket and writes the change that decide makes of it, nil
// for none, unless the ticket changes in between.
func (c *Client) setProblem(ctx context.Context, ticketID string, decide func(problemJSON) (map[string]any, error)) error {
	path, err := ticketPath(ticketID, ".json")
	if err != nil {
		return err
	}
	var answer struct {
		Ticket problemJSON `json:"ticket"`
	}
	if err := c.http.Do(ctx, integrations.Call{Op: "read ticket " + ticketID, Endpoint: "show_ticket", Path: path, Out: &answer}); err != nil {
		return err
	}
	change, err := decide(answer.Ticket)
	if err != nil || change == nil {
		return err
	}
	change["safe_update"], change["updated_stamp"] = true, answer.Ticket.UpdatedAt
	return c.http.Do(ctx, integrations.Call{Op: "set the problem of ticket " + ticketID, Endpoint: "update_ticket", Method: http.MethodPut, Path: path,
		In: map[string]any{"ticket": change}})
}
