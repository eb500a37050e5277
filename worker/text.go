package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/ticketlink/ticketlink/schema"
)

// hidesText says that the configuration wants no text of tickets stored.
func (w *Worker) hidesText() bool { return len(w.Matching.Key) > 0 }

// hideText takes the text out of rows before they are stored, where none is
// wanted, and leaves what matching wants of it.
func (w *Worker) hideText(ctx context.Context, q *schema.Queries, helpdesk string, rows []schema.UpsertTicketParams) error {
	if !w.hidesText() || len(rows) == 0 {
		return nil
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.RequesterID)
	}
	people, err := q.Locales(ctx, schema.LocalesParams{Helpdesk: helpdesk, Ids: ids})
	if err != nil {
		return fmt.Errorf("look up languages: %w", err)
	}
	locale := map[string]string{}
	for _, p := range people {
		locale[p.ID] = p.Locale
	}
	for i := range rows {
		r := &rows[i]
		r.Words, r.Language = w.wordsOf(r.Subject, r.Description, locale[r.RequesterID])
		r.Subject, r.Description = "", ""
	}
	return nil
}

func (w *Worker) wordsOf(subject, description, locale string) ([]int64, string) {
	words, language := w.Matching.Key.Words(subject+"\n"+description, locale)
	return list(words), language
}

const hideBatch = 500

// hideStoredText takes out what was stored while text was kept: everything once
// after the start, later what a replica of the old configuration may have stored.
func (w *Worker) hideStoredText(ctx context.Context) error {
	if !w.hidesText() {
		return nil
	}
	since := time.Time{}
	if w.textHidden.Load() {
		since = w.now().Add(-2 * housekeeping)
	} else if err := w.queries.HideSurgeWords(ctx); err != nil {
		return fmt.Errorf("leave out words of surges: %w", err)
	}
	for after, more := int64(0), true; more; {
		err := w.inTx(ctx, func(q *schema.Queries) error {
			rows, err := q.TicketsWithText(ctx, schema.TicketsWithTextParams{After: after, Since: since, Batch: hideBatch})
			if err != nil {
				return fmt.Errorf("find stored text: %w", err)
			}
			hide := make([]schema.HideTextParams, 0, len(rows))
			for _, r := range rows {
				words, language := w.wordsOf(r.Subject, r.Description, r.Locale)
				hide, after = append(hide, schema.HideTextParams{ID: r.ID, Words: words, Language: language}), r.ID
			}
			more = len(rows) == hideBatch
			return execBatch("leave out stored text", q.HideText(ctx, hide))
		})
		if err != nil {
			return err
		}
	}
	w.textHidden.Store(true)
	return nil
}

// deleteGone follows tickets that their helpdesk knows no more: deleted there,
// without an event that said so. Their text goes.
func (w *Worker) deleteGone(ctx context.Context, helpdesk string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	now := w.now()
	return w.inTx(ctx, func(q *schema.Queries) error {
		gone, err := q.DeleteTickets(ctx, schema.DeleteTicketsParams{Helpdesk: helpdesk, TicketIds: ids, Now: now})
		if err != nil {
			return fmt.Errorf("mark tickets of %s that are gone: %w", helpdesk, err)
		}
		return w.markChanged(ctx, q, gone)
	})
}
