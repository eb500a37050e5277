// Package integrations holds what every other system has in common: the
// things they tell us (Ticket, Person, Organization, Reply, Incident), what we
// tell them (Message), the words for what can go wrong, and the one HTTP client
// that all of them use. Each system lives in a leaf package below this one and
// leaf packages do not know one another.
//
// # Write an integration
//
// An incident source reads webhooks: three functions, a line in sourceKinds and
// the suite in package sourcetest, whose comment leads through it step by step.
//
// A helpdesk reads webhooks and an export, and writes tags, notes and replies:
// helpdesktest/README.md leads through it, to the suite in package helpdesktest.
//
// What both keep:
//   - Decoders read no clock and no network: the same body always means the same.
//   - Unknown enum values are kept, unknown kinds of events change nothing, and a
//     field that decides nothing cannot fail a delivery (Text, Moment).
//   - Text is cleaned and bounded (CleanText, FoldTags, CleanJSON), times are UTC.
//   - Secrets are compared in constant time (CheckHex, CheckStandard, CheckSecret)
//     and appear in no error, no more than what customers wrote.
//   - Calls go through HTTPClient, whose errors say what can be done about them (Kind).
package integrations

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Ticket is one support ticket as a helpdesk described it, normalised: ids
// are strings ("" for none), enums are lower case (unknown values are kept),
// tags are folded, times are UTC (zero for unknown).
type Ticket struct {
	ID             string
	Subject        string
	Description    string // the first comment
	Status         string // new, open, pending, hold, solved, closed, deleted; unknown values are kept
	Priority       string // low, normal, high, urgent or ""
	Type           string // problem, incident, question, task or ""
	Channel        string // how it came in: web, email, api, chat, ...
	Tags           []string
	RequesterID    string
	OrganizationID string
	AssigneeID     string
	GroupID        string
	FormID         string
	BrandID        string
	ProblemID      string // the problem ticket that this one is an incident of
	Satisfaction   string // unoffered, offered, good, bad or ""
	CreatedAt      time.Time
	UpdatedAt      time.Time
	// GeneratedAt says how new this description is: the export's own change time
	// (Zendesk: generated_timestamp, whole seconds), or the event's time (to the
	// nanosecond); zero where the helpdesk gave none. It moves on system updates
	// that UpdatedAt misses.
	GeneratedAt time.Time
	// Scrubbed says that the helpdesk has wiped the text; what we saved must go too.
	Scrubbed bool
	Times    Times
	Fields   map[string]json.RawMessage // custom fields by their id
	Raw      json.RawMessage            // the helpdesk's own object
}

// Times are what a helpdesk measures of a ticket, in calendar time; nil for what
// it does not tell (yet).
type Times struct {
	Spent         *time.Duration // agents' working time
	RequesterWait *time.Duration // how long the requester waited for support, in all
	Resolution    *time.Duration // from the creation to the latest solving
}

// maxMeasured is the longest time that Measured takes: what the database holds
// in whole seconds.
const maxMeasured = math.MaxInt32 * time.Second

// Measured reads how many of a unit a helpdesk counted; nil for anything but a
// number from 0 to some 68 years.
func Measured(text string, unit time.Duration) *time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(n >= 0 && n <= float64(maxMeasured/unit)) { // not a number is neither
		return nil
	}
	d := time.Duration(n * float64(unit))
	return &d
}

// Deleted says whether the ticket is gone from the helpdesk.
func (t Ticket) Deleted() bool { return t.Status == StatusDeleted }

// Ticket states that decide something here. Others are kept as they come.
const (
	StatusNew     = "new"
	StatusOpen    = "open"
	StatusPending = "pending"
	StatusHold    = "hold"
	StatusSolved  = "solved"
	StatusClosed  = "closed"
	StatusDeleted = "deleted"
)

// A Person is somebody a helpdesk knows: a customer or an agent.
type Person struct {
	ID             string
	Name           string
	Email          string // "" where the helpdesk has none, as is usual
	Role           string // end-user, agent, admin
	Locale         string
	TimeZone       string
	OrganizationID string
	Fields         map[string]json.RawMessage
	UpdatedAt      time.Time
}

// Agent says whether the person answers tickets.
func (p Person) Agent() bool { return p.Role == "agent" || p.Role == "admin" }

// An Organization is a customer's company, with the fields that plan, region
// and revenue are read from.
type Organization struct {
	ID        string
	Name      string
	Tags      []string
	Fields    map[string]json.RawMessage
	UpdatedAt time.Time
}

// A Reply is one comment on a ticket. Only public ones by agents count as
// answers to the customer.
type Reply struct {
	ID       string
	TicketID string
	AuthorID string
	Agent    bool // written by somebody who answers tickets
	Public   bool // the customer saw it
	At       time.Time
	// Text is what a customer wrote for all to see, where the helpdesk tells it;
	// agents' words are not kept.
	Text string
	// References are what an internal note mentions: issues, pull requests, chats.
	References []Reference
}

// maxComment bounds a comment's text; what a customer quotes comes last.
const maxComment = 4000 // bytes

// KeepText keeps the words if a customer wrote them for all to see. Who wrote it
// must be known before.
func (r *Reply) KeepText(words string) {
	if r.Public && !r.Agent {
		r.Text = CleanText(words, maxComment)
	}
}

// A Page is one answer of a helpdesk's export: tickets with the people and
// organizations they name, and where to go on.
type Page struct {
	Tickets       []Ticket
	People        []Person
	Organizations []Organization
	Cursor        string // opaque; kept together with the page
	End           bool   // nothing newer now; Cursor still goes on later
	// Unreadable says which of the answer's objects were left out and why, e.g.
	// "ticket 17 of 1000: no id". One broken object must not stop an export.
	Unreadable []string
	Gone       []string // ids that were asked for and that the helpdesk knows no more
}

// A TicketEvent is what one webhook delivery said about one ticket.
type TicketEvent struct {
	ID   string // the delivery's own id, for repeats; "" where it has none
	Type string // e.g. "ticket.status_changed"; unknown types are kept
	// Ticket holds what the event told. Where Thin is set it told too little to
	// match on (only Ticket.ID is sure), and the ticket must be fetched.
	Ticket Ticket
	Thin   bool
	// ActorID is who caused the event; ours when it echoes what we wrote.
	ActorID string
	Reply   *Reply // the comment that the event carried, if any
	// Redacted is the comment that somebody took words out of: what is stored of
	// it goes, and the ticket and its comments are asked for anew.
	Redacted string
	// MergedInto is the ticket that this one was merged into, if the event says so.
	MergedInto string
}
