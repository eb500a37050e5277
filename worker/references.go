package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

var (
	errNoReference  = errors.New("the incident has no reference with that id")
	errBadReference = errors.New("reference: expected an https address, or a key like acme/shop#12, acme/shop!7 or PAY-7")
)

// noteReferences are what an internal note mentions, as rows. The note itself
// is not kept.
func noteReferences(ticket int64, r integrations.Reply) []schema.PutNoteReferenceParams {
	var rows []schema.PutNoteReferenceParams
	for _, m := range r.References {
		rows = append(rows, schema.PutNoteReferenceParams{Ticket: ticket, Name: m.Name, Kind: m.Kind, Url: m.URL, At: r.At})
	}
	return rows
}

// linkReference links an incident to another place that tells of it, or
// accepts what was proposed.
func (w *Worker) linkReference(ctx context.Context, by, key, text, kind, title string) (schema.IncidentReference, error) {
	var linked schema.IncidentReference
	r, ok := integrations.ParseReference(text)
	if !ok {
		return linked, errBadReference
	}
	if kind != "" {
		r.Kind = kind
	}
	err := w.inTx(ctx, func(q *schema.Queries) error {
		i, err := q.LockIncident(ctx, key)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoIncident
		}
		if err != nil {
			return fmt.Errorf("lock %s: %w", key, err)
		}
		linked, err = q.PutReference(ctx, schema.PutReferenceParams{Incident: i.ID, Kind: r.Kind, Name: r.Name, Url: r.URL,
			Title: integrations.CleanText(title, 500), AddedBy: by, Now: w.now()})
		if err != nil {
			return fmt.Errorf("store reference of %s: %w", key, err)
		}
		return w.audit(ctx, q, by, "reference_linked", &i.ID, nil, map[string]any{"name": r.Name})
	})
	return linked, err
}

// dropReference takes a reference back, or refuses a proposal for good.
func (w *Worker) dropReference(ctx context.Context, by, key string, id int64) error {
	return w.inTx(ctx, func(q *schema.Queries) error {
		i, err := q.LockIncident(ctx, key)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoIncident
		}
		if err != nil {
			return fmt.Errorf("lock %s: %w", key, err)
		}
		r, err := q.DropReference(ctx, schema.DropReferenceParams{Incident: i.ID, ID: id, AddedBy: by, Now: w.now()})
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoReference
		}
		if err != nil {
			return fmt.Errorf("drop reference %d of %s: %w", id, key, err)
		}
		return w.audit(ctx, q, by, "reference_dropped", &i.ID, nil, map[string]any{"name": r.Name})
	})
}

func (w *Worker) references(ctx context.Context, key string, p Paging) (pageOf[referenceView], error) {
	none := pageOf[referenceView]{}
	after, err := p.after()
	if err != nil {
		return none, err
	}
	i, err := w.incident(ctx, key)
	if err != nil {
		return none, err
	}
	rows, err := w.queries.ListReferences(ctx, schema.ListReferencesParams{Incident: i.ID, After: after, Batch: p.fetch()})
	if err != nil {
		return none, fmt.Errorf("list references of %s: %w", key, err)
	}
	return pageFrom(p, rows, func(r schema.IncidentReference) int64 { return r.ID }, viewReference), nil
}
