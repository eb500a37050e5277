package helpdesktest

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/helpdeskfake"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// fill makes more than two pages of tickets: the first page a second apart, the
// rest, more than a page, in one second.
func (h Helpdesk) fill(s *stage) (all []string) {
	for i := range 2*h.PageSize + 3 {
		all = append(all, s.Create(helpdeskfake.Ticket{Subject: fmt.Sprint("ticket ", i), RequesterID: s.customer}))
		if i < h.PageSize {
			s.later(time.Second)
		}
	}
	s.later(time.Hour)
	slices.Sort(all)
	return all
}

// pages: the export is read to its end, every ticket is in it.
func (h Helpdesk) pages(s *stage) {
	all := h.fill(s)
	seen, _ := s.walk(s.Client, "")
	if diff := cmp.Diff(all, ids(seen)); diff != "" {
		s.Errorf("not every ticket came: %s", diff)
	}
	if n := len(s.wire.taken()); n < 3 {
		s.Errorf("%d requests for three pages", n)
	}
}

// resume: another process goes on with the cursor of any page.
func (h Helpdesk) resume(s *stage) {
	all := h.fill(s)
	first := s.export(s.Client, "")
	if first.End || len(first.Tickets) > h.PageSize {
		s.Fatalf("the first page has %d tickets and is the last: %v", len(first.Tickets), first.End)
	}
	seen, _ := s.walk(s.connect(token), first.Cursor)
	again, _ := s.walk(s.connect(token), first.Cursor)
	if diff := cmp.Diff(ids(seen), ids(again)); diff != "" {
		s.Errorf("the same cursor twice leads to other tickets: %s", diff)
	}
	take(seen, first)
	if diff := cmp.Diff(all, ids(seen)); diff != "" {
		s.Errorf("not every ticket came: %s", diff)
	}
}

// changes: what changes while the export is read is not lost, and hides nothing else.
func (h Helpdesk) changes(s *stage) {
	all := h.fill(s)
	page := s.export(s.Client, "")
	seen := map[string]integrations.Ticket{}
	take(seen, page)
	changed := []string{page.Tickets[0].ID, page.Tickets[1].ID, all[len(all)-1]}
	for _, id := range changed {
		s.SetStatus(id, "pending")
	}
	s.later(time.Hour)
	rest, _ := s.walk(s.Client, page.Cursor)
	for _, t := range rest {
		take(seen, integrations.Page{Tickets: []integrations.Ticket{t}})
	}
	if diff := cmp.Diff(all, ids(seen)); diff != "" {
		s.Errorf("not every ticket came: %s", diff)
	}
	for _, id := range changed {
		if seen[id].Status != "pending" {
			s.Errorf("ticket %s changed while the export was read; it is still %q", id, seen[id].Status)
		}
	}
}

// idle: at the end, the cursor goes on: what is new comes, and nothing else but
// the newest change may come again.
func (h Helpdesk) idle(s *stage) {
	h.fill(s)
	_, cursor := s.walk(s.Client, "")
	fresh := s.ticket("the newest")
	s.later(time.Hour)
	seen, cursor := s.walk(s.Client, cursor)
	if _, ok := seen[fresh]; !ok {
		s.Error("a ticket created after the end of the export does not come")
	}
	for range 3 {
		s.later(time.Hour)
		page := s.export(s.Client, cursor)
		if !page.End || len(page.Tickets) > 1 {
			s.Errorf("nothing happened, got %d tickets (end: %v)", len(page.Tickets), page.End)
		}
		cursor = page.Cursor
	}
}

// repeats: the same page twice says the same.
func (h Helpdesk) repeats(s *stage) {
	s.Comment(s.ticket("Cannot pay"), s.agent, "We are looking into it.", true)
	s.later(time.Hour)
	if diff := cmp.Diff(s.export(s.Client, ""), s.export(s.connect(token), "")); diff != "" {
		s.Errorf("a repeat says something else: %s", diff)
	}
}

// newer: each change has a later stamp than the one before, so that disorder
// can be put right.
func (h Helpdesk) newer(s *stage) {
	id := s.ticket("Cannot pay")
	var before time.Time
	for _, status := range []string{"open", "pending", "solved", "open"} {
		s.later(time.Hour)
		s.SetStatus(id, status)
		s.later(time.Hour)
		seen, _ := s.walk(s.Client, "")
		if got := seen[id]; got.Status != status || !stamp(got).After(before) {
			s.Errorf("set to %s, got %s at %v after %v", status, got.Status, stamp(got), before)
		}
		before = stamp(seen[id])
	}
}

