package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/queue"
)

const (
	matchBatch   = 1000
	rescoreEvery = time.Minute // for tickets that share nothing obvious with an incident
	minChange    = 0.01        // of confidence, below which a link is left as it is written
)

// matchTickets finds which incidents changed tickets may belong to, and has
// those scored again: at once where a ticket obviously has to do with one,
// within a minute for all that are going on. Marking the tickets as matched
// comes last.
func (w *Worker) matchTickets(ctx context.Context, _ queue.Task) error {
	var lease time.Time
	defer w.giveBack(ctx, &lease)
	for {
		now := w.now()
		lease = now.Add(2 * time.Minute)
		ids, err := w.queries.ClaimMatch(ctx, schema.ClaimMatchParams{Now: &now, Lease: &lease, Batch: matchBatch})
		if err != nil {
			return fmt.Errorf("claim tickets to match: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		if err := w.callRescores(ctx, ids, lease); err != nil {
			return err
		}
	}
}

func (w *Worker) callRescores(ctx context.Context, ids []int64, lease time.Time) error {
	failpoint("matching")
	obvious, err := w.candidates(ctx, ids)
	if err != nil {
		return err
	}
	now := w.now()
	soon, since := now.Add(rescoreEvery), now.Add(-w.Matching.Windows.After)
	err = w.inTx(ctx, func(q *schema.Queries) error {
		if err := q.LockTickets(ctx, ids); err != nil { // before incidents, as everybody does
			return fmt.Errorf("lock matched tickets: %w", err)
		}
		if err := q.LockActive(ctx, schema.LockActiveParams{Ids: obvious, Since: &since}); err != nil {
			return fmt.Errorf("lock incidents that are going on: %w", err)
		}
		if err := q.RescoreSoon(ctx, schema.RescoreSoonParams{Ids: obvious, DueAt: &now}); err != nil {
			return fmt.Errorf("ask for re-scores: %w", err)
		}
		if err := q.RescoreActive(ctx, schema.RescoreActiveParams{DueAt: &soon, Since: &since}); err != nil {
			return fmt.Errorf("ask for re-scores: %w", err)
		}
		return q.FinishMatch(ctx, schema.FinishMatchParams{Ids: ids, Lease: &lease})
	})
	if err == nil {
		failpoint("matched")
		for _, id := range obvious {
			w.nudge(ctx, queue.Task{Kind: "rescore", ID: id})
		}
	}
	return err
}

// candidates returns the incidents that share something telling with one of
// the tickets, or are linked to it already.
func (w *Worker) candidates(ctx context.Context, tickets []int64) ([]int64, error) {
	since := w.now().Add(-w.Matching.Windows.After)
	active, err := w.queries.ActiveIncidents(ctx, &since)
	if err != nil || len(active) == 0 {
		return nil, err
	}
	linked, err := w.queries.IncidentsOfTickets(ctx, tickets)
	if err != nil {
		return nil, fmt.Errorf("find links of changed tickets: %w", err)
	}
	incidents, err := w.matchIncidents(ctx, active)
	if err != nil {
		return nil, err
	}
	rows, err := w.queries.TicketsToMatch(ctx, schema.TicketsToMatchParams{Ids: tickets, RegionField: w.Impact.Region})
	if err != nil {
		return nil, fmt.Errorf("read changed tickets: %w", err)
	}
	index := match.NewIndex(incidents, w.Matching)
	found := linked
	for _, r := range rows {
		for _, id := range index.Candidates(matchTicket(schema.CorpusChangesRow(r))) {
			found = append(found, rowID(id))
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// rescore computes one incident's links anew, among all incidents that compete
// for the same tickets, and writes what changed in one transaction.
func (w *Worker) rescore(ctx context.Context, t queue.Task) error {
	begin := w.now()
	lease := begin.Add(2 * time.Minute)
	defer w.giveBack(ctx, &lease)
	i, err := w.queries.ClaimRescore(ctx, schema.ClaimRescoreParams{ID: t.ID, Now: &begin, Lease: &lease})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim re-score: %w", err)
	}
	before, err := w.queries.LinksOf(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("read links of %s: %w", i.Key, err)
	}
	after, err := w.score(ctx, i, before)
	if err != nil {
		return fmt.Errorf("score %s: %w", i.Key, err)
	}
	w.Metrics.matchDuration.Observe(w.now().Sub(begin).Seconds())
	failpoint("scored")
	diff, err := w.writeScored(ctx, i, diffLinks(before, after), begin, lease)
	if err == nil && len(diff) > 0 {
		failpoint("linked")
		w.traceLinks(ctx, i.Key, diff)
		w.nudge(ctx, queue.Task{Kind: "measure", ID: i.ID}, queue.Task{Kind: "plan", ID: i.ID}, queue.Task{Kind: "writeback"})
	}
	return err
}

// writeScored writes what a score changes, unless the incident changed since it
// was read. It returns what was written: people's words stand.
func (w *Worker) writeScored(ctx context.Context, i schema.Incident, diff []linkChange, now, lease time.Time) ([]linkChange, error) {
	err := w.inTx(ctx, func(q *schema.Queries) error {
		// Tickets before incidents: every transaction locks in that order.
		if err := q.LookUpReplies(ctx, schema.LookUpRepliesParams{Tickets: freshTickets(diff), Now: &now}); err != nil {
			return fmt.Errorf("ask for replies: %w", err)
		}
		locked, err := q.LockIncidentByID(ctx, i.ID)
		if err != nil {
			return fmt.Errorf("lock %s: %w", i.Key, err)
		}
		if locked.Version != i.Version {
			diff = nil
			return nil // it was changed meanwhile, which asked for another re-score
		}
		if diff, err = undecidedOnly(ctx, q, i.ID, diff); err != nil {
			return err
		}
		if err := w.writeLinks(ctx, q, i.ID, diff, lease); err != nil {
			return err
		}
		return w.tellDoubles(ctx, q, i)
	})
	return diff, err
}

// score asks the engine, with what was learned so far.
func (w *Worker) score(ctx context.Context, i schema.Incident, before []schema.LinksOfRow) ([]match.Link, error) {
	query, err := w.matchQuery(ctx, i)
	if err != nil {
		return nil, err
	}
	query.Previous = previousOf(i.ID, before)
	var links []match.Link
	err = w.withCorpus(ctx, i.StartedAt, func(c *match.Corpus) error {
		links, err = w.matchAll(ctx, c, query, before)
		return err
	})
	return links, err
}

// matchAll scores an incident. What was linked without asking is not taken back
// because people taught something since: where the model of today would link it
// no more, one that was in force since it was linked decides. The latest goes
// first, to spare the others: each word of a person may have made one.
func (w *Worker) matchAll(ctx context.Context, c *match.Corpus, query match.Query, before []schema.LinksOfRow) ([]match.Link, error) {
	links := c.Match(query)
	for left := unlinked(before, links, int64(query.Model.Version)); len(left) > 0; {
		version := slices.Max(slices.Collect(maps.Values(left)))
		var err error
		if query.Model, err = w.modelOf(ctx, version); err != nil {
			return nil, err
		}
		kept := slices.DeleteFunc(c.Match(query), func(l match.Link) bool {
			_, was := left[l.TicketID]
			return !was || l.State != match.Auto
		})
		keeps := map[string]bool{}
		for _, l := range kept {
			keeps[l.TicketID] = true
		}
		links = append(slices.DeleteFunc(links, func(l match.Link) bool { return keeps[l.TicketID] }), kept...)
		maps.DeleteFunc(left, func(ticket string, linkedBy int64) bool { return keeps[ticket] || linkedBy == version })
	}
	return links, nil
}

// unlinked are tickets that were linked without asking and now would not be, with
// the version of the model that linked them, where it is not this one.
func unlinked(before []schema.LinksOfRow, now []match.Link, version int64) map[string]int64 {
	auto := map[string]bool{}
	for _, l := range now {
		auto[l.TicketID] = l.State == match.Auto
	}
	found := map[string]int64{}
	for _, l := range before {
		id := strconv.FormatInt(l.Ticket, 10)
		if l.State == "auto" && l.Model != version && !auto[id] {
			found[id] = l.Model
		}
	}
	return found
}

// previousOf are an incident's links as they are now. One that was dropped is none:
// it comes back as a new one would.
func previousOf(incident int64, links []schema.LinksOfRow) map[match.Pair]match.State {
	previous := map[match.Pair]match.State{}
	for _, l := range links {
		if l.State == "dropped" {
			continue
		}
		previous[match.Pair{TicketID: strconv.FormatInt(l.Ticket, 10), IncidentID: strconv.FormatInt(incident, 10)}] = match.State(l.State)
	}
	return previous
}

// matchQuery collects what competes with i and what people have decided.
func (w *Worker) matchQuery(ctx context.Context, i schema.Incident) (match.Query, error) {
	query := match.Query{Policy: w.Matching, Now: w.now()}
	end := w.now()
	if i.ResolvedAt != nil {
		end = *i.ResolvedAt
	}
	reach := w.Matching.Windows.Before + w.Matching.Windows.After
	from := i.StartedAt.Add(-reach)
	rivals, err := w.queries.IncidentsBetween(ctx, schema.IncidentsBetweenParams{FromTime: &from, UntilTime: end.Add(reach)})
	if err != nil {
		return query, fmt.Errorf("read competing incidents: %w", err)
	}
	all, err := w.matchIncidents(ctx, rivals)
	if err != nil {
		return query, err
	}
	ids := make([]int64, 0, len(rivals))
	for n, r := range rivals {
		ids = append(ids, r.ID)
		if r.ID == i.ID {
			query.Targets = all[n : n+1]
		}
	}
	query.Rivals = all
	decisions, err := w.queries.Decisions(ctx, ids)
	if err != nil {
		return query, fmt.Errorf("read decisions: %w", err)
	}
	for _, d := range decisions {
		query.Decisions = append(query.Decisions, match.Decision{
			TicketID: strconv.FormatInt(d.Ticket, 10), IncidentID: strconv.FormatInt(d.Incident, 10),
			Confirmed: d.State == "confirmed", At: *d.DecidedAt})
	}
	if query.Model, _, err = w.model(ctx); err != nil {
		return query, err
	}
	careful, err := w.carefulStart(ctx)
	query.Policy.AutoAllowed = careful.Over
	return query, err
}

func (w *Worker) matchIncidents(ctx context.Context, rows []schema.Incident) ([]match.Incident, error) {
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	phases, err := w.queries.ListPhases(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read phases: %w", err)
	}
	of := map[int64][]match.Phase{}
	for _, p := range phases {
		of[p.Incident] = append(of[p.Incident], match.Phase{Start: p.StartedAt, End: orZero(p.EndedAt)})
	}
	out := make([]match.Incident, 0, len(rows))
	for _, r := range rows {
		out = append(out, match.Incident{
			ID: strconv.FormatInt(r.ID, 10), Title: r.Title, Summary: r.Summary, Severity: r.Severity, Services: r.Services,
			Tags: r.Tags, Keywords: r.Keywords, Regions: r.Regions, Organizations: r.Organizations, StartedAt: r.StartedAt,
			DetectedAt: orZero(r.DetectedAt), DeclaredAt: r.DeclaredAt, ResolvedAt: orZero(r.ResolvedAt), Phases: of[r.ID],
		})
	}
	return out, nil
}

// rowID reads back an id that we gave to the engine as text.
func rowID(s string) int64 {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic("row id " + strconv.Quote(s) + " is not one of ours")
	}
	return id
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
