package worker

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/report"
	"github.com/ticketlink/ticketlink/worker/web"
	"golang.org/x/sync/errgroup"
)

const (
	timelineRows  = 500
	referenceRows = 100
)

type incidentPage struct {
	web.Page
	incidentParts
}

// incidentParts are what all who may do the same see alike.
type incidentParts struct {
	Incident   incidentView
	Edit       editFields
	Tiles      []web.Tile
	Doubles    []double
	References []schema.IncidentReference
	Plot       web.Plot
	Lists      []linkList
	FollowUps  followUpSection
	Answers    []schema.ListAnswersRow

	impact impact.Impact
	due    dueCount
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
	key := r.PathValue("key")
	page.Page = w.page(r, key, "incidents", "incident "+key)
	write := page.Who.CanWrite
	page.incidentParts, err = w.incidentsRead.do(r.Context(), fmt.Sprint(key, " ", write), func(ctx context.Context) (incidentParts, error) {
		return w.readIncidentParts(ctx, key, write)
	})
	page.Title = page.Incident.Key + " " + page.Incident.Title
	return page, err
}

func (w *Worker) readIncidentParts(ctx context.Context, key string, canWrite bool) (page incidentParts, err error) {
	i, err := w.incident(ctx, key)
	if err != nil {
		return page, err
	}
	page.Incident, page.Edit = viewIncident(i), editOf(i)
	// The parts know nothing of one another: together they take as long as the longest.
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { return w.impactPart(ctx, i, &page) })
	parts.Go(func() error { return w.duePart(ctx, i, &page, canWrite) })
	parts.Go(func() (err error) {
		page.Lists, err = w.linkLists(ctx, i, canWrite)
		return err
	})
	parts.Go(func() error { return w.asideOf(ctx, i, &page) })
	if err := parts.Wait(); err != nil {
		return page, err
	}
	page.Tiles = tilesOf(page.impact, page.due)
	return page, nil
}

// impactPart reads the impact and the plot.
func (w *Worker) impactPart(ctx context.Context, i schema.Incident, page *incidentParts) (err error) {
	if page.Incident.Phases, err = w.phaseViews(ctx, i); err != nil {
		return err
	}
	if page.impact, err = w.impactShown(ctx, i); err != nil {
		return err
	}
	page.Plot, err = w.plot(ctx, i, page.Incident.Phases, page.impact)
	return err
}

// duePart reads the follow-ups.
func (w *Worker) duePart(ctx context.Context, i schema.Incident, page *incidentParts, canWrite bool) error {
	due, err := w.countDue(ctx, i.Key)
	if err != nil {
		return err
	}
	page.due = due[i.Key]
	page.FollowUps, err = w.followUpsOf(ctx, i, due, canWrite)
	return err
}

// asideOf reads what stands beside the tickets.
func (w *Worker) asideOf(ctx context.Context, i schema.Incident, page *incidentParts) (err error) {
	if page.Doubles, err = w.doubles(ctx, i); err != nil {
		return err
	}
	page.References, err = w.queries.ListReferences(ctx, schema.ListReferencesParams{Incident: i.ID, Batch: referenceRows})
	if err != nil {
		return fmt.Errorf("list references of %s: %w", i.Key, err)
	}
	page.Answers, err = w.queries.ListAnswers(ctx, schema.ListAnswersParams{Incident: i.ID, Batch: referenceRows})
	if err != nil {
		return fmt.Errorf("list answers of %s: %w", i.Key, err)
	}
	return nil
}

type timelinePage struct {
	web.Page
	Key    string
	Events []report.Event
}

// timelinePage shows what happened when. The incident's own page fetches it once
// the rest is on the screen: it is the one part that reads everything.
func (w *Worker) timelinePage(rw http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	events, err := w.timelinesRead.do(r.Context(), key, func(ctx context.Context) (pageOf[report.Event], error) {
		return w.timeline(ctx, key, Paging{Limit: timelineRows})
	})
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "timeline", timelinePage{w.page(r, "Timeline of "+key, "incidents", "incident "+key), key, events.Items})
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
