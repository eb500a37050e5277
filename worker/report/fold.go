package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/impact"
)

// A happening is one of many of its kind.
type happening struct {
	at        time.Time
	what, who string
	n, late   int
}

// fold sums what happened in the same step and is the same, each at the time of
// its first, in the order of their first.
func fold(all []happening, step time.Duration, event func(happening) Event) []Event {
	type group struct {
		step      int64
		what, who string
	}
	sums, order := map[group]*happening{}, []group{}
	for _, h := range all {
		g := group{h.at.UnixNano() / int64(step), h.what, h.who}
		if s, ok := sums[g]; ok {
			s.n, s.late = s.n+h.n, s.late+h.late
			if h.at.Before(s.at) {
				s.at = h.at
			}
			continue
		}
		sums[g], order = &h, append(order, g)
	}
	var events []Event
	for _, g := range order {
		e := event(*sums[g])
		e.At = sums[g].at
		events = append(events, e)
	}
	return events
}

func alerts(all []Alert, step time.Duration) []Event {
	var often []happening
	for _, a := range all {
		name := a.Name
		if name == "" {
			name = "without a name"
		}
		often = append(often, happening{at: a.Start, what: "Alert " + name + " fired", who: a.Source, n: 1})
		if a.End != nil {
			often = append(often, happening{at: *a.End, what: "Alert " + name + " ended", who: a.Source, n: 1})
		}
	}
	return fold(often, step, func(h happening) Event {
		if h.n > 1 {
			h.what += fmt.Sprintf(" (%d times)", h.n)
		}
		return Event{Kind: "alert", Text: h.what, Actor: h.who}
	})
}

// arrivals sums tickets and says how many there are so far.
func arrivals(all []impact.Arrivals, step time.Duration) []Event {
	var often []happening
	for _, a := range all {
		often = append(often, happening{at: a.Minute, n: int(a.Tickets)})
	}
	soFar := 0
	return fold(often, step, func(h happening) Event {
		soFar += h.n
		text := count(h.n, "ticket") + " within " + strings.ReplaceAll(span(step), " min", " minutes")
		if soFar > h.n {
			text += fmt.Sprintf(", %s so far", thousands(int64(soFar)))
		}
		return Event{Kind: "tickets", Text: text}
	})
}

func followUpsDone(all []FollowUpDone, step time.Duration) []Event {
	var often []happening
	for _, f := range all {
		h := happening{at: f.At, what: f.Kind, n: 1}
		if f.Late {
			h.late = 1
		}
		often = append(often, h)
	}
	return fold(often, step, func(h happening) Event {
		text := count(h.n, "follow-up") + " done (" + kindName(h.what) + ")"
		if h.late > 0 {
			text += fmt.Sprintf(", %d late", h.late)
		}
		return Event{Kind: "follow_up", Text: text}
	})
}

func reminders(all []Reminder, step time.Duration) []Event {
	var often []happening
	for _, r := range all {
		what := "reminder"
		if r.Escalation {
			what = "escalation"
		}
		often = append(often, happening{at: r.At, what: what, who: r.Target, n: 1})
	}
	return fold(often, step, func(h happening) Event {
		return Event{Kind: "reminder", Text: count(h.n, h.what) + " to " + h.who}
	})
}

// kindName is a follow-up's kind in words.
func kindName(kind string) string {
	return map[string]string{"first_reply": "first reply", "update": "news", "closing": "closing reply"}[kind]
}
