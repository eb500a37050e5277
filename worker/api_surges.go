package worker

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
)

// A surgeView is a rise of similar tickets as the API shows it.
type surgeView struct {
	ID       string       `json:"id"`
	Kind     string       `json:"kind" enum:"theme,tag,word,symptom" doc:"What the tickets share; a theme is a tag and what goes with it"`
	Term     string       `json:"term" doc:"A word of text that is not stored is # and its keyed hash"`
	Symptom  string       `json:"symptom" doc:"The failure they speak of as well, where they do"`
	Also     []string     `json:"also" doc:"What else tickets of the same rise share"`
	OnsetAt  time.Time    `json:"onset_at"`
	FoundAt  time.Time    `json:"found_at"`
	SeenAt   time.Time    `json:"seen_at" doc:"Last found"`
	Usual    float64      `json:"usual_tickets"`
	Tickets  []ticketName `json:"tickets"`
	Incident string       `json:"incident" doc:"Declared from it, or half of its tickets are linked to it; empty: no incident explains it"`

	DismissedAt *time.Time `json:"dismissed_at,omitempty" doc:"When a person said that it is no incident"`
	DismissedBy string     `json:"dismissed_by,omitempty"`
}

type ticketName struct {
	Helpdesk string `json:"helpdesk"`
	TicketID string `json:"ticket_id"`
}

// surgeAPI registers surges without an incident.
func (w *Worker) surgeAPI(api huma.API) {
	huma.Register(api, op("GET", "/surges", "list-surges", "Rises of similar tickets in the last hours, newest first"), func(ctx context.Context, _ *struct{}) (*body[pageOf[surgeView]], error) {
		items, err := w.surges(ctx)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[surgeView]]{pageOf[surgeView]{Items: items}}, nil
	})
	huma.Register(api, op("POST", "/surges/{id}/declare", "declare-surge", "Make an incident of a surge", 201), func(ctx context.Context, in *struct {
		ID   int64        `path:"id"`
		Body *Declaration `required:"false"`
	}) (*body[incidentView], error) {
		var d Declaration
		if in.Body != nil {
			d = *in.Body
		}
		return w.answer(ctx)(w.declareSurge(ctx, actor(ctx), in.ID, d))
	})
	huma.Register(api, op("POST", "/surges/{id}/dismiss", "dismiss-surge", "Say that a surge is no incident: for a day, only one twice as large is told again", 204), func(ctx context.Context, in *struct {
		ID int64 `path:"id"`
	}) (*struct{}, error) {
		if err := w.dismissSurge(ctx, actor(ctx), in.ID); err != nil {
			return nil, w.failure(err)
		}
		return nil, nil
	})
}

func (w *Worker) surges(ctx context.Context) ([]surgeView, error) {
	rows, err := w.queries.ListSurges(ctx, w.now().Add(-surgeLasts))
	if err != nil {
		return nil, fmt.Errorf("list surges: %w", err)
	}
	items := []surgeView{}
	for _, r := range rows {
		names, err := w.queries.SurgeTickets(ctx, r.Tickets)
		if err != nil {
			return nil, fmt.Errorf("name tickets of surge %d: %w", r.ID, err)
		}
		items = append(items, viewSurge(r, names))
	}
	return items, nil
}

func viewSurge(r schema.ListSurgesRow, names []schema.SurgeTicketsRow) surgeView {
	v := surgeView{ID: strconv.FormatInt(r.ID, 10), Kind: r.Kind, Term: r.Term, Symptom: r.Symptom, Also: r.Also, OnsetAt: r.OnsetAt,
		FoundAt: r.FoundAt, SeenAt: r.SeenAt, Usual: r.Usual, Tickets: []ticketName{}, Incident: r.IncidentKey,
		DismissedAt: r.DismissedAt, DismissedBy: r.DismissedBy}
	for _, n := range names {
		v.Tickets = append(v.Tickets, ticketName(n))
	}
	return v
}
