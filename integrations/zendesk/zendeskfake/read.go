package zendeskfake

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
)

const (
	maxExport  = 1000 // tickets a page
	maxList    = 100  // objects a page
	exportHold = 60   // seconds
)

// exportTickets serves the cursor-based incremental export: by generated
// timestamp, oldest first, each ticket once at its latest change.
func (s *Server) exportTickets(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	next, cursor := 0, query.Get("cursor")
	if cursor != "" {
		var ok bool
		if next, ok = s.readCursor(cursor); !ok {
			refuse(w, http.StatusUnprocessableEntity, "InvalidValue", "cursor is not valid")
			return
		}
	} else {
		start, err := strconv.ParseInt(query.Get("start_time"), 10, 64)
		if err != nil || start > s.now().Unix()-exportHold {
			refuse(w, http.StatusBadRequest, "StartTimeTooRecent", "Too recent start_time. Use a start_time older than 1 minute")
			return
		}
		next = sort.Search(len(s.log), func(i int) bool { return s.log[i].generated >= start })
	}
	page, next, end := s.exportPage(next, pageSize(query.Get("per_page"), maxExport), query.Get("exclude_deleted") == "true")
	body := s.ticketsView(page, strings.Split(query.Get("include"), ","))
	body["end_of_stream"] = end
	body["before_url"], body["before_cursor"], body["after_url"], body["after_cursor"] = nil, nil, nil, nil
	if len(page) > 0 {
		cursor = s.writeCursor(next)
	}
	if cursor != "" {
		body["after_cursor"] = cursor
		body["after_url"] = fmt.Sprintf("https://%s/api/v2/incremental/tickets/cursor.json?cursor=%s",
			orElse(s.foreignHost, r.Host), url.QueryEscape(cursor))
	}
	answer(w, http.StatusOK, body)
}

// exportPage returns up to size tickets from place next of the log, the place
// after them, and whether nothing newer is visible.
func (s *Server) exportPage(next, size int, excludeDeleted bool) (page []*ticket, after int, end bool) {
	visible := len(s.log)
	if s.options.ExcludeLastMinute {
		latest := s.now().Unix() - exportHold
		visible = sort.Search(len(s.log), func(i int) bool { return s.log[i].generated > latest })
	}
	for ; next < visible; next++ {
		t := s.log[next].ticket
		if t.sequence != next || excludeDeleted && t.status == "deleted" {
			continue
		}
		if len(page) == size {
			return page, next, false
		}
		page = append(page, t)
	}
	return page, max(next, visible), true
}

// Cursors look like Zendesk's and are as opaque. They name the next place in
// the log, and the epoch that LoseCursors ends.
func (s *Server) writeCursor(next int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d.0||%d|", s.cursorEpoch, next))
}

func (s *Server) readCursor(cursor string) (next int, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	var epoch int
	if n, _ := fmt.Sscanf(string(raw), "%d.0||%d|", &epoch, &next); n != 2 {
		return 0, false
	}
	return next, epoch == s.cursorEpoch
}

func pageSize(asked string, most int) int {
	if n, err := strconv.Atoi(asked); err == nil && n > 0 {
		return min(n, most)
	}
	return most
}

func (s *Server) showMany(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := strings.Split(r.URL.Query().Get("ids"), ",")
	if len(ids) > maxList {
		refuse(w, http.StatusBadRequest, "TooManyValues", "more than 100 ids")
		return
	}
	var found []*ticket
	for _, id := range ids {
		if t := s.tickets[id]; t != nil && t.status != "deleted" {
			found = append(found, t)
		}
	}
	body := s.ticketsView(found, strings.Split(r.URL.Query().Get("include"), ","))
	body["count"], body["next_page"], body["previous_page"] = len(found), nil, nil
	answer(w, http.StatusOK, body)
}

// named returns the ticket of the path, and answers 404 where it is gone.
func (s *Server) named(w http.ResponseWriter, r *http.Request) *ticket {
	t := s.tickets[r.PathValue("id")]
	if t == nil || t.status == "deleted" {
		refuse(w, http.StatusNotFound, "RecordNotFound", "Not found")
		return nil
	}
	return t
}

func (s *Server) showTicket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.named(w, r); t != nil {
		answer(w, http.StatusOK, map[string]any{"ticket": ticketView(t)})
	}
}

func (s *Server) showMe(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"user": personView(s.people[s.me])})
}

// listComments serves a ticket's comments by cursor.
func (s *Server) listComments(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.named(w, r)
	if t == nil {
		return
	}
	comments := slices.Clone(t.comments)
	if strings.HasPrefix(r.URL.Query().Get("sort"), "-") {
		slices.Reverse(comments)
	}
	page, body := cursorPage(comments, r.URL.Query())
	views, people := make([]map[string]any, 0, len(page)), map[string]bool{}
	for _, c := range page {
		views = append(views, commentView(c))
		people[c.author] = true
	}
	body["comments"] = views
	if r.URL.Query().Get("include") == "users" {
		body["users"] = sideload(people, s.people, personView)
	}
	answer(w, http.StatusOK, body)
}

func (s *Server) listAudits(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.named(w, r)
	if t == nil {
		return
	}
	page, body := cursorPage(t.audits, r.URL.Query())
	views := make([]map[string]any, 0, len(page))
	for _, a := range page {
		views = append(views, auditView(t, a))
	}
	body["audits"] = views
	answer(w, http.StatusOK, body)
}

// cursorPage cuts one page out of a list. links.next is set on the last page
// too, as recorded.
func cursorPage[T any](all []T, query url.Values) ([]T, map[string]any) {
	start, _ := strconv.Atoi(query.Get("page[after]")) // absent: from the start
	start = min(max(0, start), len(all))
	end := min(start+pageSize(query.Get("page[size]"), maxList), len(all))
	return all[start:end], map[string]any{
		"meta":  map[string]any{"has_more": end < len(all), "after_cursor": strconv.Itoa(end), "before_cursor": strconv.Itoa(start)},
		"links": map[string]any{"next": "https://account.example.com/next", "prev": nil},
	}
}
