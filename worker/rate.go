package worker

import (
	"context"

	"github.com/ticketlink/ticketlink/schema"
)

// rated is a helpdesk client that has been told how many requests a minute the
// account has, and how many of them are left; a limit of 0 is unknown.
type rated interface {
	RateLeft() (limit, left int)
}

// noteRate keeps what the helpdesk last told, so that every replica shows the
// same. It is not worth failing a poll for.
func (w *Worker) noteRate(ctx context.Context, h Helpdesk) {
	client, ok := h.Client.(rated)
	if !ok {
		return
	}
	limit, left := client.RateLeft()
	if limit == 0 || ctx.Err() != nil {
		return
	}
	now := w.now()
	err := w.queries.NoteRate(ctx, schema.NoteRateParams{Name: h.Name, RateLimit: new(int32(limit)), RateLeft: new(int32(left)), Now: &now})
	if err != nil {
		w.Log.Warn("the helpdesk's rate limit was not noted", "helpdesk", h.Name, "error", err)
	}
}
