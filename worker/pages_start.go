package worker

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/web"
)

// startPage shows what another start would change, before anything is saved.
type startPage struct {
	web.Page
	Incident  incidentView
	Version   int64
	Start     time.Time
	Plot      web.Plot
	Was, Will map[string]int // links by state
	Gained    []startChange
	Lost      []startChange
	Unchanged int
}

// A startChange is one ticket whose link another start would change.
type startChange struct {
	Ticket, Subject string
	CreatedAt       time.Time
	Was, Becomes    string
	Confidence      float64
}

func (w *Worker) startPage(rw http.ResponseWriter, r *http.Request) {
	page, err := w.readStartPage(r)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "start", page)
}

func (w *Worker) readStartPage(r *http.Request) (page startPage, err error) {
	ctx, key := r.Context(), r.PathValue("key")
	page.Page = w.page(r, "Move the start of "+key, "incidents", "")
	i, err := w.incident(ctx, key)
	if err != nil {
		return page, err
	}
	page.Incident, page.Version, page.Start = viewIncident(i), i.Version, i.StartedAt
	at, err := formTime(r.FormValue("at"))
	if err != nil {
		return page, err
	}
	if at != nil {
		page.Start = *at
	}
	if err := checkIncident(moveTo(i, page.Start), w.now()); err != nil {
		return page, err
	}
	phases, err := w.phaseViews(ctx, i)
	if err != nil {
		return page, err
	}
	if err := w.previewStart(ctx, i, &page); err != nil {
		return page, fmt.Errorf("preview the start of %s: %w", key, err)
	}
	phases[0].StartedAt = page.Start
	measured, err := w.impactShown(ctx, i)
	if err != nil {
		return page, err
	}
	page.Plot, err = w.plot(ctx, moveTo(i, page.Start), phases, measured)
	return page, err
}

func moveTo(i schema.Incident, start time.Time) schema.Incident {
	i.StartedAt = start
	return i
}

// previewStart scores the incident as if it had begun at page.Start, writes
// nothing, and compares with the links there are.
func (w *Worker) previewStart(ctx context.Context, i schema.Incident, page *startPage) error {
	before, err := w.queries.LinksOf(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	query, err := w.matchQuery(ctx, i)
	if err != nil {
		return err
	}
	query.Previous = previousOf(i.ID, before)
	target := &query.Targets[0] // also among the rivals
	target.StartedAt = page.Start
	if len(target.Phases) > 0 {
		target.Phases[0].Start = page.Start
	}
	var after []match.Link
	err = w.withCorpus(ctx, earliest(i.StartedAt, page.Start), func(c *match.Corpus) error {
		after, err = w.matchAll(ctx, c, query, before)
		return err
	})
	if err != nil {
		return err
	}
	return w.compareStart(ctx, before, after, page)
}

// compareStart fills in which links another start would make, change or drop.
func (w *Worker) compareStart(ctx context.Context, before []schema.LinksOfRow, after []match.Link, page *startPage) error {
	page.Was, page.Will = map[string]int{}, map[string]int{}
	was, becomes, confidence := map[int64]string{}, map[int64]string{}, map[int64]float64{}
	for _, l := range before {
		if l.State == "dropped" {
			continue
		}
		was[l.Ticket], confidence[l.Ticket] = l.State, l.Confidence
		page.Was[l.State]++
		if l.DecidedAt != nil {
			becomes[l.Ticket] = l.State
		}
	}
	for _, l := range after {
		id := rowID(l.TicketID)
		confidence[id] = l.Confidence
		if becomes[id] == "" {
			becomes[id] = string(l.State)
		}
	}
	var ids []int64
	for id, state := range becomes {
		page.Will[state]++
		if was[id] != state {
			ids = append(ids, id)
		} else {
			page.Unchanged++
		}
	}
	for id := range was {
		if becomes[id] == "" {
			ids = append(ids, id)
		}
	}
	return w.startChanges(ctx, ids, was, becomes, confidence, page)
}

func (w *Worker) startChanges(ctx context.Context, ids []int64, was, becomes map[int64]string, confidence map[int64]float64, page *startPage) error {
	tickets, err := w.queries.TicketNames(ctx, ids)
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	for _, t := range tickets {
		c := startChange{Ticket: t.Helpdesk + "/" + t.TicketID, Subject: titleOf(t.Subject, t.Tags), CreatedAt: t.CreatedAt, Was: was[t.ID], Becomes: becomes[t.ID], Confidence: confidence[t.ID]}
		if standing(c.Becomes) > standing(c.Was) {
			page.Gained = append(page.Gained, c)
		} else {
			page.Lost = append(page.Lost, c)
		}
	}
	return nil
}

// standing orders states by how much a link counts.
func standing(state string) int {
	return slices.Index([]string{"", "rejected", "suggested", "auto", "confirmed"}, state)
}

func (w *Worker) startForm(rw http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	at, err := formTime(r.FormValue("at"))
	if err == nil && at == nil {
		err = errTimes
	}
	if err == nil {
		_, err = w.updateSeen(r.Context(), actor(r.Context()), key, seen(r), Change{Declaration: Declaration{StartedAt: at}})
	}
	w.formDone(rw, r, "saved", err)
}
