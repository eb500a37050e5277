package worker

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/queue"
)

var (
	errNoAnswer    = errors.New("the incident has no answer of that id")
	errOtherNumber = errors.New("the number confirmed is not the number of tickets that would be answered now: look at the dry run again")
	errNoText      = errors.New("text: expected the words to send; leave confirm out to get a draft")
	errPlaceholder = errors.New("text: holds {{, which the helpdesk may replace by something else: say it without")
)

// A bulkAnswer is what somebody wants to tell all affected customers.
type bulkAnswer struct {
	Texts     map[string]string // by language in lower case, "" for all others
	SetStatus string            // "", pending, solved
	Confirm   *int              // the number of tickets, as the dry run showed it
	By        string
}

// A bulkPlan is who would be told what.
type bulkPlan struct {
	Incident   schema.Incident
	Texts      map[string]string
	Recipients []bulkRecipient
}

type bulkRecipient struct {
	Ticket             int64
	Helpdesk, TicketID string
	Language           string // a key of Texts
}

// fingerprint names an answer by its words: the same words reach a ticket of an
// incident once, however often they are confirmed.
func (a bulkAnswer) fingerprint() (string, error) {
	raw, err := json.Marshal([]any{a.Texts, a.SetStatus})
	if err != nil {
		return "", fmt.Errorf("name the answer: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// check refuses words that cannot be sent.
func (a bulkAnswer) check() error {
	for _, text := range a.Texts {
		if strings.TrimSpace(text) == "" {
			return errNoText
		}
		if strings.Contains(text, "{{") {
			return errPlaceholder
		}
	}
	if a.Confirm != nil && a.Texts[""] == "" {
		return errNoText
	}
	return nil
}

// answerAll is the dry run of an answer and, once its number is confirmed, the
// answer: one row for each ticket, sent at the configured pace.
func (w *Worker) answerAll(ctx context.Context, key string, a bulkAnswer) (p bulkPlan, confirmed *schema.Answer, err error) {
	if err := a.check(); err != nil {
		return p, nil, err
	}
	i, err := w.incident(ctx, key)
	if err != nil {
		return p, nil, err
	}
	if a.Confirm == nil {
		p, err = w.planAnswer(ctx, w.queries, i, a)
		return p, nil, err
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if p, err = w.planAnswer(ctx, q, i, a); err != nil {
			return err
		}
		if len(p.Recipients) != *a.Confirm {
			return errOtherNumber
		}
		confirmed, err = w.confirmAnswer(ctx, q, p, a)
		return err
	})
	if err == nil {
		w.nudge(ctx, queue.Task{Kind: "answer"})
	}
	return p, confirmed, err
}

// planAnswer finds who would be told what. Without words it drafts them.
func (w *Worker) planAnswer(ctx context.Context, q *schema.Queries, i schema.Incident, a bulkAnswer) (bulkPlan, error) {
	p := bulkPlan{Incident: i, Texts: a.Texts}
	print, err := a.fingerprint()
	if err != nil {
		return p, err
	}
	rows, err := q.AnswerRecipients(ctx, schema.AnswerRecipientsParams{Incident: i.ID, Fingerprint: print})
	if err != nil {
		return p, fmt.Errorf("find whom to answer about %s: %w", i.Key, err)
	}
	if len(p.Texts) == 0 {
		if p.Texts, err = w.draft(i, rows); err != nil {
			return p, err
		}
	}
	for _, r := range rows {
		p.Recipients = append(p.Recipients, bulkRecipient{r.ID, r.Helpdesk, r.TicketID, languageOf(r.Locale, p.Texts)})
	}
	return p, nil
}

// languageOf picks the words for a customer's locale: de-at, else de, else "".
func languageOf(locale string, texts map[string]string) string {
	locale = strings.ReplaceAll(strings.ToLower(locale), "_", "-")
	base, _, _ := strings.Cut(locale, "-")
	for _, l := range []string{locale, base} {
		if texts[l] != "" {
			return l
		}
	}
	return ""
}

// draft words an answer in the team's language, and in those of the customers
// that we have words for.
func (w *Worker) draft(i schema.Incident, rows []schema.AnswerRecipientsRow) (map[string]string, error) {
	facts := followup.AnswerFacts{Incident: i.Key, Title: i.Title, Message: i.Message, StartedAt: i.StartedAt, ResolvedAt: orZero(i.ResolvedAt)}
	texts := map[string]string{"": w.Reminding.Wording.Answer(facts)}
	for _, r := range rows {
		language, _, _ := strings.Cut(strings.ToLower(r.Locale), "-")
		if texts[language] != "" || language == w.Reminding.Wording.Language || !slices.Contains(followup.Languages(), language) {
			continue
		}
		wording, err := followup.NewWording(language, "")
		if err != nil {
			return nil, fmt.Errorf("draft an answer about %s: %w", i.Key, err)
		}
		texts[language] = wording.Answer(facts)
	}
	return texts, nil
}

func (w *Worker) confirmAnswer(ctx context.Context, q *schema.Queries, p bulkPlan, a bulkAnswer) (*schema.Answer, error) {
	print, err := a.fingerprint()
	if err != nil {
		return nil, err
	}
	texts, err := json.Marshal(a.Texts)
	if err != nil {
		return nil, fmt.Errorf("write the answer's texts: %w", err)
	}
	now := w.now()
	answer, err := q.PutAnswer(ctx, schema.PutAnswerParams{Incident: p.Incident.ID, Fingerprint: print, Texts: texts,
		SetStatus: a.SetStatus, ConfirmedBy: a.By, Now: now})
	if err != nil {
		return nil, fmt.Errorf("store the answer about %s: %w", p.Incident.Key, err)
	}
	rows := make([]schema.PutAnswerTicketParams, 0, len(p.Recipients))
	dues := w.paced(now, len(p.Recipients))
	for n, r := range p.Recipients {
		rows = append(rows, schema.PutAnswerTicketParams{Answer: answer.ID, Ticket: r.Ticket, Language: r.Language, DueAt: &dues[n]})
	}
	if err := execBatch("store whom to answer about "+p.Incident.Key, q.PutAnswerTicket(ctx, rows)); err != nil {
		return nil, err
	}
	detail := map[string]any{"answer": answer.ID, "tickets": len(rows), "languages": slices.Sorted(maps.Keys(a.Texts)), "status": cmp.Or(a.SetStatus, "unchanged")}
	return &answer, w.audit(ctx, q, a.By, "answer_confirmed", &p.Incident.ID, nil, detail)
}

// paced are the times of n answers at the configured pace.
func (w *Worker) paced(from time.Time, n int) []time.Time {
	pace := time.Duration(0)
	if w.AnswersPerMinute > 0 {
		pace = time.Minute / time.Duration(w.AnswersPerMinute)
	}
	dues := make([]time.Time, n)
	for i := range dues {
		dues[i] = from.Add(time.Duration(i) * pace).Truncate(time.Microsecond)
	}
	return dues
}

// stopAnswer keeps what was not sent yet from being sent.
func (w *Worker) stopAnswer(ctx context.Context, key string, id int64, by string) (stopped int64, err error) {
	i, err := w.incident(ctx, key)
	if err != nil {
		return 0, err
	}
	err = w.inTx(ctx, func(q *schema.Queries) error {
		stopped, err = q.StopAnswer(ctx, schema.StopAnswerParams{Answer: id, Incident: i.ID, Error: "stopped by " + by})
		if err != nil {
			return fmt.Errorf("stop answer %d about %s: %w", id, key, err)
		}
		return w.audit(ctx, q, by, "answer_stopped", &i.ID, nil, map[string]any{"answer": id, "tickets": stopped})
	})
	return stopped, err
}
