package worker

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/web"
)

// A linkList is one of an incident's three lists, or a part of it.
type linkList struct {
	Name, Title, Help string
	Key               string // the incident's
	Rows              []linkRow
	Total             int
	Filter            linkFilter
	Next              string // cursor
	CanWrite          bool
	Whole             bool // shown on a page of its own
}

// A linkFilter narrows a list.
type linkFilter struct {
	Words string
	Least int // of confidence, in percent
}

// A linkRow is one ticket in a list.
type linkRow struct {
	schema.PageLinksRow
	Ticket string // helpdesk/id
	Why    string // the strongest reasons in words; "" without any
}

// The three lists: suggestions first, for they wait for a person.
var linkListKinds = []struct {
	name, title, help string
	states            []string
	rows              int
}{
	{"suggested", "Suggested", "The machine is not sure: confirm or reject.", []string{"suggested"}, 30},
	{"linked", "Linked", "These count in the impact and get follow-ups.", []string{"auto", "confirmed"}, 20},
	{"rejected", "Rejected", "A person said no; that stays.", []string{"rejected"}, 10},
}

const listPage = 100

func statesOf(list string) []string {
	for _, k := range linkListKinds {
		if k.name == list {
			return k.states
		}
	}
	return linkListKinds[0].states
}

// linkLists reads the first rows of all three.
func (w *Worker) linkLists(ctx context.Context, i schema.Incident, canWrite bool) ([]linkList, error) {
	totals, err := w.queries.CountLinks(ctx, i.ID)
	if err != nil {
		return nil, fmt.Errorf("count links of %s: %w", i.Key, err)
	}
	careful, err := w.carefulStart(ctx)
	if err != nil {
		return nil, err
	}
	var lists []linkList
	for _, k := range linkListKinds {
		l := linkList{Name: k.name, Title: k.title, Help: k.help, Key: i.Key, CanWrite: canWrite}
		if k.name == "suggested" && !careful.Over {
			l.Help = careful.Words()
		}
		for _, t := range totals {
			if slices.Contains(k.states, t.State) {
				l.Total += int(t.Links)
			}
		}
		if l.Total > 0 {
			if err := w.fillList(ctx, i, &l, "", k.rows); err != nil {
				return nil, err
			}
		}
		lists = append(lists, l)
	}
	return lists, nil
}

// fillList reads the rows of a list behind a cursor.
func (w *Worker) fillList(ctx context.Context, i schema.Incident, l *linkList, cursor string, rows int) error {
	rank, after, err := parseRank(cursor)
	if err != nil {
		return err
	}
	found, err := w.queries.PageLinks(ctx, schema.PageLinksParams{Incident: i.ID, States: statesOf(l.Name), ByConfidence: l.Name == "suggested",
		Least: float64(l.Filter.Least) / 100, Words: l.Filter.Words, Rank: rank, After: after, Batch: int32(rows) + 1})
	if err != nil {
		return fmt.Errorf("list %s links of %s: %w", l.Name, i.Key, err)
	}
	if len(found) > rows {
		found = found[:rows]
		last := found[rows-1]
		l.Next = base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatFloat(last.Rank, 'g', -1, 64) + " " + strconv.FormatInt(last.Ticket, 10)))
	}
	for _, f := range found {
		f.Subject = titleOf(f.Subject, f.Tags)
		row := linkRow{PageLinksRow: f, Ticket: f.Helpdesk + "/" + f.TicketID}
		reasons, err := steps(f.Evidence)
		if err != nil {
			return fmt.Errorf("read evidence of %s: %w", i.Key, err)
		}
		row.Why = why(reasons)
		l.Rows = append(l.Rows, row)
	}
	return nil
}

func parseRank(cursor string) (rank float64, ticket int64, err error) {
	if cursor == "" {
		return math.Inf(1), math.MaxInt64, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, 0, errBadCursor
	}
	if _, err := fmt.Sscan(string(raw), &rank, &ticket); err != nil {
		return 0, 0, errBadCursor
	}
	return rank, ticket, nil
}

type linksPage struct {
	web.Page
	Incident incidentView
	List     linkList
}

