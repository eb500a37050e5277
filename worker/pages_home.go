package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/followup"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/web"
)

const (
	recently  = 7 * 24 * time.Hour // resolved incidents stay on the first page
	sparkBins = 4 * 24             // quarters of an hour
	homeRows  = 100

	surgeShown = 10 * time.Minute // since it was last seen
)

type homePage struct {
	web.Page
	Open, Resolved []incidentRow
	Surges         []surgeRow
	Sources        []sourceRow
	Unheard        []sourceRow // those of the sources that we may not be hearing
	Silent         []sourceRow // those that never said anything
	Careful        carefulStart
	Dead           int64 // letters: what was given up
	Unread         int64 // those of them that are webhooks
}

// Calm says whether no open incident means that there is none: everything that
// could tell of one is heard, and what it said was understood.
func (p homePage) Calm() bool {
	return len(p.Sources) > 0 && len(p.Unheard)+len(p.Silent) == 0 && p.Unread == 0
}

// A surgeRow is a rush of similar tickets that no incident explains.
type surgeRow struct {
	schema.ListSurgesRow
	About   string // what the tickets share, in words
	Names   []schema.SurgeTicketsRow
	Declare string // where it is declared, filled in
}

// An incidentRow is one incident in a list.
type incidentRow struct {
	incidentView
	Impact   impact.Impact
	Measured *time.Time
	Overdue  int // follow-ups
	Spark    template.HTML
}

func (w *Worker) homePage(rw http.ResponseWriter, r *http.Request) {
	page := homePage{Page: w.page(r, "Now", "now", "now")}
	err := w.homeIncidents(r.Context(), &page)
	if err == nil {
		err = w.homeSurges(r.Context(), &page)
	}
	if err == nil {
		err = w.homeSources(r.Context(), &page)
	}
	if err == nil {
		page.Careful, err = w.carefulStart(r.Context())
	}
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "home", page)
}

func (w *Worker) homeIncidents(ctx context.Context, page *homePage) error {
	since := page.Now.Add(-recently)
	incidents, err := w.queries.PageIncidents(ctx, schema.PageIncidentsParams{Since: &since, Batch: homeRows})
	if err != nil {
		return fmt.Errorf("list incidents: %w", err)
	}
	due, err := w.countDue(ctx, "")
	if err != nil {
		return err
	}
	sparks, err := w.sparks(ctx, incidents)
	if err != nil {
		return err
	}
	for _, i := range incidents {
		row, err := rowOf(i)
		if err != nil {
			return err
		}
		row.Overdue, row.Spark = due[i.Key].Overdue, sparks[i.ID]
		if i.Status == "open" {
			page.Open = append(page.Open, row)
		} else {
			page.Resolved = append(page.Resolved, row)
		}
	}
	return nil
}

// homeSurges shows the rushes of this moment that nobody has declared yet.
func (w *Worker) homeSurges(ctx context.Context, page *homePage) error {
	rows, err := w.queries.ListSurges(ctx, page.Now.Add(-surgeShown))
	if err != nil {
		return fmt.Errorf("list surges: %w", err)
	}
	for _, s := range rows {
		if s.IncidentKey != "" || s.DismissedAt != nil {
			continue
		}
		fill := url.Values{"surge": {strconv.FormatInt(s.ID, 10)}, "title": {surgeTitle(saidTerm(s.Kind, s.Term), s.Symptom)},
			"started_at": {web.Field(s.OnsetAt)}}
		switch s.Kind {
		case "tag", "theme":
			fill.Set("tags", s.Term)
		case "word":
			fill.Set("keywords", s.Term)
		}
		names, err := w.queries.SurgeTickets(ctx, s.Tickets)
		if err != nil {
			return fmt.Errorf("name tickets of surge %d: %w", s.ID, err)
		}
		about := surgeAbout(match.Surge{Kind: s.Kind, Term: s.Term, Symptom: s.Symptom})
		page.Surges = append(page.Surges, surgeRow{s, about, names, "/declare?" + fill.Encode()})
	}
	return nil
}

