package worker

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/web"
)

var (
	errBadState  = errors.New("state: expected confirmed, rejected or undecided")
	errBadAction = errors.New("action: expected done, snooze, cancel or reassign")
	errChanged   = errors.New("somebody changed the incident meanwhile; read what it says now, and change it again if need be")
)

type declarePage struct {
	web.Page
	Prefill url.Values
}

// declarePage shows the form; an address may fill it in.
func (w *Worker) declarePage(rw http.ResponseWriter, r *http.Request) {
	w.render(rw, http.StatusOK, "declare", declarePage{Page: w.page(r, "Declare an incident", "incidents", ""), Prefill: r.URL.Query()})
}

func (w *Worker) declareForm(rw http.ResponseWriter, r *http.Request) {
	d, err := formDeclaration(r)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	if key := strings.TrimSpace(r.FormValue("key")); key != "" {
		d.Key = &key
	}
	i, err := w.declareFrom(r, d)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	http.Redirect(rw, r, "/incidents/"+url.PathEscape(i.Key)+"?done=declared", http.StatusSeeOther)
}

// declareFrom declares what a form says, of a surge where it names one.
func (w *Worker) declareFrom(r *http.Request, d Declaration) (schema.Incident, error) {
	surge := r.FormValue("surge")
	if surge == "" {
		return w.declare(r.Context(), actor(r.Context()), d)
	}
	id, err := strconv.ParseInt(surge, 10, 64)
	if err != nil {
		return schema.Incident{}, errNoSurge
	}
	return w.declareSurge(r.Context(), actor(r.Context()), id, d)
}

// formDeclaration reads a form. Fields that it has not are left as they are.
func formDeclaration(r *http.Request) (d Declaration, err error) {
	if err := r.ParseForm(); err != nil {
		return d, errTimes
	}
	for name, to := range map[string]**string{"title": &d.Title, "summary": &d.Summary, "severity": &d.Severity, "external_url": &d.ExternalURL} {
		if v, ok := r.PostForm[name]; ok {
			*to = &v[0]
		}
	}
	for name, to := range map[string]*[]string{"services": &d.Services, "tags": &d.Tags, "keywords": &d.Keywords, "regions": &d.Regions, "organizations": &d.Organizations} {
		if v, ok := r.PostForm[name]; ok {
			*to = list(commaList(v[0]))
		}
	}
	for name, to := range map[string]**time.Time{"started_at": &d.StartedAt, "detected_at": &d.DetectedAt, "declared_at": &d.DeclaredAt} {
		if *to, err = formTime(r.PostFormValue(name)); err != nil {
			return d, err
		}
	}
	return d, nil
}

// formChange reads a form that holds what a person touched.
func formChange(r *http.Request) (c Change, err error) {
	if c.Declaration, err = formDeclaration(r); err != nil {
		return c, err
	}
	if r.PostForm.Has("detected_at") && c.DetectedAt == nil {
		c.DetectedAt = &time.Time{} // emptied
	}
	if v, ok := r.PostForm["message"]; ok {
		c.Message = &v[0]
	}
	c.ResolvedAt, err = formTime(r.PostFormValue("resolved_at"))
	return c, err
}

// commaList splits at commas and line ends.
func commaList(s string) []string {
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == '\n' })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// formTime reads what a browser's date and time field sends; people fill it in in UTC.
func formTime(s string) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return &t, nil
		}
	}
	return nil, errTimes
}

// dismissForm keeps that a surge is no incident.
func (w *Worker) dismissForm(rw http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		err = errNoSurge
	} else {
		err = w.dismissSurge(r.Context(), actor(r.Context()), id)
	}
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	http.Redirect(rw, r, "/", http.StatusSeeOther)
}

// resolveForm keeps the message of a person whom somebody else preceded.
func (w *Worker) resolveForm(rw http.ResponseWriter, r *http.Request) {
	at, err := formTime(r.FormValue("resolved_at"))
	if err == nil {
		_, err = w.resolve(r.Context(), actor(r.Context()), r.PathValue("key"), at, r.FormValue("message"))
	}
	if errors.Is(err, errIsResolved) && r.FormValue("message") != "" {
		r.PostForm.Del("resolved_at")
		w.conflictPage(rw, r)
		return
	}
	w.formDone(rw, r, "resolved", err)
}

func (w *Worker) reopenForm(rw http.ResponseWriter, r *http.Request) {
	_, err := w.reopen(r.Context(), actor(r.Context()), r.PathValue("key"))
	w.formDone(rw, r, "reopened", err)
}

// mergeForm leads to the incident that goes on.
func (w *Worker) mergeForm(rw http.ResponseWriter, r *http.Request) {
	to, err := w.merge(r.Context(), actor(r.Context()), r.PathValue("key"), strings.TrimSpace(r.FormValue("into")))
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	http.Redirect(rw, r, "/incidents/"+url.PathEscape(to.Key)+"?done=merged", http.StatusSeeOther)
}

// referenceForm links an address or a name, or accepts a proposal.
func (w *Worker) referenceForm(rw http.ResponseWriter, r *http.Request) {
	_, err := w.linkReference(r.Context(), actor(r.Context()), r.PathValue("key"), r.FormValue("text"), "", "")
	w.formDone(rw, r, "saved", err)
}

func (w *Worker) dropReferenceForm(rw http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		err = errNoReference
	} else {
		err = w.dropReference(r.Context(), actor(r.Context()), r.PathValue("key"), id)
	}
	w.formDone(rw, r, "saved", err)
}

// formDone leads back to the incident, or says what went wrong.
func (w *Worker) formDone(rw http.ResponseWriter, r *http.Request, did string, err error) {
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	http.Redirect(rw, r, "/incidents/"+url.PathEscape(r.PathValue("key"))+"?done="+did, http.StatusSeeOther)
}
