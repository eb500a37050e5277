package worker

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/report"
	"github.com/ticketlink/ticketlink/worker/web"
)

const timelineRows = 100

type incidentPage struct {
	web.Page
	Incident   incidentView
	Version    int64
	Tiles      []web.Tile
	Timeline   []report.Event
	References []schema.IncidentReference
	Plot       web.Plot
	Lists      []linkList
	FollowUps  followUpSection
}

func (w *Worker) incidentPage(rw http.ResponseWriter, r *http.Request) {
	page, err := w.readIncidentPage(r)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "incident", page)
}

func (w *Worker) readIncidentPage(r *http.Request) (page incidentPage, err error) {
	ctx, key := r.Context(), r.PathValue("key")
	page.Page = w.page(r, key, "incidents", "incident "+key)
	i, err := w.incident(ctx, key)
	if err != nil {
		return page, err
	}
	page.Title = i.Key + " " + i.Title
	page.Incident, page.Version = viewIncident(i), i.Version
	if page.Incident.Phases, err = w.phaseViews(ctx, i); err != nil {
		return page, err
	}
	measured, err := w.impactShown(ctx, i)
	if err != nil {
		return page, err
	}
	due, overdue, err := w.countDue(ctx)
	if err != nil {
		return page, err
	}
	page.Tiles = tilesOf(measured, due[key], overdue[key])
	if page.Plot, err = w.plot(ctx, i, page.Incident.Phases, measured); err != nil {
		return page, err
	}
	if page.Lists, err = w.linkLists(ctx, i, page.Who.CanWrite); err != nil {
		return page, err
	}
	if page.FollowUps, err = w.followUpsOf(ctx, i, page.Who.CanWrite); err != nil {
		return page, err
	}
	return page, w.asideOf(ctx, i, &page)
}

// asideOf reads what stands beside the tickets.
func (w *Worker) asideOf(ctx context.Context, i schema.Incident, page *incidentPage) error {
	events, err := w.timeline(ctx, i.Key, Paging{Limit: timelineRows})
	if err != nil {
		return err
	}
	page.Timeline = events.Items
	page.References, err = w.queries.ListReferences(ctx, schema.ListReferencesParams{Incident: i.ID, Batch: timelineRows})
	if err != nil {
		return fmt.Errorf("list references of %s: %w", i.Key, err)
	}
	return nil
}

// impactShown is the impact as measured last, which is moments ago for
// incidents that change; a new incident is measured at once.
func (w *Worker) impactShown(ctx context.Context, i schema.Incident) (impact.Impact, error) {
	if i.Impact == nil {
		return w.measureOf(ctx, w.queries, i)
	}
	row, err := rowOf(i)
	return row.Impact, err
}

func (w *Worker) phaseViews(ctx context.Context, i schema.Incident) ([]phaseView, error) {
	phases, err := w.queries.ListPhases(ctx, []int64{i.ID})
	if err != nil {
		return nil, fmt.Errorf("read phases of %s: %w", i.Key, err)
	}
	var views []phaseView
	for _, p := range phases {
		views = append(views, phaseView{p.StartedAt, p.EndedAt})
	}
	return views, nil
}
