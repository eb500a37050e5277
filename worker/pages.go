package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/web"
)

// pages registers the web page. The templates know nothing of the database.
func (w *Worker) pages(mux *http.ServeMux) {
	mux.Handle("GET /static/", web.Static())
	mux.HandleFunc("GET /{$}", w.homePage)
	mux.HandleFunc("GET /incidents/{key}", w.incidentPage)
}

type homeRow struct {
	incidentView
	Impact impact.Impact
}

func (w *Worker) homePage(rw http.ResponseWriter, r *http.Request) {
	rows, err := w.queries.ListIncidents(r.Context(), schema.ListIncidentsParams{Batch: 100})
	if err != nil {
		w.pageFailed(rw, err)
		return
	}
	helpdesks, err := w.queries.ListHelpdesks(r.Context())
	if err != nil {
		w.pageFailed(rw, err)
		return
	}
	var incidents []homeRow
	for _, i := range rows {
		row := homeRow{incidentView: viewIncident(i)}
		if i.Impact != nil {
			if err := json.Unmarshal(i.Impact, &row.Impact); err != nil {
				w.pageFailed(rw, fmt.Errorf("read impact of %s: %w", i.Key, err))
				return
			}
		}
		incidents = append(incidents, row)
	}
	w.render(rw, "home", map[string]any{"Incidents": incidents, "Helpdesks": helpdesks})
}

type linkRow struct {
	linkView
	Reasons []match.Evidence
}

func (w *Worker) incidentPage(rw http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	i, err := w.incident(r.Context(), key)
	if err != nil {
		w.pageFailed(rw, err)
		return
	}
	measured, err := w.impactNow(r.Context(), key)
	if err != nil {
		w.pageFailed(rw, err)
		return
	}
	links, err := w.links(r.Context(), key, "", Paging{Limit: 200})
	if err != nil {
		w.pageFailed(rw, err)
		return
	}
	followUps, err := w.listFollowUps(r.Context(), followUpFilter{Incident: key, Paging: Paging{Limit: 200}})
	if err != nil {
		w.pageFailed(rw, err)
		return
	}
	var rows []linkRow
	for _, l := range links.Items {
		row := linkRow{linkView: l}
		if err := json.Unmarshal(l.Evidence, &row.Reasons); err != nil {
			w.pageFailed(rw, fmt.Errorf("read evidence of %s: %w", key, err))
			return
		}
		rows = append(rows, row)
	}
	w.render(rw, "incident", map[string]any{"Incident": viewIncident(i), "Impact": measured.Impact, "Links": rows, "FollowUps": followUps.Items})
}

func (w *Worker) render(rw http.ResponseWriter, page string, data any) {
	if err := web.Render(rw, page, data); err != nil {
		w.pageFailed(rw, err)
	}
}

func (w *Worker) pageFailed(rw http.ResponseWriter, err error) {
	if errors.Is(err, errNoIncident) {
		http.Error(rw, err.Error(), http.StatusNotFound)
		return
	}
	w.Log.Error("page failed", "error", err)
	http.Error(rw, "The database did not answer as expected. Try again; the log says more.", http.StatusServiceUnavailable)
}
