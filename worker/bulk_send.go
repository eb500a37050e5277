package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// answerer replies to customers.
type answerer interface {
	// Reply answers publicly and sets the ticket's status, "" for leaving it.
	Reply(ctx context.Context, ticketID, body, status string) error
	// HasReply says whether we have answered with these words since then.
	HasReply(ctx context.Context, ticketID, body string, since time.Time) (bool, error)
}

const answerLease = 2 * time.Minute

// sendAnswers sends the confirmed answers that are due, one by one.
func (w *Worker) sendAnswers(ctx context.Context, _ queue.Task) error {
	var lease time.Time
	defer w.giveBack(ctx, &lease)
	for {
		now := w.now()
		lease = now.Add(answerLease)
		row, err := w.queries.ClaimAnswer(ctx, schema.ClaimAnswerParams{Now: &now, Lease: &lease})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("claim an answer: %w", err)
		}
		if err := w.sendAnswer(ctx, row); err != nil {
			return err
		}
	}
}

// sendAnswer answers one ticket and records the outcome.
func (w *Worker) sendAnswer(ctx context.Context, row schema.ClaimAnswerRow) error {
	t := row.AnswerTicket
	remark, err := w.answerOnce(ctx, row)
	finish := schema.FinishAnswerParams{Answer: t.Answer, Ticket: t.Ticket, Error: remark}
	now := w.now()
	switch {
	case err == nil:
		finish.SentAt = &now
	case final(err) || t.Attempts >= maxAttempts:
		finish.DeadAt, finish.Error = &now, err.Error()
		w.Log.Warn("answer refused", "incident", row.IncidentKey, "helpdesk", row.Helpdesk, "ticket", row.TicketID, "error", err)
	default:
		return w.retryAnswer(ctx, row, err)
	}
	if err := w.queries.FinishAnswer(ctx, finish); err != nil {
		return fmt.Errorf("record answer to ticket %s/%s: %w", row.Helpdesk, row.TicketID, err)
	}
	return nil
}

// answerOnce sends the answer unless an earlier attempt, whose outcome is not
// known, has. The intent is stored first. A status that the helpdesk refuses,
// because a field is missing, does not keep the customer from hearing.
func (w *Worker) answerOnce(ctx context.Context, row schema.ClaimAnswerRow) (remark string, err error) {
	t := row.AnswerTicket
	h, ok := w.helpdesks[row.Helpdesk]
	if !ok {
		return "", &integrations.Error{Op: "find helpdesk " + row.Helpdesk, Kind: integrations.Refused, Detail: "not configured any more (helpdesks)"}
	}
	var texts map[string]string
	if err := json.Unmarshal(row.Texts, &texts); err != nil {
		return "", fmt.Errorf("read the texts of answer %d: %w", t.Answer, err)
	}
	text := texts[t.Language]
	if t.IntentAt != nil {
		there, err := h.Client.HasReply(ctx, row.TicketID, text, *t.IntentAt)
		if err != nil || there {
			return "", err
		}
	}
	now := w.now()
	if err := w.queries.IntendAnswer(ctx, schema.IntendAnswerParams{Answer: t.Answer, Ticket: t.Ticket, Now: &now}); err != nil {
		return "", fmt.Errorf("record intent: %w", err)
	}
	err = h.Client.Reply(ctx, row.TicketID, text, row.SetStatus)
	if integrations.KindOf(err) == integrations.Refused && err != nil && row.SetStatus != "" {
		remark = "answered, but the helpdesk refused the status " + row.SetStatus
		err = h.Client.Reply(ctx, row.TicketID, text, "")
	}
	return remark, err
}

// retryAnswer puts an answer off; a rate limit holds for all that wait.
func (w *Worker) retryAnswer(ctx context.Context, row schema.ClaimAnswerRow, cause error) error {
	t, wait := row.AnswerTicket, max(integrations.RetryAfter(cause), backoff(int(row.AnswerTicket.Attempts)-1))
	if integrations.KindOf(cause) == integrations.RateLimited {
		delay := schema.DelayAnswersParams{Helpdesk: row.Helpdesk, Wait: pgtype.Interval{Microseconds: wait.Microseconds(), Valid: true}}
		if err := w.queries.DelayAnswers(ctx, delay); err != nil {
			return fmt.Errorf("delay answers: %w", err)
		}
	}
	due := w.now().Add(wait)
	put := w.queries.RetryAnswer(ctx, schema.RetryAnswerParams{Answer: t.Answer, Ticket: t.Ticket, DueAt: &due, Error: cause.Error()})
	return errors.Join(fmt.Errorf("answer ticket %s/%s: %w", row.Helpdesk, row.TicketID, cause), put)
}
