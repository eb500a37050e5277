package followup

import "time"

// A Kind is a duty towards a customer.
type Kind string

// The three duties.
const (
	FirstReply Kind = "first_reply"
	Update     Kind = "update"
	Closing    Kind = "closing"
)

// A State is what is kept of a follow-up; StatusOf adds the clock.
type State string

// The states of a follow-up.
const (
	Open      State = "open"
	Done      State = "done"
	Cancelled State = "cancelled"
)

// A FollowUp is one duty towards one customer in one phase of one incident.
type FollowUp struct {
	// Key is unique for incident, customer, kind and phase; for updates also for
	// the silence they end, so that each has its own due time and reminders. Its
	// parts are escaped: it fits an HTTP header.
	Key      string
	Incident string
	Phase    int // 1 for the first; each reopening adds one
	Kind     Kind
	Customer string // who is owed the word: "support/7012", the helpdesk and the requester

	Helpdesk  string
	TicketID  string   // the ticket to answer: the oldest that still can be
	TicketIDs []string // every ticket that this covers, oldest first

	Severity     string // what Policy.For asks for
	Plan         string
	Organization string
	Assignee     string // of the oldest ticket that has one, live ones first; Group likewise
	Group        string

	Since        time.Time // what the due time is counted from
	DueAt        time.Time
	State        State
	Reason       string    // why it is in this state, in words
	ByHand       bool      // a person ended it: planning leaves it alone
	SnoozedUntil time.Time // zero where not snoozed
	EndedAt      time.Time // when it was done or cancelled; zero while open
	RemindedAt   time.Time // the last reminder; kept by the caller
}

// An Incident is what planning needs to know of one.
type Incident struct {
	Key      string
	Severity string
	// Phases are its times of being open, oldest first. A reopening adds one.
	Phases []Phase
}

// A Phase is a time of an incident being open.
type Phase struct {
	// From is when people could know: declaration, for later phases reopening.
	From time.Time
	// ResolvedAt is zero while the phase lasts.
	ResolvedAt time.Time
}

// A Ticket is a ticket that is or was linked to the incident.
type Ticket struct {
	Helpdesk     string
	ID           string
	Requester    string // "" where unknown: the ticket is its own customer
	Organization string
	Plan         string
	Assignee     string
	Group        string
	Status       string // the helpdesk's, as in integrations.Ticket
	Link         string // auto or confirmed; others owe nothing
	CreatedAt    time.Time
	Replies      []time.Time // public replies by agents
	// MergedInto is the ticket that this one was merged into, "" for none;
	// MergedReplies are the public replies by agents there.
	MergedInto    string
	MergedReplies []time.Time
}

// linked says whether the ticket counts as part of the incident.
func (t Ticket) linked() bool { return t.Link == "auto" || t.Link == "confirmed" }

// live says whether a word is still owed on the ticket: a solved one yes, a
// closed one not, unless it was closed by a merge into one that can be answered.
func (t Ticket) live() bool {
	return t.linked() && t.Status != "deleted" && (t.Status != "closed" || t.MergedInto != "")
}
