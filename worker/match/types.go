package match

import "time"

// Engine names this version of the arithmetic. It is stored with every link,
// so that an old explanation is never read with new eyes.
const Engine = "evidence/5"

// A Ticket is what the engine wants to know of a support ticket. ID is opaque.
type Ticket struct {
	ID             string
	CreatedAt      time.Time
	Subject        string
	Body           string  // the customer's first message
	Words          []int64 // instead of both, under a Key: see Key.Words
	Tags           []string
	OrganizationID string
	Region         string // of the customer: "eu"; "" for unknown
	Form           string
	Category       string
	Channel        string
	Locale         string // "de" or "de-AT"; "" for unknown: guessed from the text
	Comments       []Comment
}

// A Comment is what the customer wrote later on the same ticket. It may be about
// another trouble than the first message was: an old question becomes a report.
type Comment struct {
	At   time.Time
	Text string
}

// An Incident is what the people on call have said so far.
type Incident struct {
	ID            string
	Title         string
	Summary       string
	Severity      string
	Services      []string
	Tags          []string
	Keywords      []string
	Regions       []string
	Organizations []string // the customers it is known to touch; empty for unknown
	StartedAt     time.Time
	DetectedAt    time.Time
	DeclaredAt    time.Time
	ResolvedAt    time.Time // zero while open
	Phases        []Phase   // where it was reopened; empty: one phase, start to resolution
}

// A Phase is one stretch in which the incident was active. End is zero while
// it still is.
type Phase struct {
	Start, End time.Time
}

// A Decision is a person's word about one ticket and one incident.
type Decision struct {
	TicketID   string
	IncidentID string
	Confirmed  bool // false: rejected
	At         time.Time
}

// State says what became of a link.
type State string

const (
	Auto      State = "auto"      // linked without asking
	Suggested State = "suggested" // shown to a person
	Confirmed State = "confirmed" // a person's yes: pinned
	Rejected  State = "rejected"  // a person's no: pinned
)

// A Link says that a ticket probably belongs to an incident, and why. The
// weights of its evidence add up to LogOdds exactly: all are whole thousandths.
type Link struct {
	TicketID   string
	IncidentID string
	Confidence float64 // 1 / (1 + exp(-LogOdds))
	LogOdds    float64
	// Uncalibrated is LogOdds before the last correction: what a Lesson wants.
	Uncalibrated float64
	State        State
	Evidence     []Evidence
	Engine       string
	Model        int // the version of the model
}

// Evidence is one reason. Weight is in natural log-odds: +0.7 doubles the odds.
type Evidence struct {
	Kind   string  `json:"kind"`
	Detail string  `json:"detail"`
	Weight float64 `json:"weight"`
}
