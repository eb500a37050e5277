// Package helpdeskfake is what every simulated helpdesk holds: tickets,
// comments, people and organizations in memory, and what people do with them. A
// vendor's fake is an http.Handler over one, which speaks the vendor's protocol.
package helpdeskfake

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Ticket as the helpdesk keeps it. Status, priority and times are in the
// words of the package integrations; a vendor's fake translates.
type Ticket struct {
	ID             string // default: the next number
	Subject        string
	Description    string
	Status         string // default: new
	Priority       string
	Tags           []string
	RequesterID    string
	OrganizationID string // default: the requester's
	AssigneeID     string
	CreatedAt      time.Time // default: now
	UpdatedAt      time.Time
	Comments       []Comment // without the description
}

// A Comment on a ticket.
type Comment struct {
	ID, AuthorID, Body string
	Public             bool
	At                 time.Time
}

// A Person writes tickets or, as an agent, answers them.
type Person struct {
	ID, Name, Email, OrganizationID string
	Agent                           bool
	UpdatedAt                       time.Time
}

// An Organization is a customer's company.
type Organization struct {
	ID, Name  string
	UpdatedAt time.Time
}

// A Desk is one account. It may be used by several goroutines.
type Desk struct {
	clock func() time.Time

	mu            sync.Mutex
	lastID        int
	tickets       map[string]*Ticket
	people        map[string]Person
	organizations map[string]Organization
	me            string
}

// New is an account with one agent, who is whom the API's caller acts as.
func New(clock func() time.Time) *Desk {
	d := &Desk{clock: clock, tickets: map[string]*Ticket{}, people: map[string]Person{}, organizations: map[string]Organization{}}
	d.me = d.Agent("ticketlink bot")
	return d
}

// Me is the agent whom the API's caller acts as.
func (d *Desk) Me() string { return d.me }

// Organization adds a customer's company and returns its id.
func (d *Desk) Organization(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.nextID()
	d.organizations[id] = Organization{ID: id, Name: name, UpdatedAt: d.now()}
	return id
}

// Customer adds somebody who writes tickets and returns the id.
func (d *Desk) Customer(name, organizationID string) string {
	return d.person(Person{Name: name, OrganizationID: organizationID})
}

// Agent adds somebody who answers tickets and returns the id.
func (d *Desk) Agent(name string) string { return d.person(Person{Name: name, Agent: true}) }

func (d *Desk) person(p Person) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	p.ID, p.UpdatedAt = d.nextID(), d.now()
	p.Email = "person" + p.ID + "@example.com"
	d.people[p.ID] = p
	return p.ID
}

// Create plays a customer who writes, and returns the ticket's id.
func (d *Desk) Create(t Ticket) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.ID = cmp.Or(t.ID, d.nextID())
	t.Status = cmp.Or(t.Status, "new")
	t.OrganizationID = cmp.Or(t.OrganizationID, d.people[t.RequesterID].OrganizationID)
	if t.CreatedAt.IsZero() {
		t.CreatedAt = d.now()
	}
	t.Tags = slices.Clone(t.Tags)
	t.UpdatedAt = t.CreatedAt
	d.tickets[t.ID] = &t
	return t.ID
}

// Comment plays somebody who writes on a ticket, and returns the comment.
func (d *Desk) Comment(ticketID, authorID, body string, public bool) (made Comment) {
	d.Change(ticketID, func(t *Ticket) {
		made = Comment{ID: d.nextID(), AuthorID: authorID, Body: body, Public: public, At: d.now()}
		t.Comments = append(t.Comments, made)
	})
	return made
}

// SetTags plays an agent who replaces the tags.
func (d *Desk) SetTags(ticketID string, tags ...string) {
	d.Change(ticketID, func(t *Ticket) { t.Tags = slices.Clone(tags) })
}

// SetStatus plays an agent who changes the status.
func (d *Desk) SetStatus(ticketID, status string) {
	d.Change(ticketID, func(t *Ticket) { t.Status = status })
}

// Delete plays an admin who deletes a ticket.
func (d *Desk) Delete(ticketID string) { d.SetStatus(ticketID, "deleted") }

// Change does something with a ticket and says that it was updated now. A wrong
// id is a mistake in the test: vendors' fakes look first, with Find.
func (d *Desk) Change(ticketID string, f func(*Ticket)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.tickets[ticketID]
	if !ok {
		panic(fmt.Sprintf("helpdeskfake: there is no ticket %q", ticketID))
	}
	f(t)
	t.UpdatedAt = d.now()
}

// Find returns a copy of one ticket, also of a deleted one.
func (d *Desk) Find(ticketID string) (Ticket, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.tickets[ticketID]
	if !ok {
		return Ticket{}, false
	}
	return t.copy(), true
}

// All returns copies of all tickets, deleted ones too, by update time and id.
func (d *Desk) All() []Ticket {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]Ticket, 0, len(d.tickets))
	for _, t := range d.tickets {
		all = append(all, t.copy())
	}
	slices.SortFunc(all, func(a, b Ticket) int {
		return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(a.number(), b.number()))
	})
	return all
}

// Person returns somebody by id.
func (d *Desk) Person(id string) (Person, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.people[id]
	return p, ok
}

// Company returns an organization by id.
func (d *Desk) Company(id string) (Organization, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o, ok := d.organizations[id]
	return o, ok
}

// Tags returns a ticket's tags.
func (d *Desk) Tags(ticketID string) []string { t, _ := d.Find(ticketID); return t.Tags }

// Status returns a ticket's status.
func (d *Desk) Status(ticketID string) string { t, _ := d.Find(ticketID); return t.Status }

// Notes returns a ticket's internal notes, oldest first.
func (d *Desk) Notes(ticketID string) []string { return d.bodies(ticketID, false) }

// Replies returns a ticket's public comments, oldest first.
func (d *Desk) Replies(ticketID string) []string { return d.bodies(ticketID, true) }

func (d *Desk) bodies(ticketID string, public bool) (bodies []string) {
	t, _ := d.Find(ticketID)
	for _, c := range t.Comments {
		if c.Public == public {
			bodies = append(bodies, c.Body)
		}
	}
	return bodies
}

func (t *Ticket) copy() Ticket {
	c := *t
	c.Tags, c.Comments = slices.Clone(t.Tags), slices.Clone(t.Comments)
	return c
}

func (t Ticket) number() int {
	n, _ := strconv.Atoi(t.ID) // ids of another form are sorted by time alone
	return n
}

// now is the account's time, in whole seconds as most vendors tell it.
func (d *Desk) now() time.Time { return d.clock().UTC().Truncate(time.Second) }

func (d *Desk) nextID() string {
	d.lastID++
	return strconv.Itoa(1000 + d.lastID)
}
