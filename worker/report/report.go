// Package report writes an incident's impact for the post-mortem: as Markdown,
// as one HTML page that needs nothing else, and as JSON. It is pure: what is
// known goes in, text comes out. Times are shown in UTC.
package report

import (
	"time"

	"github.com/ticketlink/ticketlink/worker/impact"
)

// A Report is everything that is said about one incident. Its JSON form is the
// report's JSON format.
type Report struct {
	Incident   Incident      `json:"incident"`
	WrittenAt  time.Time     `json:"written_at"`
	Summary    string        `json:"summary"`
	Figures    []Figure      `json:"figures"`
	Impact     impact.Impact `json:"impact"`
	Tickets    Series        `json:"tickets_over_time"`
	Replies    []Wait        `json:"first_replies"`
	Timeline   []Event       `json:"timeline"`
	Customers  Customers     `json:"customers"`
	References []Reference   `json:"references"`
	FollowUps  []FollowUps   `json:"follow_ups"`
	Sections   []Section     `json:"sections"`
}

// New completes a report with what follows from the rest: the summary and the
// figures.
func New(r Report) Report {
	r.Figures = Figures(r.Impact)
	r.Summary = summary(r)
	return r
}

// An Incident is what the report is about.
type Incident struct {
	Key      string     `json:"key"`
	Title    string     `json:"title"`
	Summary  string     `json:"summary,omitempty"`
	Message  string     `json:"message,omitempty"` // said at the resolution
	Severity string     `json:"severity,omitempty"`
	Services []string   `json:"services"`
	URL      string     `json:"url,omitempty"`
	Started  time.Time  `json:"started_at"`
	Detected *time.Time `json:"detected_at"`
	Declared time.Time  `json:"declared_at"`
	Phases   []Phase    `json:"phases"` // in order, at least one
}

// A Phase is a time of being open; End is nil while it lasts.
type Phase struct {
	Start time.Time  `json:"started_at"`
	End   *time.Time `json:"ended_at"`
}

// Resolved returns when the last phase ended, false while it lasts.
func (i Incident) Resolved() (time.Time, bool) {
	if len(i.Phases) == 0 || i.Phases[len(i.Phases)-1].End == nil {
		return time.Time{}, false
	}
	return *i.Phases[len(i.Phases)-1].End, true
}

// Over says whether the incident is resolved.
func (i Incident) Over() bool { _, over := i.Resolved(); return over }

// open sums the phases; one that lasts is counted to now.
func (i Incident) open(now time.Time) time.Duration {
	var sum time.Duration
	for _, p := range i.Phases {
		end := now
		if p.End != nil {
			end = *p.End
		}
		sum += max(end.Sub(p.Start), 0)
	}
	return sum
}

// A Series is tickets over time, in steps of equal width from Start on.
type Series struct {
	Start     time.Time `json:"start"`
	Seconds   int       `json:"step_seconds"`
	Linked    []int     `json:"linked"`
	All       []int     `json:"all"`
	Usual     []float64 `json:"usual"`
	Customers []int     `json:"customers"` // so far
}

func (s Series) step() time.Duration { return time.Duration(s.Seconds) * time.Second }

// at is when step n begins.
func (s Series) at(n int) time.Time { return s.Start.Add(time.Duration(n) * s.step()) }

// end is when the last step ends.
func (s Series) end() time.Time { return s.at(len(s.All)) }

// Customers are those with linked tickets, as far as privacy lets them be named.
type Customers struct {
	Privacy string     `json:"privacy"` // none, organizations, all
	Named   []Customer `json:"named"`   // most tickets first
	Unnamed int64      `json:"unnamed"` // how many customers and organizations are not listed
}

// A Customer is an organization, or a person without one.
type Customer struct {
	Name       string `json:"name"`
	Person     bool   `json:"person,omitempty"`
	Plan       string `json:"plan,omitempty"`
	People     int    `json:"people"`
	Tickets    int    `json:"tickets"`
	Unanswered int    `json:"unanswered"`
}

// A Reference is another place that tells of the incident.
type Reference struct {
	Kind     string `json:"kind"` // issue, pull_request, status_page, chat, link
	Name     string `json:"name"`
	Title    string `json:"title,omitempty"`
	URL      string `json:"url,omitempty"`
	Proposed bool   `json:"proposed,omitempty"` // found in notes, not confirmed by a person
}

// FollowUps says how those of one kind went. Missing ones are due and not done.
type FollowUps struct {
	Kind      string `json:"kind"`
	OnTime    int    `json:"on_time"`
	Late      int    `json:"late"`
	Pending   int    `json:"pending"`
	Missing   int    `json:"missing"`
	Cancelled int    `json:"cancelled"`
}
