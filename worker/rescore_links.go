package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
)

// A linkChange is one link to be written.
type linkChange struct {
	ticket     int64
	state      string
	confidence float64
	logOdds    float64
	raw        *float64 // log-odds before calibration, for learning
	evidence   []match.Evidence
	engine     string
	model      int64
	fresh      bool // it was not linked or suggested before
}

// diffLinks compares what is stored with what the engine says now. Links that
// a person decided are not touched; those that the engine lists no more are
// dropped. What was linked without asking keeps its reasons while another model
// would link it as well.
func diffLinks(before []schema.LinksOfRow, after []match.Link) []linkChange {
	old := map[int64]schema.LinksOfRow{}
	for _, l := range before {
		old[l.Ticket] = l
	}
	var diff []linkChange
	for _, l := range after {
		id := rowID(l.TicketID)
		was, had := old[id]
		delete(old, id)
		same := had && was.State == string(l.State)
		taught := same && l.State == match.Auto && was.Model != int64(l.Model)
		if was.DecidedAt != nil || taught || same && math.Abs(was.Confidence-l.Confidence) < minChange {
			continue
		}
		diff = append(diff, linkChange{ticket: id, state: string(l.State), confidence: l.Confidence, logOdds: l.LogOdds,
			raw: &l.Uncalibrated, evidence: l.Evidence, engine: l.Engine, model: int64(l.Model), fresh: !had || was.State == "dropped"})
	}
	for id, l := range old {
		if l.DecidedAt == nil && l.State != "dropped" {
			diff = append(diff, linkChange{ticket: id, state: "dropped", engine: match.Engine})
		}
	}
	return diff
}

// freshTickets are those whose replies nobody has looked up yet.
func freshTickets(diff []linkChange) (tickets []int64) {
	for _, c := range diff {
		if c.fresh {
			tickets = append(tickets, c.ticket)
		}
	}
	return tickets
}

// undecidedOnly leaves out what people decided since the links were read. The
// incident is locked, so nobody decides meanwhile.
func undecidedOnly(ctx context.Context, q *schema.Queries, incident int64, diff []linkChange) ([]linkChange, error) {
	decided, err := q.DecidedLinks(ctx, incident)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	return slices.DeleteFunc(diff, func(c linkChange) bool {
		_, found := slices.BinarySearch(decided, c.ticket)
		return found
	}), nil
}

// writeLinks stores changes together with the write-backs that follow from them.
func (w *Worker) writeLinks(ctx context.Context, q *schema.Queries, incident int64, diff []linkChange, lease time.Time) error {
	now := w.now()
	var rows []schema.PutLinkParams
	var linked, unlinked []int64
	for _, c := range diff {
		evidence, err := json.Marshal(list(c.evidence))
		if err != nil {
			return fmt.Errorf("write evidence: %w", err)
		}
		rows = append(rows, schema.PutLinkParams{Incident: incident, Ticket: c.ticket, State: c.state, Confidence: c.confidence,
			LogOdds: c.logOdds, Uncalibrated: c.raw, Evidence: evidence, Engine: c.engine, Model: c.model, Now: now})
		if c.state == "auto" {
			linked = append(linked, c.ticket)
		} else {
			unlinked = append(unlinked, c.ticket)
		}
		if c.fresh {
			w.Metrics.links.WithLabelValues(c.state).Inc()
		}
	}
	if err := execBatch("store links", q.PutLink(ctx, rows)); err != nil {
		return err
	}
	if err := w.wantWriteBacks(ctx, q, incident, linked, unlinked); err != nil {
		return err
	}
	return q.FinishRescore(ctx, schema.FinishRescoreParams{ID: incident, Lease: &lease, Now: &now, Changed: len(diff) > 0})
}