// linksPage shows one list as a whole, page by page, with its filter.
func (w *Worker) linksPage(rw http.ResponseWriter, r *http.Request) {
	page := linksPage{Page: w.page(r, "Tickets", "incidents", "incident "+r.PathValue("key"))}
	i, err := w.incident(r.Context(), r.PathValue("key"))
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	page.Incident = viewIncident(i)
	page.Title = i.Key + " tickets"
	page.List = linkList{Key: i.Key, Name: "suggested", CanWrite: page.Who.CanWrite, Whole: true, Filter: filterOf(r)}
	for _, k := range linkListKinds {
		if k.name == r.FormValue("list") || page.List.Title == "" {
			page.List.Name, page.List.Title, page.List.Help = k.name, k.title, k.help
		}
	}
	ids, err := w.matching(r.Context(), w.queries, i, page.List.Name, page.List.Filter)
	if err == nil {
		page.List.Total = len(ids)
		err = w.fillList(r.Context(), i, &page.List, r.FormValue("cursor"), listPage)
	}
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "links", page)
}

func filterOf(r *http.Request) linkFilter {
	least, err := strconv.Atoi(r.FormValue("least"))
	if err != nil {
		least = 0
	}
	return linkFilter{Words: strings.TrimSpace(r.FormValue("words")), Least: min(max(least, 0), 100)}
}

// Query is the filter as part of an address.
func (f linkFilter) Query() string {
	return url.Values{"words": {f.Words}, "least": {strconv.Itoa(f.Least)}}.Encode()
}

// matching returns the tickets of a list that the filter lets through.
func (w *Worker) matching(ctx context.Context, q *schema.Queries, i schema.Incident, list string, f linkFilter) ([]int64, error) {
	ids, err := q.MatchingLinks(ctx, schema.MatchingLinksParams{Incident: i.ID, States: statesOf(list), Least: float64(f.Least) / 100, Words: f.Words})
	if err != nil {
		return nil, fmt.Errorf("filter links of %s: %w", i.Key, err)
	}
	return ids, nil
}

// decideForm takes a person's word on one ticket, or on all of a list that a
// filter lets through.
func (w *Worker) decideForm(rw http.ResponseWriter, r *http.Request) {
	key, by, state := r.PathValue("key"), actor(r.Context()), r.FormValue("state")
	if state != "confirmed" && state != "rejected" && state != undecided {
		w.pageFailed(rw, r, errBadState)
		return
	}
	decided := 0
	chosen := func(q *schema.Queries, i schema.Incident) ([]int64, error) { return w.chosen(r, q, i) }
	at, err := w.decideLinks(r.Context(), key, chosen, func(q *schema.Queries, i schema.Incident, tickets []int64, now time.Time) (err error) {
		decided, err = w.decideIn(r.Context(), q, i, tickets, state, by, now)
		return err
	})
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.backToLinks(rw, r, url.Values{"done": {state}, "n": {strconv.Itoa(decided)}, "at": {moment(at)}})
}

// chosen are the tickets that a form speaks of.
func (w *Worker) chosen(r *http.Request, q *schema.Queries, i schema.Incident) ([]int64, error) {
	if r.FormValue("all") != "" {
		return w.matching(r.Context(), q, i, r.FormValue("list"), filterOf(r))
	}
	helpdesk, id, _ := strings.Cut(r.FormValue("ticket"), "/")
	t, err := w.knownTicket(r.Context(), q, helpdesk, id)
	return []int64{t.ID}, err
}

func (w *Worker) undoForm(rw http.ResponseWriter, r *http.Request) {
	at, err := parseMoment(r.FormValue("at"))
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	n, err := w.undoDecisions(r.Context(), r.PathValue("key"), actor(r.Context()), at)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.backToLinks(rw, r, url.Values{"done": {"undone"}, "n": {strconv.Itoa(n)}})
}

// backToLinks leads back to the page that a form was on.
func (w *Worker) backToLinks(rw http.ResponseWriter, r *http.Request, did url.Values) {
	to := "/incidents/" + url.PathEscape(r.PathValue("key"))
	if r.FormValue("whole") != "" {
		to += "/tickets"
		did.Set("list", r.FormValue("list"))
		for _, name := range []string{"words", "least"} {
			if v := r.FormValue(name); v != "" && r.FormValue("all") == "" {
				did.Set(name, v)
			}
		}
	}
	http.Redirect(rw, r, to+"?"+did.Encode(), http.StatusSeeOther)
}