func rowOf(i schema.Incident) (incidentRow, error) {
	row := incidentRow{incidentView: viewIncident(i), Measured: i.MeasuredAt}
	if i.Impact == nil {
		return row, nil
	}
	if err := json.Unmarshal(i.Impact, &row.Impact); err != nil {
		return row, fmt.Errorf("read impact of %s: %w", i.Key, err)
	}
	return row, nil
}

// A dueCount counts open follow-ups whose time has come.
type dueCount struct{ Due, Overdue int }

// countDue counts by incident and, under "incident/assignee", by agent. Of one
// incident, or of all for "".
func (w *Worker) countDue(ctx context.Context, key string) (map[string]dueCount, error) {
	rows, err := w.queries.DueFollowUps(ctx, schema.DueFollowUpsParams{Now: w.now(), IncidentKey: key})
	if err != nil {
		return nil, fmt.Errorf("count follow-ups: %w", err)
	}
	counts := map[string]dueCount{}
	for _, r := range rows {
		f := followup.FollowUp{State: followup.Open, Severity: r.Severity, Plan: r.Plan, Organization: r.Organization,
			DueAt: r.DueAt, SnoozedUntil: orZero(r.SnoozedUntil)}
		overdue := followup.StatusOf(f, w.FollowUp, w.now()) == followup.StatusOverdue
		for _, k := range []string{r.IncidentKey, r.IncidentKey + "/" + r.Assignee} {
			c := counts[k]
			c.Due++
			if overdue {
				c.Overdue++
			}
			counts[k] = c
		}
	}
	return counts, nil
}

// sparks draws each open incident's linked tickets of the last day.
func (w *Worker) sparks(ctx context.Context, incidents []schema.Incident) (map[int64]template.HTML, error) {
	counts := map[int64][]int{}
	var ids []int64
	for _, i := range incidents {
		if i.Status == "open" {
			ids = append(ids, i.ID)
			counts[i.ID] = make([]int, sparkBins)
		}
	}
	since := w.now().Truncate(impact.Bin).Add(-(sparkBins - 1) * impact.Bin)
	rows, err := w.queries.LinkedSince(ctx, schema.LinkedSinceParams{Since: since, Incidents: ids})
	if err != nil {
		return nil, fmt.Errorf("count linked tickets: %w", err)
	}
	for _, r := range rows {
		if r.Bin >= 0 && r.Bin < sparkBins {
			counts[r.Incident][r.Bin] = int(r.Tickets)
		}
	}
	drawn := map[int64]template.HTML{}
	for id, c := range counts {
		drawn[id] = web.Spark(c)
	}
	return drawn, nil
}

type incidentsPage struct {
	web.Page
	Incidents []incidentRow
	Next      string
}

func (w *Worker) incidentsPage(rw http.ResponseWriter, r *http.Request) {
	page := incidentsPage{Page: w.page(r, "Incidents", "incidents", "now")}
	paging := Paging{Limit: 50, Cursor: r.FormValue("cursor")}
	before, err := paging.after()
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	rows, err := w.queries.ListIncidents(r.Context(), schema.ListIncidentsParams{Before: before, Batch: paging.fetch()})
	if err != nil {
		w.pageFailed(rw, r, fmt.Errorf("list incidents: %w", err))
		return
	}
	listed := pageFrom(paging, rows, func(i schema.Incident) int64 { return i.ID }, func(i schema.Incident) schema.Incident { return i })
	for _, i := range listed.Items {
		row, err := rowOf(i)
		if err != nil {
			w.pageFailed(rw, r, err)
			return
		}
		page.Incidents = append(page.Incidents, row)
	}
	page.Next = listed.NextCursor
	w.render(rw, http.StatusOK, "incidents", page)
}
