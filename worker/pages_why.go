package worker

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/web"
)

var errNotLinked = errors.New("that ticket was never linked to that incident; its own page says what it was scored against")

// A whyPage shows the reasons of one link, as they were stored with it. The
// lists fetch it when somebody asks.
type whyPage struct {
	web.Page
	Incident, Ticket string
	State            string
	Confidence       float64
	Steps            []web.Step
}

func (w *Worker) whyPage(rw http.ResponseWriter, r *http.Request) {
	page, err := w.readWhyPage(r)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "why", page)
}

func (w *Worker) readWhyPage(r *http.Request) (page whyPage, err error) {
	key, helpdesk, id := r.PathValue("key"), r.PathValue("helpdesk"), r.PathValue("ticket_id")
	page.Page, page.Incident, page.Ticket = w.page(r, "Why ticket "+id, "incidents", ""), key, helpdesk+"/"+id
	i, err := w.incident(r.Context(), key)
	if err != nil {
		return page, err
	}
	t, err := w.knownTicket(r.Context(), w.queries, helpdesk, id)
	if err != nil {
		return page, err
	}
	l, err := w.queries.GetLink(r.Context(), schema.GetLinkParams{Incident: i.ID, Ticket: t.ID})
	if errors.Is(err, pgx.ErrNoRows) {
		return page, errNotLinked
	}
	if err != nil {
		return page, fmt.Errorf("read why %s is linked to %s: %w", page.Ticket, key, err)
	}
	page.State, page.Confidence = l.State, l.Confidence
	if page.Steps, err = steps(l.Evidence); err != nil {
		return page, fmt.Errorf("read why %s is linked to %s: %w", page.Ticket, key, err)
	}
	return page, nil
}

// evidenceNames say in people's words what a kind of evidence is.
var evidenceNames = map[string]string{
	"prior": "How common such tickets are", "time": "When it was written", "surge": "Rush of tickets then",
	"topic": "Goes with the topic", "similar": "Like the tickets found so far", "symptom": "What it complains of",
	"organization": "Organization", "region": "Region", "history": "Earlier decisions", "calibration": "Corrected by experience",
	"competition": "Other incidents", "kept": "Kept", "tag": "Tag", "text": "What it says", "rule": "A rule of yours",
}

// steps turns stored evidence into what the waterfall draws.
func steps(evidence json.RawMessage) ([]web.Step, error) {
	var read []match.Evidence
	if err := json.Unmarshal(evidence, &read); err != nil {
		return nil, err
	}
	return stepsOf(read), nil
}

func stepsOf(evidence []match.Evidence) []web.Step {
	var out []web.Step
	for _, e := range evidence {
		s := web.Step{Label: cmp.Or(evidenceNames[e.Kind], e.Kind), Detail: e.Detail, Weight: e.Weight}
		if e.Detail == e.Kind {
			s.Detail = ""
		}
		out = append(out, s)
	}
	return out
}

// why names the two strongest reasons that are of the ticket itself.
func why(steps []web.Step) string {
	strongest := slices.Clone(steps)
	slices.SortStableFunc(strongest, func(a, b web.Step) int { return cmp.Compare(b.Weight, a.Weight) })
	var names []string
	for _, s := range strongest {
		if len(names) < 2 && s.Weight > 0 && !general(s) {
			names = append(names, strings.ToLower(cmp.Or(s.Detail, s.Label)))
		}
	}
	if len(steps) > 0 && len(names) == 0 {
		return "a person's word"
	}
	return strings.Join(names, "; ")
}

// general says whether a reason is not of the ticket itself.
func general(s web.Step) bool {
	return s.Label == evidenceNames["calibration"] || s.Label == evidenceNames["prior"]
}
