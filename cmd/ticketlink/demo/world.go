package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

const (
	weeksBehind = 3
	busyHour    = 12.0 // ordinary tickets in an hour of a working day
)

// A world is the helpdesk with the people around it, and what they are going
// to do. It is the same in every telling.
type world struct {
	helpdesk  *zendeskfake.Server
	random    *rand.Rand
	customers []customer
	agents    []string

	coming []event           // sorted by time
	about  map[string]string // what a ticket is really about: "payments", "labels", or "" for neither
	last   string            // the newest ticket
	wrote  func(written)     // told of each new ticket
}

// An event is something that people do at a moment.
type event struct {
	at time.Time
	do func(at time.Time)
}

// written is a ticket that was just written.
type written struct{ id, language, channel, subject, tag, about string }

func newWorld(helpdesk *zendeskfake.Server) *world {
	return &world{helpdesk: helpdesk, random: rand.New(rand.NewPCG(2, 26)), about: map[string]string{}, wrote: func(written) {}}
}

// plan adds an event.
func (w *world) plan(at time.Time, do func(at time.Time)) {
	i, _ := slices.BinarySearchFunc(w.coming, at, func(e event, at time.Time) int {
		return cmp.Or(e.at.Compare(at), -1) // behind those of the same moment
	})
	w.coming = slices.Insert(w.coming, i, event{at, do})
}

// happen lets everything happen that is planned until now.
func (w *world) happen(now time.Time) {
	for len(w.coming) > 0 && !w.coming[0].at.After(now) {
		next := w.coming[0]
		w.coming = w.coming[1:]
		next.do(next.at)
	}
}

// history writes the ordinary tickets of the weeks before, long answered and
// solved, and returns how many.
func (w *world) history(until time.Time) (n int) {
	for at := until.Add(-weeksBehind * 7 * 24 * time.Hour); ; n++ {
		if at = w.nextOrdinary(at); at.After(until) {
			return n
		}
		w.write(at, w.anyTopic(), "", "solved")
	}
}

// ordinaryDay goes on with ordinary tickets for as long as the world turns.
// Agents answer most of them.
func (w *world) ordinaryDay(from time.Time) {
	w.plan(w.nextOrdinary(from), func(at time.Time) {
		id := w.write(at, w.anyTopic(), "", "new")
		if w.random.IntN(4) > 0 {
			w.answerAt(id, at.Add(w.between(10, 50)))
		}
		w.ordinaryDay(at)
	})
}

// nextOrdinary is when the next ordinary ticket comes: few at night and at
// weekends.
func (w *world) nextOrdinary(after time.Time) time.Time {
	rate := busyHour
	if h := after.Hour(); h < 7 || h >= 18 {
		rate *= 0.12
	}
	if d := after.Weekday(); d == time.Saturday || d == time.Sunday {
		rate *= 0.3
	}
	return after.Add(time.Duration(min(w.random.ExpFloat64()/rate, 1) * float64(time.Hour)))
}

func (w *world) anyTopic() topic {
	total := 0
	for _, t := range ordinary {
		total += t.share
	}
	n := w.random.IntN(total)
	for _, t := range ordinary {
		if n -= t.share; n < 0 {
			return t
		}
	}
	return ordinary[0]
}

// surge plans n tickets about one topic, more of them at the beginning.
func (w *world) surge(n int, from, to time.Time, t topic, about string) {
	for range n {
		part := w.random.Float64()
		at := from.Add(time.Duration(part * part * float64(to.Sub(from))))
		w.plan(at, func(at time.Time) { w.write(at, t, about, "new") })
	}
}

// write creates a ticket of some customer, in their language. Of those about an
// incident only every second one finds its tag.
func (w *world) write(at time.Time, t topic, about, status string) string {
	c := w.customers[w.random.IntN(len(w.customers))]
	language := c.language
	if len(t.texts[language]) == 0 {
		language = "en"
	}
	say := t.texts[language][w.random.IntN(len(t.texts[language]))]
	tags := t.tags
	if about != "" && w.random.IntN(2) == 0 {
		tags = nil
	}
	channel := []string{"web", "email", "chat"}[w.random.IntN(3)]
	id := w.helpdesk.CreateTicket(zendeskfake.Ticket{
		Subject: say.subject, Description: inWords(w.random, language, say.body), RequesterID: c.id,
		AssigneeID: w.agents[w.random.IntN(len(w.agents))], Tags: tags, Channel: channel, Status: status, At: at,
	})
	w.about[id], w.last = about, id
	w.wrote(written{id, language, channel, say.subject, first(tags), about})
	return id
}

func (w *world) answerAt(id string, at time.Time) {
	w.plan(at, func(at time.Time) { w.helpdesk.PublicReply(id, w.agents[w.random.IntN(len(w.agents))], at) })
}

// between is some number of minutes.
func (w *world) between(least, most int) time.Duration {
	return time.Duration(least+w.random.IntN(most-least)) * time.Minute
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
