package worker

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/match"
	"github.com/ticketlink/ticketlink/worker/web"
)

type ticketPage struct {
	web.Page
	Ticket      ticketView
	Description string
	URL         string // in the helpdesk
	Scores      []scoreRow
	Policy      match.Policy
}

// A scoreRow is one incident that a ticket was scored against.
type scoreRow struct {
	Key, Title, Status string
	State              string // "" for not linked
	DecidedBy          string
	Confidence         float64
	Steps              []web.Step
	Verdict            string
}

func (w *Worker) ticketPage(rw http.ResponseWriter, r *http.Request) {
	page, err := w.readTicketPage(r)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "ticket", page)
}

func (w *Worker) readTicketPage(r *http.Request) (page ticketPage, err error) {
	helpdesk, id := r.PathValue("helpdesk"), r.PathValue("ticket_id")
	page.Page, page.Policy = w.page(r, "Ticket "+id, "", ""), w.Matching
	if page.Ticket, err = w.ticket(r.Context(), helpdesk, id); err != nil {
		return page, err
	}
	row, err := w.knownTicket(r.Context(), w.queries, helpdesk, id)
	if err != nil {
		return page, err
	}
	page.Description, page.Ticket.Subject = row.Description, titleOf(row.Subject, row.Tags)
	if h, ok := w.helpdesks[helpdesk]; ok && h.TicketURL != nil {
		page.URL = h.TicketURL(id)
	}
	page.Scores, err = w.scores(r.Context(), row, page.Ticket.Links)
	return page, err
}

// titleOf is what a page calls a ticket: its subject, or its tags where no text
// is kept of it.
func titleOf(subject string, tags []string) string {
	if subject != "" {
		return subject
	}
	tags = slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return strings.HasPrefix(tag, tagPrefix) })
	if len(tags) == 0 {
		return "(no text kept)"
	}
	return "tagged " + strings.Join(tags, ", ")
}

// scores explains a ticket against every incident around its time, also those
// that it was not linked to.
func (w *Worker) scores(ctx context.Context, t schema.Ticket, links []ticketLinkView) ([]scoreRow, error) {
	until := t.CreatedAt.Add(w.Matching.Windows.After)
	from := t.CreatedAt.Add(-w.Matching.Windows.After)
	around, err := w.queries.IncidentsBetween(ctx, schema.IncidentsBetweenParams{FromTime: &from, UntilTime: until})
	if err != nil || len(around) == 0 {
		return nil, err
	}
	explained, err := w.explain(ctx, t, around)
	if err != nil {
		return nil, fmt.Errorf("explain ticket %s/%s: %w", t.Helpdesk, t.TicketID, err)
	}
	var rows []scoreRow
	for _, l := range explained {
		i := around[slices.IndexFunc(around, func(i schema.Incident) bool { return i.ID == rowID(l.IncidentID) })]
		row := scoreRow{Key: i.Key, Title: i.Title, Status: i.Status, Confidence: l.Confidence, Steps: stepsOf(l.Evidence)}
		for _, link := range links {
			if link.Incident == i.Key {
				row.State, row.DecidedBy = link.State, link.DecidedBy
			}
		}
		row.Verdict = verdict(row, w.Matching)
		rows = append(rows, row)
	}
	return rows, nil
}

func (w *Worker) explain(ctx context.Context, t schema.Ticket, around []schema.Incident) (links []match.Link, err error) {
	query := match.Query{Policy: w.Matching, Now: w.now()}
	if query.Rivals, err = w.matchIncidents(ctx, around); err != nil {
		return nil, err
	}
	var ids []int64
	for _, i := range around {
		ids = append(ids, i.ID)
	}
	decisions, err := w.queries.Decisions(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	for _, d := range decisions {
		query.Decisions = append(query.Decisions, match.Decision{TicketID: strconv.FormatInt(d.Ticket, 10),
			IncidentID: strconv.FormatInt(d.Incident, 10), Confirmed: d.State == "confirmed", At: *d.DecidedAt})
	}
	if query.Model, _, err = w.model(ctx); err != nil {
		return nil, err
	}
	err = w.withCorpus(ctx, around[0].StartedAt, func(c *match.Corpus) error {
		links = c.Explain(query, strconv.FormatInt(t.ID, 10))
		return nil
	})
	return links, err
}

// verdict says why a ticket is linked to an incident, or why not.
func verdict(s scoreRow, p match.Policy) string {
	switch {
	case s.DecidedBy != "":
		return s.State + " by " + s.DecidedBy + "; the machine would say " + web.Percent(s.Confidence)
	case s.State == "auto":
		return "linked without asking: " + web.Percent(p.AutoLink) + " is enough"
	case s.State == "suggested":
		return "suggested to a person: it takes " + web.Percent(p.AutoLink) + " to link without asking"
	}
	if s.Confidence >= p.Suggest {
		return "not linked when it was last looked at; by what is known now it may be; " + mostAgainst(s.Steps)
	}
	return "not linked: below the " + web.Percent(p.Suggest) + " that a suggestion takes; " + mostAgainst(s.Steps)
}

// mostAgainst names what of the ticket itself speaks most against the link.
func mostAgainst(steps []web.Step) string {
	var most web.Step
	for _, s := range steps {
		if s.Weight < most.Weight && !general(s) {
			most = s
		}
	}
	if most.Weight == 0 {
		return "nothing speaks for it"
	}
	return "most against it: " + strings.ToLower(cmp.Or(most.Detail, most.Label))
}
