package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/queue"
)

// A deadKind is a sort of work that is given up after all its tries, and how it
// gets them again. The view dead_letters knows the same kinds.
type deadKind struct {
	name, job string
	replay    func(q *schema.Queries, ctx context.Context, now time.Time, refs []string) (int64, error)
}

func (w *Worker) deadKinds() []deadKind {
	return []deadKind{
		{"webhook", "inbox", func(q *schema.Queries, ctx context.Context, now time.Time, refs []string) (int64, error) {
			return q.ReplayWebhooks(ctx, schema.ReplayWebhooksParams{Now: now, Refs: refs})
		}},
		{"write_back", "writeback", func(q *schema.Queries, ctx context.Context, now time.Time, refs []string) (int64, error) {
			return q.ReplayWriteBacks(ctx, schema.ReplayWriteBacksParams{Now: now, Refs: refs})
		}},
		{"answer", "answer", func(q *schema.Queries, ctx context.Context, now time.Time, refs []string) (int64, error) {
			return q.ReplayAnswers(ctx, schema.ReplayAnswersParams{Refs: refs, Dues: w.paced(now, len(refs))})
		}},
		{"reminder", "deliver", func(q *schema.Queries, ctx context.Context, now time.Time, refs []string) (int64, error) {
			return q.ReplayReminders(ctx, schema.ReplayRemindersParams{Now: now, Refs: refs})
		}},
		{"notice", "notices", func(q *schema.Queries, ctx context.Context, now time.Time, refs []string) (int64, error) {
			return q.ReplayNotices(ctx, schema.ReplayNoticesParams{Now: now, Refs: refs})
		}},
		{"channel", "channels", func(q *schema.Queries, ctx context.Context, now time.Time, refs []string) (int64, error) {
			return q.ReplayChannels(ctx, schema.ReplayChannelsParams{Now: now, Refs: refs})
		}},
	}
}

type deadView struct {
	ID       int64     `json:"id"`
	Kind     string    `json:"kind" enum:"webhook,write_back,answer,reminder,notice,channel"`
	Key      string    `json:"key" doc:"What it is about: where a webhook came from, an incident and a ticket, a target"`
	Since    time.Time `json:"since" doc:"When it was first to be done"`
	DeadAt   time.Time `json:"dead_at"`
	Attempts int32     `json:"attempts"`
	Error    string    `json:"error"`
}

type replayedView struct {
	Replayed int64 `json:"replayed"`
}

func (w *Worker) deadAPI(api huma.API) {
	huma.Register(api, op("GET", "/dead-letters", "list-dead-letters", "What was given up after all its tries"), func(ctx context.Context, in *Paging) (*body[pageOf[deadView]], error) {
		page, err := w.deadLetters(ctx, *in)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[deadView]]{page}, nil
	})
	huma.Register(api, op("POST", "/dead-letters/{id}/replay", "replay-dead-letter", "Try a dead letter again; id 0 means all", 200), func(ctx context.Context, in *struct {
		ID int64 `path:"id" minimum:"0"`
	}) (*body[replayedView], error) {
		n, err := w.replay(ctx, actor(ctx), in.ID)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[replayedView]{replayedView{n}}, nil
	})
}

func (w *Worker) deadLetters(ctx context.Context, p Paging) (pageOf[deadView], error) {
	after, err := p.after()
	if err != nil {
		return pageOf[deadView]{}, err
	}
	rows, err := w.queries.ListDeadLetters(ctx, schema.ListDeadLettersParams{After: after, Batch: p.fetch()})
	if err != nil {
		return pageOf[deadView]{}, fmt.Errorf("list dead letters: %w", err)
	}
	return pageFrom(p, rows, func(r schema.ListDeadLettersRow) int64 { return r.ID },
		func(r schema.ListDeadLettersRow) deadView { return deadView(r) }), nil
}

// countDead counts dead letters by kind.
func (w *Worker) countDead(ctx context.Context) (map[string]int64, error) {
	rows, err := w.queries.CountDeadLetters(ctx)
	if err != nil {
		return nil, fmt.Errorf("count dead letters: %w", err)
	}
	n := map[string]int64{}
	for _, r := range rows {
		n[r.Kind] = r.Letters
	}
	return n, nil
}

var errNoLetter = errors.New("no dead letter has that id")

// replay has a dead letter tried again, or all of them for 0 (10,000 at a time).
func (w *Worker) replay(ctx context.Context, by string, id int64) (n int64, err error) {
	var tasks []queue.Task
	err = w.inTx(ctx, func(q *schema.Queries) error {
		letters, err := q.DeadLettersToReplay(ctx, id)
		if err != nil {
			return fmt.Errorf("find dead letters: %w", err)
		}
		refs := map[string][]string{}
		for _, l := range letters {
			refs[l.Kind] = append(refs[l.Kind], l.Ref)
		}
		for _, kind := range w.deadKinds() {
			if len(refs[kind.name]) == 0 {
				continue
			}
			again, err := kind.replay(q, ctx, w.now(), refs[kind.name])
			if err != nil {
				return fmt.Errorf("replay dead letters of kind %s: %w", kind.name, err)
			}
			n += again
			tasks = append(tasks, queue.Task{Kind: kind.job})
		}
		return w.audit(ctx, q, by, "dead_letters_replayed", nil, nil, map[string]any{"id": id, "letters": n})
	})
	w.nudge(ctx, tasks...)
	return n, err
}
