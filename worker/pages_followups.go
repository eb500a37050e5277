package worker

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/web"
)

const (
	meCookie      = "ticketlink_me" // the helpdesk's id of the agent who looks
	followUpRows  = 100
	followUpsKept = time.Hour * 24 * 365
)

// A followUpRow is a follow-up with names.
type followUpRow struct {
	followUpView
	Agent    string // a name; "" for nobody
	CanWrite bool
	Back     string // where its form leads
	Short    bool   // its incident and agent are named around it
	Zone     *time.Location
}

// A followUpSection is an incident's follow-ups by agent.
type followUpSection struct {
	Agents []agentGroup
	Counts map[string]int // by stored status
}

type agentGroup struct {
	Name    string
	Open    int
	Overdue int
	Rows    []followUpRow // the first of them
}

const agentRows = 4 // shown of each agent beside an incident's tickets

// followUpsOf reads an incident's open follow-ups.
func (w *Worker) followUpsOf(ctx context.Context, i schema.Incident, due map[string]dueCount, canWrite bool) (s followUpSection, err error) {
	counts, err := w.queries.CountFollowUps(ctx, i.ID)
	if err != nil {
		return s, fmt.Errorf("count follow-ups of %s: %w", i.Key, err)
	}
	s.Counts = map[string]int{}
	for _, c := range counts {
		s.Counts[c.Status] = int(c.FollowUps)
	}
	found, err := w.queries.IncidentFollowUps(ctx, schema.IncidentFollowUpsParams{Incident: i.ID, OfEach: agentRows, Batch: followUpRows})
	if err != nil {
		return s, fmt.Errorf("list follow-ups of %s: %w", i.Key, err)
	}
	var rows []schema.GetFollowUpRow
	for _, f := range found {
		rows = append(rows, schema.GetFollowUpRow{FollowUp: f.FollowUp, IncidentKey: f.IncidentKey, IncidentTitle: f.IncidentTitle})
	}
	named, err := w.namedFollowUps(ctx, rows, canWrite, "/incidents/"+i.Key)
	for n, r := range named {
		if n == 0 || r.Assignee != named[n-1].Assignee {
			s.Agents = append(s.Agents, agentGroup{Name: cmp.Or(r.Agent, "Nobody is assigned"), Open: int(found[n].Open),
				Overdue: due[i.Key+"/"+r.Assignee].Overdue})
		}
		g := &s.Agents[len(s.Agents)-1]
		r.Short = true
		g.Rows = append(g.Rows, r)
	}
	return s, err
}

// namedFollowUps adds the agents' names.
func (w *Worker) namedFollowUps(ctx context.Context, rows []schema.GetFollowUpRow, canWrite bool, back string) ([]followUpRow, error) {
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.FollowUp.Assignee)
	}
	people, err := w.queries.PeopleByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	names := map[string]string{}
	for _, p := range people {
		names[p.Helpdesk+"/"+p.ID] = p.Name
	}
	var out []followUpRow
	for _, r := range rows {
		f := followUpRow{followUpView: w.viewFollowUp(r), CanWrite: canWrite, Back: back, Zone: w.FollowUp.Hours.Zone()}
		if f.Assignee != "" {
			f.Agent = cmp.Or(names[f.Helpdesk+"/"+f.Assignee], "agent "+f.Assignee)
		}
		out = append(out, f)
	}
	return out, nil
}

type followUpsPage struct {
	web.Page
	View   string // mine, team, overdue, all
	Of     string // one incident's key; "" for all
	Me     string // the agent's id
	Agents []schema.AgentsRow
	Rows   []followUpRow
	Next   string
}

func (w *Worker) followUpsPage(rw http.ResponseWriter, r *http.Request) {
	page := followUpsPage{Page: w.page(r, "Follow-ups", "follow-ups", "now"), View: r.FormValue("view"), Of: r.FormValue("incident")}
	var err error
	if page.Me, err = w.me(r); err == nil {
		page.View = viewOf(page.View, page.Me)
		page.Agents, err = w.queries.Agents(r.Context())
	}
	if err == nil {
		err = w.fillFollowUps(r, &page)
	}
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "followups", page)
}

