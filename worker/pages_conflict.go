package worker

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/web"
)

// editFields fill in the form that changes an incident. It sends back what it
// showed, so that only what a person changed is changed, and what somebody else
// changed meanwhile can be told apart.
type editFields struct {
	Key     string
	Version string
	Was, Is map[string]string // as stored, as shown
}

func editOf(i schema.Incident) editFields {
	joined := func(l []string) string { return strings.Join(l, ", ") }
	was := map[string]string{"title": i.Title, "severity": i.Severity, "summary": i.Summary, "external_url": i.ExternalUrl,
		"services": joined(i.Services), "tags": joined(i.Tags), "keywords": joined(i.Keywords), "regions": joined(i.Regions),
		"organizations": joined(i.Organizations), "started_at": web.Field(i.StartedAt), "detected_at": web.Field(i.DetectedAt),
		"resolved_at": web.Field(i.ResolvedAt), "message": i.Message}
	return editFields{Key: i.Key, Version: versionText(i.Version), Was: was, Is: was}
}

// editForm changes what a person changed in the form, unless somebody was faster.
func (w *Worker) editForm(rw http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		w.pageFailed(rw, r, errTimes)
		return
	}
	r.PostForm = touched(r.PostForm)
	c, err := formChange(r)
	if err == nil {
		_, err = w.updateSeen(r.Context(), actor(r.Context()), r.PathValue("key"), seen(r), c)
	}
	if errors.Is(err, errChanged) {
		w.conflictPage(rw, r)
		return
	}
	w.formDone(rw, r, "saved", err)
}

// seen is the version that a form showed.
func seen(r *http.Request) string { return cmp.Or(r.FormValue("version"), "none") }

// touched is a form without the fields that were left as they were.
func touched(form url.Values) url.Values {
	form = maps.Clone(form)
	maps.DeleteFunc(form, func(name string, v []string) bool {
		was, known := form["was_"+name]
		return known && lines(v[0]) == lines(was[0])
	})
	return form
}

// lines ends lines as the database has them; browsers send CRLF.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// A conflictPage shows what somebody else changed and keeps what was written.
type conflictPage struct {
	web.Page
	Incident incidentView
	Edit     editFields
	Changed  []fieldChange
}

type fieldChange struct{ Name, Was, Now, Mine string }

func (w *Worker) conflictPage(rw http.ResponseWriter, r *http.Request) {
	i, err := w.incident(r.Context(), r.PathValue("key"))
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	page := conflictPage{Page: w.page(r, "Somebody was faster", "incidents", ""), Incident: viewIncident(i), Edit: editOf(i)}
	page.Edit.Is = maps.Clone(page.Edit.Was)
	for _, name := range slices.Sorted(maps.Keys(page.Edit.Was)) {
		now, mine := page.Edit.Was[name], ""
		if v, ok := r.PostForm[name]; ok {
			mine, page.Edit.Is[name] = lines(v[0]), v[0]
		}
		if was, known := r.PostForm["was_"+name]; known && lines(was[0]) != now {
			page.Changed = append(page.Changed, fieldChange{name, was[0], now, mine})
		}
	}
	w.render(rw, http.StatusConflict, "conflict", page)
}

// versionText is an incident's version in a form.
func versionText(v int64) string { return strconv.FormatInt(v, 10) }
