package zendeskfake

import (
	"fmt"
	"slices"
	"time"
)

type ticket struct {
	id, subject, description     string
	status, priority, kind       string
	channel                      string
	tags                         []string
	requester, organization      string
	assignee, group, form, brand string
	problem, satisfaction        string
	external                     string
	fields                       map[string]any
	created, updated             time.Time
	solved                       time.Time // the latest, zero for never
	generated                    int64     // Unix seconds, on every change
	sequence                     int       // its latest place in the log
	comments                     []comment
	audits                       []audit
}

type comment struct {
	id, author, body string
	public           bool
	at               time.Time
}

type audit struct {
	id, author string
	at         time.Time
	events     []map[string]any
}

type person struct {
	ID, Name, Email, Role, Organization, Locale string
	Fields                                      map[string]any
	updated                                     time.Time
}

type organization struct {
	ID, Name string
	Tags     []string
	Fields   map[string]any
	updated  time.Time
}

// An entry of the log is one change; it is void once the ticket changed again.
type entry struct {
	ticket    *ticket
	generated int64
}

// An Organization to add. Fields are organization_fields, e.g. plan and mrr.
type Organization struct {
	Name   string
	Tags   []string
	Fields map[string]any
}

// AddOrganization adds a customer's company and returns its id.
func (s *Server) AddOrganization(o Organization) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextID()
	s.organizations[id] = &organization{ID: id, Name: o.Name, Tags: o.Tags, Fields: o.Fields, updated: s.now()}
	return id
}

// AddAgent adds somebody who answers tickets and returns the id.
func (s *Server) AddAgent(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addPerson(person{Name: name, Role: "agent"})
}

// A Customer to add. Email and OrganizationID may be empty; Fields are user_fields.
type Customer struct {
	Name, Email, OrganizationID, Locale string
	Fields                              map[string]any
}

// AddCustomer adds somebody who writes tickets and returns the id.
func (s *Server) AddCustomer(c Customer) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addPerson(person{
		Name: c.Name, Email: c.Email, Organization: c.OrganizationID, Locale: c.Locale, Role: "end-user", Fields: c.Fields,
	})
}

func (s *Server) addPerson(p person) string {
	p.ID, p.updated = s.nextID(), s.now()
	s.people[p.ID] = &p
	return p.ID
}

// ticket returns the ticket that the Go caller names; a wrong id is a mistake
// in the test or the simulation.
func (s *Server) ticket(id string) *ticket {
	t, ok := s.tickets[id]
	if !ok {
		panic(fmt.Sprintf("zendeskfake: there is no ticket %q", id))
	}
	return t
}

// touch moves the ticket to the end of the log. The export's own change time
// never goes back and is not ahead of the clock.
func (s *Server) touch(t *ticket, at time.Time) {
	t.updated = at
	generated := min(at.Unix(), s.now().Unix())
	if n := len(s.log); n > 0 {
		generated = max(generated, s.log[n-1].generated)
	}
	t.generated, t.sequence = generated, len(s.log)
	s.log = append(s.log, entry{t, generated})
}

// addTags returns tags with more, in the order Zendesk keeps: sorted.
func addTags(tags, more []string) []string {
	all := append(slices.Clone(tags), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

func removeTags(tags, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return slices.Contains(gone, t) })
}