// viewOf is a view that the page has: without an agent there is no mine.
func viewOf(asked, me string) string {
	switch {
	case asked == "overdue" || asked == "all":
		return asked
	case me == "" && asked == "":
		return "all"
	case asked == "team" || asked == "mine":
		return asked
	}
	return "mine"
}

// me is the helpdesk agent who looks: found by the signed-in person's e-mail
// address, else as chosen on the page.
func (w *Worker) me(r *http.Request) (string, error) {
	if p := personOf(r.Context()); p.Email != "" {
		found, err := w.queries.AgentByEmail(r.Context(), p.Email)
		if err != nil {
			return "", fmt.Errorf("find the agent who is signed in: %w", err)
		}
		if len(found) > 0 {
			return found[0].ID, nil
		}
	}
	if c, err := r.Cookie(meCookie); err == nil {
		return c.Value, nil
	}
	return "", nil
}

func (w *Worker) fillFollowUps(r *http.Request, page *followUpsPage) error {
	due, after, err := parseDue(r.FormValue("cursor"))
	if err != nil {
		return err
	}
	arg := schema.PageFollowUpsParams{Due: due, After: after, IncidentKey: page.Of, Now: page.Now, DueOnly: page.View == "overdue", Batch: followUpRows + 1}
	switch page.View {
	case "mine":
		arg.Agent = cmp.Or(page.Me, "-")
	case "team":
		arg.TeamOf = cmp.Or(page.Me, "-")
	}
	found, err := w.queries.PageFollowUps(r.Context(), arg)
	if err != nil {
		return fmt.Errorf("list follow-ups: %w", err)
	}
	if len(found) > followUpRows {
		found = found[:followUpRows]
		last := found[followUpRows-1].FollowUp
		page.Next = moment(last.DueAt) + "." + strconv.FormatInt(last.ID, 10)
	}
	var rows []schema.GetFollowUpRow
	for _, f := range found {
		row := schema.GetFollowUpRow(f)
		if page.View != "overdue" || w.viewFollowUp(row).Status == "overdue" {
			rows = append(rows, row)
		}
	}
	page.Rows, err = w.namedFollowUps(r.Context(), rows, page.Who.CanWrite, "/follow-ups?"+url.Values{"view": {page.View}, "incident": {page.Of}}.Encode())
	return err
}

func parseDue(cursor string) (due time.Time, after int64, err error) {
	if cursor == "" {
		return time.Time{}, 0, nil
	}
	var micros int64
	if _, err := fmt.Sscanf(cursor, "%d.%d", &micros, &after); err != nil {
		return due, 0, errBadCursor
	}
	return time.UnixMicro(micros), after, nil
}

// meForm remembers which agent looks.
func (w *Worker) meForm(rw http.ResponseWriter, r *http.Request) {
	http.SetCookie(rw, w.cookie(r, meCookie, url.QueryEscape(r.FormValue("agent")), followUpsKept))
	http.Redirect(rw, r, "/follow-ups?view=mine", http.StatusSeeOther)
}

// followUpForm takes a person's word on a follow-up.
func (w *Worker) followUpForm(rw http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		w.pageFailed(rw, r, errNoFollowUp)
		return
	}
	action := r.FormValue("action")
	if err := w.followUpAction(r, id, action); err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	back, err := url.Parse(localPath(r.FormValue("back")))
	if err != nil {
		back = &url.URL{Path: "/follow-ups"}
	}
	query := back.Query()
	query.Set("done", action)
	back.RawQuery = query.Encode()
	http.Redirect(rw, r, back.String(), http.StatusSeeOther)
}

func (w *Worker) followUpAction(r *http.Request, id int64, action string) (err error) {
	ctx, by, until := r.Context(), actor(r.Context()), time.Time{}
	switch action {
	case "done", "cancel":
	case "reassign":
		_, err = w.reassignFollowUp(ctx, id, r.FormValue("assignee"), by)
		return err
	case "snooze":
		wait, err := time.ParseDuration(r.FormValue("for"))
		if err != nil || wait <= 0 {
			return errBadSnooze
		}
		until = w.now().Add(wait)
	default:
		return errBadAction
	}
	_, err = w.decideFollowUp(ctx, id, action, by, r.FormValue("reason"), until)
	return err
}
