package worker

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/worker/web"
)

// pages registers the web page. Forms post to the same places that the pages
// are read from, and answer with a redirection.
func (w *Worker) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", w.homePage)
	mux.HandleFunc("GET /incidents", w.incidentsPage)
	mux.HandleFunc("GET /declare", w.declarePage)
	mux.HandleFunc("POST /declare", w.declareForm)
	mux.HandleFunc("POST /surges/{id}/dismiss", w.dismissForm)
	mux.HandleFunc("GET /incidents/{key}", w.incidentPage)
	mux.HandleFunc("GET /incidents/{key}/tickets", w.linksPage)
	mux.HandleFunc("GET /incidents/{key}/tickets/{helpdesk}/{ticket_id}", w.whyPage)
	mux.HandleFunc("POST /incidents/{key}/decide", w.decideForm)
	mux.HandleFunc("POST /incidents/{key}/undo", w.undoForm)
	mux.HandleFunc("GET /incidents/{key}/start", w.startPage)
	mux.HandleFunc("POST /incidents/{key}/start", w.startForm)
	mux.HandleFunc("POST /incidents/{key}/edit", w.editForm)
	mux.HandleFunc("POST /incidents/{key}/resolve", w.resolveForm)
	mux.HandleFunc("POST /incidents/{key}/reopen", w.reopenForm)
	mux.HandleFunc("POST /incidents/{key}/merge", w.mergeForm)
	mux.HandleFunc("GET /incidents/{key}/timeline", w.timelinePage)
	mux.HandleFunc("GET /incidents/{key}/report", w.reportPage)
	mux.HandleFunc("POST /incidents/{key}/references", w.referenceForm)
	mux.HandleFunc("POST /incidents/{key}/references/{id}", w.dropReferenceForm)
	mux.HandleFunc("GET /tickets/{helpdesk}/{ticket_id}", w.ticketPage)
	mux.HandleFunc("GET /follow-ups", w.followUpsPage)
	mux.HandleFunc("POST /follow-ups/me", w.meForm)
	mux.HandleFunc("POST /follow-ups/{id}", w.followUpForm)
	mux.HandleFunc("GET /follow-ups/{id}/reassign", w.reassignPage)
	mux.HandleFunc("GET /dead-letters", w.deadPage)
	mux.HandleFunc("POST /dead-letters/{id}", w.replayForm)
	mux.HandleFunc("GET /live", w.live.serve)
}

// page is what every page shows of the request itself.
func (w *Worker) page(r *http.Request, title, here, live string) web.Page {
	p := personOf(r.Context())
	return web.Page{Title: title, Here: here, Live: live, Now: w.now(), Done: done(r),
		Who: web.Who{Name: p.Name, Role: roleOf(p.Scopes), CanWrite: slices.Contains(p.Scopes, "write"),
			IsAdmin: slices.Contains(p.Scopes, "admin"), SignedIn: p.Session}}
}

// done reads what the form before has done from the address it sent us to.
func done(r *http.Request) *web.Done {
	text := doneTexts[r.FormValue("done")]
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(r.FormValue("n"))
	if err != nil {
		return &web.Done{Text: text}
	}
	d := &web.Done{Text: web.Tickets(n) + " " + text}
	if at := r.FormValue("at"); at != "" && n > 0 {
		d.Undo, d.At, d.List = "/incidents/"+r.PathValue("key")+"/undo", at, r.FormValue("list")
	}
	return d
}

var doneTexts = map[string]string{
	"confirmed": "confirmed.", "rejected": "rejected.", "undecided": "given back to the machine to decide.",
	"undone": "back as before.", "saved": "Saved.", "resolved": "Resolved.", "reopened": "Reopened.", "merged": "They are one incident now, this one.", "declared": "Declared.",
	"done": "Follow-up done.", "snooze": "Follow-up snoozed.", "cancel": "Follow-up cancelled.",
	"reassign": "Follow-up reassigned.", "replayed": "They are tried again now; what fails again comes back here.",
}

// moment is a time in a form or an address: microseconds, as the database keeps them.
func moment(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

func parseMoment(s string) (time.Time, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, errTimes
	}
	return time.UnixMicro(n).UTC(), nil
}

func (w *Worker) render(rw http.ResponseWriter, status int, page string, data any) {
	if err := web.Render(rw, status, page, data); err != nil {
		w.Log.Error("page failed", "error", err)
		http.Error(rw, "This page could not be made; the log says why.", http.StatusInternalServerError)
	}
}

type failedPage struct {
	web.Page
	Text string
	Back string
}

// pageFailed shows an error as the API words it.
func (w *Worker) pageFailed(rw http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusServiceUnavailable, err.Error()
	var known huma.StatusError
	if errors.As(w.failure(err), &known) {
		status, text = known.GetStatus(), known.Error()
	}
	back := "/"
	if key := r.PathValue("key"); key != "" && !errors.Is(err, errNoIncident) {
		back = "/incidents/" + key
	}
	w.render(rw, status, "failed", failedPage{Page: w.page(r, "That did not work", "", ""), Text: text, Back: back})
}
