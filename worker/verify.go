package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/impact"
)

// A Check is one thing that must hold of the tables, and where it does not.
type Check struct {
	Name   string   // what is checked, in a few words
	Found  []string // by name, what differs
	Mended bool     // the normal jobs will do it again
	Person bool     // only a person can say what is right
}

// farAhead is more than the machinery ever puts work off: failures are tried
// again within an hour.
const farAhead = 2 * time.Hour

// clockAhead is the same for what comes back by the clock.
func (w *Worker) clockAhead() time.Duration {
	longest := time.Duration(0)
	for _, h := range w.Helpdesks {
		longest = max(longest, h.PollInterval)
	}
	for _, o := range w.Reminding.OnCall {
		longest = max(longest, o.Refresh)
	}
	return longest + farAhead
}

// Verify counts from scratch what the tables say and compares. With repair it
// gives what differs its due time back, so that the normal jobs do it again; it
// does no work itself. Without, it changes nothing. Both may run beside the
// service: work that is due or under way is no difference.
func (w *Worker) Verify(ctx context.Context, repair bool) ([]Check, error) {
	var checks []Check
	for _, r := range w.rowChecks() {
		c := Check{Name: r.name, Person: r.person}
		err := w.trial(ctx, repair, func(q *schema.Queries) (err error) {
			c.Found, err = r.find(ctx, q)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", r.name, err)
		}
		c.Mended = repair && !r.person
		checks = append(checks, c)
	}
	recounts, err := w.recount(ctx, repair)
	return append(checks, recounts...), err
}

var errTrial = errors.New("only a trial")

// trial runs f in a transaction that stays only when keep is set.
func (w *Worker) trial(ctx context.Context, keep bool, f func(*schema.Queries) error) error {
	err := w.inTx(ctx, func(q *schema.Queries) error {
		if err := f(q); err != nil || keep {
			return err
		}
		return errTrial
	})
	if errors.Is(err, errTrial) {
		return nil
	}
	return err
}

// A rowCheck finds and mends rows in one statement.
type rowCheck struct {
	name   string
	person bool
	find   func(context.Context, *schema.Queries) ([]string, error)
}

// rowChecks are the checks that SQL can do alone.
func (w *Worker) rowChecks() []rowCheck {
	now := w.now()
	due := func(f func(*schema.Queries, context.Context, time.Time) ([]string, error)) func(context.Context, *schema.Queries) ([]string, error) {
		return func(ctx context.Context, q *schema.Queries) ([]string, error) { return f(q, ctx, now) }
	}
	return []rowCheck{
		{name: "deliveries are processed, waiting or dead", find: due((*schema.Queries).LostDeliveries)},
		{name: "reminders that count were intended", find: w.unintended},
		{name: "reminders have an outcome or a due time", find: due((*schema.Queries).ForgottenReminders)},
		{name: "announcements have an outcome or a due time", find: due((*schema.Queries).ForgottenNotices)},
		{name: "answers have an outcome or a due time", find: due((*schema.Queries).ForgottenAnswers)},
		{name: "write-backs have an outcome or a due time", find: due((*schema.Queries).ForgottenWriteBacks)},
		{name: "reply times are what replies say", find: due((*schema.Queries).WrongReplyTimes)},
		{name: "tickets by time are a recount", find: func(ctx context.Context, q *schema.Queries) ([]string, error) { return q.WrongBins(ctx) }},
		{name: "nothing is put off too far", find: w.farRows},
		{name: "polls and periodic work have their rows", find: w.missingRows},
		{name: "incidents' status, end and phases agree", person: true,
			find: func(ctx context.Context, q *schema.Queries) ([]string, error) { return q.BrokenIncidents(ctx) }},
	}
}

// unintended finds follow-ups that count a reminder which nobody wrote down.
func (w *Worker) unintended(ctx context.Context, q *schema.Queries) ([]string, error) {
	if len(w.always()) == 0 {
		return nil, nil // there is nobody to tell
	}
	return q.UnintendedReminders(ctx, w.now())
}

// farRows finds what a clock that ran ahead has put off, for years perhaps.
func (w *Worker) farRows(ctx context.Context, q *schema.Queries) (found []string, err error) {
	p := schema.FarDeliveriesParams{Now: w.now(), Far: w.now().Add(farAhead)}
	clocks := schema.FarClocksParams{Now: p.Now, Far: p.Now.Add(w.clockAhead())}
	for _, find := range []func() ([]string, error){
		func() ([]string, error) { return q.FarDeliveries(ctx, p) },
		func() ([]string, error) { return q.FarFetches(ctx, schema.FarFetchesParams(p)) },
		func() ([]string, error) { return q.FarTickets(ctx, schema.FarTicketsParams(p)) },
		func() ([]string, error) { return q.FarIncidents(ctx, schema.FarIncidentsParams(p)) },
		func() ([]string, error) { return q.FarWriteBacks(ctx, schema.FarWriteBacksParams(p)) },
		func() ([]string, error) { return q.FarNotices(ctx, schema.FarNoticesParams(p)) },
		func() ([]string, error) { return q.FarClocks(ctx, clocks) },
	} {
		keys, err := find()
		if err != nil {
			return nil, err
		}
		found = append(found, keys...)
	}
	return found, nil
}

// missingRows finds what would come back by the clock and has no row to do so.
func (w *Worker) missingRows(ctx context.Context, q *schema.Queries) ([]string, error) {
	names := make([]string, 0, len(w.Helpdesks))
	for _, h := range w.Helpdesks {
		names = append(names, h.Name)
	}
	found, err := q.MissingClocks(ctx, names)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found, w.ensureRows(ctx, q)
}

// recount does each incident's sums again: links by the engine, impact by
// counting, follow-ups by planning.
func (w *Worker) recount(ctx context.Context, repair bool) ([]Check, error) {
	links, counts, plans := Check{Name: "links are the engine's and people's word"},
		Check{Name: "impact is a recount"}, Check{Name: "follow-ups are what planning says"}
	ids, err := w.queries.AllIncidents(ctx)
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	for _, id := range ids {
		key, again, err := w.recountOne(ctx, id, repair)
		if err != nil {
			return nil, fmt.Errorf("recount incident %d: %w", id, err)
		}
		for c, differs := range map[*Check]bool{&links: again.Rescore, &counts: again.Measure, &plans: again.Plan} {
			if differs {
				c.Found = append(c.Found, key)
			}
		}
	}
	links.Mended, counts.Mended, plans.Mended = repair, repair, repair
	return []Check{links, counts, plans}, nil
}

// recountOne compares one incident with what is stored of it. Its row is locked,
// so that no job is in the middle of the same.
func (w *Worker) recountOne(ctx context.Context, id int64, repair bool) (key string, again schema.DueAgainParams, err error) {
	now := w.now()
	again = schema.DueAgainParams{ID: id, Now: &now}
	if again.Rescore, err = w.linksDiffer(ctx, id); err != nil {
		return "", again, err
	}
	err = w.trial(ctx, repair, func(q *schema.Queries) error {
		i, err := q.LockIncidentByID(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		key = i.Key
		if again.Measure, err = w.impactDiffers(ctx, q, i); err != nil {
			return err
		}
		if again.Plan, err = w.planDiffers(ctx, q, i); err != nil {
			return err
		}
		again.Rescore = again.Rescore && i.RescoreDueAt == nil // somebody asked for it meanwhile
		return q.DueAgain(ctx, again)
	})
	return key, again, err
}

// linksDiffer says whether the engine would put a link into another state. Only
// incidents that tickets can still belong to are scored at all.
func (w *Worker) linksDiffer(ctx context.Context, id int64) (bool, error) {
	i, err := w.queries.GetIncidentByID(ctx, id)
	if err != nil {
		return false, err
	}
	waits, err := w.queries.MatchDue(ctx)
	over := i.ResolvedAt != nil && i.ResolvedAt.Before(w.now().Add(-lateTickets))
	if err != nil || waits || over || i.RescoreDueAt != nil || i.MergedInto != nil {
		return false, err
	}
	before, err := w.queries.LinksOf(ctx, id)
	if err != nil {
		return false, err
	}
	after, err := w.score(ctx, i, before)
	if err != nil {
		return false, err
	}
	states := map[int64]string{}
	for _, l := range before {
		states[l.Ticket] = l.State
	}
	for _, c := range diffLinks(before, after) {
		if states[c.ticket] != c.state {
			return true, nil
		}
	}
	return false, nil
}

// impactDiffers compares what is counted over links, not what depends on the
// time or on tickets that are not linked.
func (w *Worker) impactDiffers(ctx context.Context, q *schema.Queries, i schema.Incident) (bool, error) {
	if i.MeasureDueAt != nil {
		return false, nil
	}
	measured, err := w.measureOf(ctx, q, i)
	if err != nil {
		return false, err
	}
	var stored impact.Impact
	if i.Impact == nil {
		return true, nil
	}
	if err := json.Unmarshal(i.Impact, &stored); err != nil {
		return false, fmt.Errorf("read impact: %w", err)
	}
	a, err := json.Marshal(overLinks(stored))
	if err != nil {
		return false, err
	}
	b, err := json.Marshal(overLinks(measured))
	return !sameJSON(a, b), err
}

func overLinks(i impact.Impact) impact.Impact {
	for _, sum := range []*float64{&i.Expected, &i.ExpectedLow, &i.ExpectedHigh} { // sums differ by the order of their parts
		*sum = math.Round(*sum*1e6) / 1e6
	}
	for currency, amount := range i.Revenue {
		i.Revenue[currency] = math.Round(amount*100) / 100
	}
	i.Excess, i.OnsetAt, i.DetectionLag, i.PeakPerBin, i.SatisfactionBefore = 0, nil, nil, 0, nil
	return i
}

// planDiffers says whether planning would change a follow-up.
func (w *Worker) planDiffers(ctx context.Context, q *schema.Queries, i schema.Incident) (bool, error) {
	if i.PlanDueAt != nil {
		return false, nil
	}
	existing, err := q.FollowUpsOf(ctx, i.ID)
	if err != nil {
		return false, fmt.Errorf("read follow-ups: %w", err)
	}
	in, err := w.planInput(ctx, q, i, existing)
	if err != nil {
		return false, err
	}
	return len(w.planRows(i.ID, existing, followup.Plan(in))) > 0, nil
}