// people: tickets come with the people and organizations they name, and with
// what they say.
func (h Helpdesk) people(s *stage) {
	id := s.ticket("Cannot pay")
	s.later(time.Hour)
	page := s.export(s.Client, "")
	if len(page.Tickets) != 1 || len(page.People) == 0 {
		s.Fatalf("%d tickets, %d people", len(page.Tickets), len(page.People))
	}
	t := page.Tickets[0]
	if t.ID != id || t.Subject != "Cannot pay" || t.Description != "Nothing works." || !slices.Equal(t.Tags, []string{"api"}) ||
		!t.CreatedAt.Equal(begin) || t.Raw == nil {
		s.Errorf("got %+v", t)
	}
	named := slices.ContainsFunc(page.People, func(p integrations.Person) bool {
		return p.ID == t.RequesterID && p.Name == "Ada" && !p.Agent()
	})
	from := slices.ContainsFunc(page.Organizations, func(o integrations.Organization) bool {
		return o.ID == t.OrganizationID && o.Name == "Acme"
	})
	if !named || !from {
		s.Errorf("requester %q among %+v, organization %q among %+v", t.RequesterID, page.People, t.OrganizationID, page.Organizations)
	}
}

// fetch: single tickets are what the export says they are; unknown ones are no error.
func (h Helpdesk) fetch(s *stage) {
	one, other := s.ticket("Cannot pay"), s.ticket("Cannot sign in")
	s.later(time.Hour)
	seen, _ := s.walk(s.Client, "")
	page, err := s.Fetch(s.Context(), []string{other, one})
	if err != nil {
		s.Fatal(err)
	}
	fetched := map[string]integrations.Ticket{}
	take(fetched, page)
	if diff := cmp.Diff(seen, fetched, cmpopts.IgnoreFields(integrations.Ticket{}, "Raw", "GeneratedAt")); diff != "" || !page.End {
		s.Errorf("fetched and exported differ: %s", diff)
	}
	if page, err := s.Fetch(s.Context(), []string{"99999999"}); err != nil || len(page.Tickets) > 0 || !slices.Equal(page.Gone, []string{"99999999"}) {
		s.Errorf("an unknown ticket: %+v, %v", page.Tickets, err)
	}
}

var moment = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

// timeZones: the same moment in another offset is the same moment.
func (h Helpdesk) timeZones(s *stage) {
	s.ticket("Cannot pay")
	s.later(time.Hour)
	here := s.export(s.Client, "")
	there := time.FixedZone("", -(9*60+30)*60)
	s.wire.rewrite = func(text string) string {
		return moment.ReplaceAllStringFunc(text, func(quoted string) string {
			at, err := time.Parse(`"`+time.RFC3339Nano+`"`, quoted)
			if err != nil {
				return quoted
			}
			return at.In(there).Format(`"` + time.RFC3339Nano + `"`)
		})
	}
	ignore := cmpopts.IgnoreFields(integrations.Ticket{}, "Raw")
	if diff := cmp.Diff(here, s.export(s.Client, ""), ignore, cmpopts.IgnoreFields(integrations.Page{}, "Cursor")); diff != "" {
		s.Errorf("in another time zone it says something else: %s", diff)
	}
}

// unicode: every alphabet comes through, and what a database cannot store does not.
func (h Helpdesk) unicode(s *stage) {
	want := map[string]string{}
	for text, becomes := range sourcetest.Alphabets() {
		want[s.ticket(text)] = becomes
	}
	s.later(time.Hour)
	seen, _ := s.walk(s.Client, "")
	for id, subject := range want {
		if got := seen[id].Subject; got != subject {
			s.Errorf("want %.40q, got %.60q", subject, got)
		}
	}
}

// deletion: a deleted ticket comes as deleted by the way that the vendor has,
// and is no error to those who still ask for it.
func (h Helpdesk) deletion(s *stage) {
	id := s.ticket("Cannot pay")
	s.ticket("another")
	s.later(time.Hour)
	_, cursor := s.walk(s.Client, "")
	s.Delete(id)
	if h.Deletion == ByWebhook {
		if event, err := h.Decode(s.Delivery(id)); err != nil || event.Ticket.ID != id || !event.Ticket.Deleted() {
			s.Errorf("the webhook says %+v, %v", event.Ticket, err)
		}
	}
	s.later(time.Hour)
	seen, _ := s.walk(s.Client, cursor)
	if h.Deletion == ByExport && !seen[id].Deleted() {
		s.Errorf("the export says %+v", seen[id])
	}
	page, err := s.Fetch(s.Context(), []string{id})
	if err != nil || len(page.Tickets) > 0 && !page.Tickets[0].Deleted() {
		s.Errorf("fetched %+v, %v", page.Tickets, err)
	}
	for name, call := range h.onTicket(s, id) {
		err := call()
		if kind := integrations.KindOf(err); err == nil || kind != integrations.NotFound && kind != integrations.Refused {
			s.Errorf("%s of a deleted ticket: %v; want it not to be there", name, err)
		}
	}
}
