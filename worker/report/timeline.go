package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/impact"
)

// An Event is one line of the timeline.
type Event struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind" enum:"started,detected,declared,updated,resolved,reopened,alert,first_ticket,tickets,first_reply,decision,follow_up,reminder,reference,note,message"`
	Text  string    `json:"text"`
	Actor string    `json:"actor,omitempty"`
	URL   string    `json:"url,omitempty"`
}

// Happenings are what a timeline is made of.
type Happenings struct {
	Incident   Incident
	Deeds      []Deed
	Alerts     []Alert
	Arrivals   []impact.Arrivals
	First      *FirstTicket
	FirstReply *time.Time
	FollowUps  []FollowUpDone
	Reminders  []Reminder
	Messages   []Message
	Privacy    string // none, organizations, all: what of Messages may be told
}

// A Deed is what somebody did, from the audit log.
type Deed struct {
	At     time.Time
	Actor  string
	Action string
	Detail map[string]any
}

// An Alert is one firing of an alert. End is nil while it lasts.
type Alert struct {
	Name, Source string
	Start        time.Time
	End          *time.Time
}

// A FirstTicket is the linked ticket that came first.
type FirstTicket struct {
	At      time.Time
	Ticket  string // helpdesk/id
	Channel string
	URL     string
}

// A FollowUpDone is one that ended with a reply.
type FollowUpDone struct {
	At   time.Time
	Kind string
	Late bool
}

// A Reminder is one that was sent.
type Reminder struct {
	At         time.Time
	Target     string
	Escalation bool
}

// Timeline tells in order what happened. What happens often (tickets,
// decisions, follow-ups, reminders, alerts) is summed over steps, chosen so
// that the whole stays readable.
func Timeline(h Happenings) []Event {
	step := stepFor(h)
	events := slices.Concat(phases(h.Incident), deeds(h.Incident, h.Deeds, step), alerts(h.Alerts, step), arrivals(h.Arrivals, step),
		followUpsDone(h.FollowUps, step), reminders(h.Reminders, step), messages(h.Messages, h.Privacy, step))
	if h.First != nil {
		events = append(events, Event{At: h.First.At, Kind: "first_ticket", Text: firstTicket(*h.First), URL: h.First.URL})
	}
	if h.FirstReply != nil {
		events = append(events, Event{At: *h.FirstReply, Kind: "first_reply", Text: "First public reply to a customer"})
	}
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a.Kind), rank(b.Kind)))
	})
	return events
}

// rank orders what happened at the same moment.
func rank(kind string) int {
	order := []string{"started", "alert", "detected", "declared", "first_ticket", "tickets"}
	if n := slices.Index(order, kind); n >= 0 {
		return n
	}
	return len(order)
}

// stepFor is the narrowest step that cuts the arrivals into at most 24.
func stepFor(h Happenings) time.Duration {
	if len(h.Arrivals) == 0 {
		return time.Hour
	}
	whole := h.Arrivals[len(h.Arrivals)-1].Minute.Sub(h.Arrivals[0].Minute)
	for _, step := range []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour} {
		if whole/step < 24 {
			return step
		}
	}
	return 7 * 24 * time.Hour
}

func phases(i Incident) []Event {
	events := []Event{{At: i.Started, Kind: "started", Text: "It began, as far as is known"}}
	if i.Detected != nil {
		events = append(events, Event{At: *i.Detected, Kind: "detected", Text: "Detected"})
	}
	return events
}

// deeds are changes of the incident one by one, all others summed by who did what.
func deeds(i Incident, all []Deed, step time.Duration) []Event {
	var events []Event
	var often []happening
	for _, d := range all {
		switch d.Action {
		case "declared":
			events = append(events, Event{At: i.Declared, Kind: "declared", Text: declared(d), Actor: d.Actor})
		case "updated":
			if d.Detail["resolved_at"] != nil {
				setRight(events, d)
			}
			if text := changed(d.Detail); text != "" {
				events = append(events, Event{At: d.At, Kind: "updated", Text: text, Actor: d.Actor})
			}
		case "resolved":
			events = append(events, resolved(d))
		case "reopened":
			events = append(events, Event{At: d.At, Kind: "reopened", Text: "Reopened", Actor: d.Actor})
		case "reference_linked", "section_written":
			events = append(events, Event{At: d.At, Kind: noteKind(d.Action), Text: noted(d), Actor: d.Actor})
		default:
			often = append(often, happening{at: d.At, what: d.Action, who: d.Actor, n: 1})
		}
	}
	return append(events, fold(often, step, func(h happening) Event {
		return Event{Kind: "decision", Actor: h.who, Text: decided(h)}
	})...)
}

func noteKind(action string) string {
	if action == "reference_linked" {
		return "reference"
	}
	return "note"
}

func noted(d Deed) string {
	if d.Action == "reference_linked" {
		return fmt.Sprintf("Linked %v", d.Detail["name"])
	}
	return fmt.Sprintf("Wrote into the report: %v", d.Detail["section"])
}

func declared(d Deed) string {
	if s, _ := d.Detail["severity"].(string); s != "" {
		return "Declared as " + s
	}
	return "Declared"
}

// changed lists what an update changed, "" for nothing that is told here.
func changed(detail map[string]any) string {
	var parts []string
	for _, name := range []string{"title", "severity", "services", "started_at"} {
		if c, ok := detail[name].(map[string]any); ok {
			parts = append(parts, fmt.Sprintf("%s: %v → %v", strings.TrimSuffix(name, "_at"), orNone(c["from"]), orNone(c["to"])))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Changed " + strings.Join(parts, "; ")
}

func orNone(v any) any {
	if v == nil || v == "" {
		return "none"
	}
	return v
}

// resolved stands at the time of the resolution, which may lie before the deed.
func resolved(d Deed) Event {
	e := Event{At: d.At, Kind: "resolved", Text: "Resolved", Actor: d.Actor}
	if s, _ := d.Detail["resolved_at"].(string); s != "" {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			e.At = t.UTC()
		}
	}
	if m, _ := d.Detail["message"].(string); m != "" {
		e.Text += ": " + m
	}
	return e
}

// setRight moves the last resolution to where a later change puts it, with its
// message; it stays the deed of who resolved. A merge may end what was reopened:
// that sets no earlier end right.
func setRight(events []Event, d Deed) {
	for n, e := range slices.Backward(events) {
		if e.Kind == "reopened" {
			return
		}
		if e.Kind == "resolved" {
			events[n] = resolved(d)
			events[n].Actor = e.Actor
			return
		}
	}
}

func decided(h happening) string {
	switch h.what {
	case "confirmed":
		return "Confirmed " + count(h.n, "ticket")
	case "rejected":
		return "Rejected " + count(h.n, "ticket")
	}
	if h.what == "follow_up_reassign" {
		return "Gave " + count(h.n, "follow-up") + " to somebody else"
	}
	if action, ok := strings.CutPrefix(h.what, "follow_up_"); ok {
		return fmt.Sprintf("Marked %s: %s", count(h.n, "follow-up"), strings.ReplaceAll(action, "_", " "))
	}
	text := strings.ReplaceAll(h.what, "_", " ")
	if text != "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if h.n > 1 {
		text += fmt.Sprintf(" (%d times)", h.n)
	}
	return text
}

func firstTicket(f FirstTicket) string {
	if f.Channel == "" {
		return "First ticket: " + f.Ticket
	}
	return "First ticket: " + f.Ticket + ", by " + f.Channel
}
