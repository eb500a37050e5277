package worker

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/queue"
	"github.com/ticketlink/ticketlink/worker/report"
)

// Options are what a Worker is made of. The command builds them from the
// configuration; tests build them by hand.
type Options struct {
	Database *pgxpool.Pool
	Redis    asynq.RedisConnOpt
	Now      func() time.Time
	Log      *slog.Logger
	Metrics  *Metrics
	Tracing  Tracing // nil: no traces

	Helpdesks []Helpdesk
	Sources   []Source
	Chats     []Chat
	Targets   []Target

	Matching  match.Policy
	Careful   int // people's decisions before tickets are linked without asking; 0: at once
	Impact    ImpactFields
	FollowUp  followup.Policy
	Reminding Reminding
	// AnswersPerMinute is the pace of answers to all affected tickets; 0: no limit.
	AnswersPerMinute int
	PublicURL        string
	Tokens           []Token
	SignIn           SignIn
	// Password lets people in from other machines where neither tokens nor a
	// provider are configured; nil: nothing does.
	Password *Token

	MaxBody int64 // of a webhook, in bytes

	// How long processed webhooks are kept as proof against repeats, and closed
	// tickets that belong to no incident; 0 is for ever.
	KeepWebhooks, KeepTickets time.Duration
}

// A Helpdesk is one configured helpdesk with all that we can do in it.
type Helpdesk struct {
	Name         string
	Client       HelpdeskClient
	Receiver     Receiver
	Decode       func(body []byte) (integrations.TicketEvent, error)
	PollInterval time.Duration
	StartTime    time.Time
	TicketURL    func(ticketID string) string
	WriteTag     bool
	WriteNote    bool
	Problems     ProblemWriter // nil: no problem tickets are written
	ProblemAuto  bool          // also of tickets that were linked without asking
}

// A Source is one configured incident source.
type Source struct {
	Name     string
	Receiver Receiver
	Decode   func(body []byte) (integrations.IncidentUpdate, error)
	Problems *ProblemSource // instead of the two, for a source that sends nothing
}

// A Receiver checks one sender's deliveries on the hot path: authenticity,
// then form. It returns the key by which a repeat is known.
type Receiver func(header http.Header, body []byte, now time.Time) (key string, err error)

// A Target takes reminders.
type Target interface {
	Name() string
	Send(ctx context.Context, m integrations.Message) error
}

// A HelpdeskClient is what we ask of a helpdesk, each where it is used. The
// package integrations/helpdesktest holds the rules that every one keeps.
type HelpdeskClient interface {
	exporter
	replier
	tagger
	noter
	answerer
}

// A Worker is the service: what arrives, what becomes of it, and what people
// and other systems see of it.
type Worker struct {
	Options
	queries       *schema.Queries
	queue         *queue.Queue
	inbox         *groupCommit
	inboxWaits    atomic.Bool // something was stored since the last nudge
	stopping      atomic.Bool // no more requests, please
	corpus        *corpus
	textHidden    atomic.Bool // no text from before is stored
	live          *live       // open pages
	incidentsRead together[incidentParts]
	timelinesRead together[pageOf[report.Event]]
	helpdesks     map[string]Helpdesk
	sources       map[string]Source
	targets       map[string]Target
}

// New makes a Worker. Nothing runs before Start; jobs can be run one by one
// with RunDue.
func New(o Options) *Worker {
	w := &Worker{
		Options: o, queries: schema.New(o.Database), corpus: newCorpus(),
		helpdesks: map[string]Helpdesk{}, sources: map[string]Source{}, targets: map[string]Target{},
	}
	for _, h := range o.Helpdesks {
		w.helpdesks[h.Name] = h
	}
	for _, s := range o.Sources {
		w.sources[s.Name] = s
	}
	for _, t := range o.Targets {
		w.targets[t.Name()] = t
	}
	o.Metrics.registry.MustRegister(collector{w})
	w.inbox = newGroupCommit(w.insertInbox)
	w.live = newLive(w)
	return w
}

// now is the time as the database keeps it: UTC, to the microsecond.
func (w *Worker) now() time.Time { return w.Options.Now().UTC().Truncate(time.Microsecond) }

// inTx runs f in one transaction.
func (w *Worker) inTx(ctx context.Context, f func(q *schema.Queries) error) error {
	return pgx.BeginFunc(ctx, w.Database, func(tx pgx.Tx) error { return f(schema.New(tx)) })
}

// nudge says that tasks are due, now that this is committed. Redis being away
// costs a delay: the sweep says it again.
func (w *Worker) nudge(ctx context.Context, tasks ...queue.Task) {
	if w.queue == nil {
		return
	}
	if err := w.queue.Nudge(ctx, tasks...); err != nil {
		w.Log.Warn("nudge failed; the sweep will repeat it", "error", err)
	}
}

// A batch is sqlc's result of many statements sent at once.
type batch interface {
	Exec(func(int, error))
}

// execBatch runs a batch and returns its first error.
func execBatch(doing string, b batch) error {
	var first error
	b.Exec(func(i int, err error) {
		if err != nil && first == nil {
			first = fmt.Errorf("%s (row %d): %w", doing, i, err)
		}
	})
	return first
}
