package main

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"testing"
)

var (
	rowPattern  = regexp.MustCompile(`id="t-support-(\d+)"`)
	nextPattern = regexp.MustCompile(`href="([^"]*cursor=[^"]+)">Next page`)
)

// rowsAndNext reads a page of a list: its tickets in order, and where it goes on.
func (v *visitor) rowsAndNext(path string) (tickets []string, next string) {
	v.t.Helper()
	text, _ := v.Get(path)
	for _, m := range rowPattern.FindAllStringSubmatch(text, -1) {
		tickets = append(tickets, m[1])
	}
	if m := nextPattern.FindStringSubmatch(text); m != nil {
		next = html.UnescapeString(m[1])
	}
	return tickets, next
}

// Whoever goes through a list page by page sees every ticket once, whatever is
// decided or comes in meanwhile. A suggestion that rises past the page is on
// the first one, where the likeliest are.
func TestPagingWhileLinksChange(t *testing.T) {
	s := newStory(t)
	s.Ordinary(130)
	s.Declare(map[string]any{"title": "Payments fail"})
	s.exec(`insert into links (incident, ticket, state, confidence, log_odds, linked_at, changed_at)
		select 1, id, 'suggested', 0.3 + id % 40 / 100.0, 0, now(), now() from tickets`)
	suggested := func() (tickets []string) {
		rows, err := s.worker.Database.Query(t.Context(), "select t.ticket_id from links l join tickets t on t.id = l.ticket where l.state = 'suggested' order by l.confidence desc, t.id desc")
		s.must(err)
		defer rows.Close()
		for rows.Next() {
			var id string
			s.must(rows.Scan(&id))
			tickets = append(tickets, id)
		}
		return tickets
	}
	all := suggested()
	v := s.Visitor()
	first, next := v.rowsAndNext("/incidents/INC-1/tickets?list=suggested")
	if len(first) != 100 || !slices.Equal(first, all[:100]) || next == "" {
		t.Fatalf("the first page has %d tickets (want the 100 likeliest of %d) and goes on at %q", len(first), len(all), next)
	}
	decide := func(ticket, state string) {
		v.Submit("/incidents/INC-1/decide", url.Values{"ticket": {"support/" + ticket}, "state": {state}})
	}
	decide(first[0], "confirmed")
	decide(first[99], "rejected") // the one that the cursor is of
	decide(all[110], "confirmed")
	s.exec("update links set confidence = 2 where ticket = (select id from tickets where ticket_id = '" + all[120] + "')")
	rest, end := v.rowsAndNext(next)
	want := slices.DeleteFunc(slices.Clone(all[100:]), func(id string) bool { return id == all[110] || id == all[120] })
	if !slices.Equal(rest, want) || end != "" {
		t.Errorf("the second page is %v, want %v; it goes on at %q", rest, want, end)
	}
	if again, _ := v.rowsAndNext("/incidents/INC-1/tickets?list=suggested"); again[0] != all[120] || !slices.Equal(again, suggested()[:100]) {
		t.Errorf("the ticket that rose is not the first of the first page: %v", again[:3])
	}
	if text, resp := v.Get("/incidents/INC-1/tickets?cursor=garbage"); resp.StatusCode != 422 && resp.StatusCode != 400 {
		t.Errorf("a broken cursor: got %d %s", resp.StatusCode, text)
	}
}
