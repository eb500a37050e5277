package offline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// checkpoints are the moments after an incident's declaration at which a
// replay notes the links, in minutes.
var checkpoints = []int{15, 60, 24 * 60}

// An eventRecord is one thing that the world learned. A ticket event carries
// the ticket under "ticket", or its fields beside "ticket_id", or only its tags,
// or a later comment on it.
type eventRecord struct {
	Kind       string           `json:"kind"`
	At         moment           `json:"at"`
	TicketID   ID               `json:"ticket_id"`
	IncidentID ID               `json:"incident_id"`
	Tags       []string         `json:"tags"`
	Ticket     *ticketRecord    `json:"ticket"`
	Comment    *commentRecord   `json:"comment"`
	Incident   *json.RawMessage `json:"incident"`
	Subject    string           `json:"subject"`
	Body       string           `json:"description"`
	OrgID      ID               `json:"organization_id"`
}

// A snapshot is one link as it stood some minutes after the declaration. One
// without a ticket comes before: links or none, the moment was there.
type snapshot struct {
	Minutes    int         `json:"minutes"`
	At         moment      `json:"at"`
	TicketID   ID          `json:"ticket_id"`
	IncidentID ID          `json:"incident_id"`
	Confidence float64     `json:"confidence"`
	State      match.State `json:"state"`
}

// replayer knows only what the events have told so far.
type replayer struct {
	*matcher
	regions   map[string]string
	requester map[string]ID // by ticket
	texts     map[string]match.Ticket
	known     map[string]match.Incident
	links     map[string][]match.Link // by incident
	due       []dueMatch              // in order of time
	now       time.Time
	watch     watch
}

type dueMatch struct {
	at      time.Time
	id      string
	minutes int
}

func (m *matcher) replay(ctx context.Context) ([]match.Link, error) {
	r := &replayer{matcher: m, texts: map[string]match.Ticket{},
		known: map[string]match.Incident{}, links: map[string][]match.Link{}, watch: watch{corpus: m.corpus}}
	if err := r.load(); err != nil {
		return nil, err
	}
	n, total := 0, m.bar.lines(m.opts.Events)
	err := eachLine(m.opts.Events, func(e eventRecord) error {
		n++
		m.bar.step("events replayed", n, total)
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.At.IsZero() {
			return errors.New("at: missing, want the time at which this was learned")
		}
		r.until(e.At.Time)
		r.watch.until(e.At.Time, r.tickets)
		return r.apply(e)
	})
	if err != nil {
		return nil, fmt.Errorf("replay events: %w", err)
	}
	m.bar.done("events replayed", n)
	r.finish()
	r.watch.until(r.now.Add(time.Minute), r.tickets)
	m.alarms = r.watch.records
	return r.all(), nil
}

// load reads the texts and incident bodies that the events only name.
func (r *replayer) load() error {
	r.requester = map[string]ID{}
	var err error
	if r.regions, err = loadRegions(r.opts.Organizations, r.opts.Region); err != nil {
		return fmt.Errorf("read organizations: %w", err)
	}
	if r.opts.Tickets != "" {
		err = eachLine(r.opts.Tickets, func(rec ticketRecord) error {
			t, err := rec.ticket(r.regions)
			t.Comments = nil // those are told in their own time
			r.texts[t.ID], r.requester[t.ID] = t, rec.RequesterID
			return err
		})
		if err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
	}
	r.incidents = nil // none is declared yet
	return nil
}

// apply takes in one event.
func (r *replayer) apply(e eventRecord) error {
	r.now = latest(r.now, e.At.Time)
	switch {
	case e.IncidentID.Text != "" || e.Incident != nil:
		return r.incidentEvent(e)
	case e.Comment != nil:
		r.commentEvent(e)
		return nil
	case e.TicketID.Text != "" || e.Ticket != nil:
		return r.ticketEvent(e)
	}
	return errors.New("want ticket_id or incident_id, here is neither")
}

func (r *replayer) ticketEvent(e eventRecord) error {
	rec := ticketRecord{ID: e.TicketID, Subject: e.Subject, Description: e.Body, Tags: e.Tags, OrganizationID: e.OrgID, CreatedAt: e.At}
	if e.Ticket != nil {
		rec = *e.Ticket
		if rec.CreatedAt.IsZero() {
			rec.CreatedAt = e.At
		}
	}
	t, err := rec.ticket(r.regions)
	if err != nil {
		return err
	}
	if known, ok := r.texts[t.ID]; ok && e.Ticket == nil {
		known.Tags = t.Tags
		t = known
	} else {
		r.requester[t.ID] = rec.RequesterID
	}
	r.texts[t.ID] = t
	if _, ok := r.tickets[t.ID]; !ok {
		r.tickets[t.ID] = rec.ID
	}
	r.put(t)
	r.watch.ticket(e.At.Time)
	return nil
}

// commentEvent takes in what the customer wrote later; what agents write says
// nothing of the ticket's incident.
func (r *replayer) commentEvent(e eventRecord) {
	t, id := r.texts[e.TicketID.Text], e.TicketID.Text
	if _, written := r.tickets[id]; !written || !e.Comment.customers(r.requester[id]) {
		return
	}
	t.Comments = append(slices.Clone(t.Comments), match.Comment{At: e.At.Time, Text: e.Comment.Body})
	r.texts[id] = t
	r.put(t)
}

func (r *replayer) incidentEvent(e eventRecord) error {
	rec, described := r.records[e.IncidentID.Text]
	if e.Incident != nil {
		if err := decode(*e.Incident, &rec); err != nil {
			return fmt.Errorf("incident: %w", err)
		}
	} else if !described {
		return fmt.Errorf("incident_id: %s stands neither in --incidents nor in an event before", e.IncidentID.Text)
	}
	if rec.ID.Text == "" {
		rec.ID = e.IncidentID
	}
	if rec.StartedAt.IsZero() && rec.DetectedAt.IsZero() && rec.DeclaredAt.IsZero() {
		rec.DeclaredAt = e.At
	}
	r.records[rec.ID.Text] = rec
	inc, err := rec.incident()
	if err != nil {
		return err
	}
	r.live(inc, e)
	return nil
}

// live updates what is known of the incident: its end and phases come from the
// events, never from the file, which tells how it ended.
func (r *replayer) live(inc match.Incident, e eventRecord) {
	before, declared := r.known[inc.ID]
	inc.Phases, inc.ResolvedAt = before.Phases, before.ResolvedAt
	if !declared {
		inc.Phases = []match.Phase{{Start: startOf(inc)}}
		for _, min := range checkpoints {
			r.plan(dueMatch{e.At.Add(time.Duration(min) * time.Minute), inc.ID, min})
		}
	}
	last := &inc.Phases[len(inc.Phases)-1]
	switch {
	case e.Kind == "incident_resolved":
		last.End, inc.ResolvedAt = e.At.Time, e.At.Time
	case e.Kind == "incident_reopened" && !last.End.IsZero():
		inc.Phases, inc.ResolvedAt = append(slices.Clone(inc.Phases), match.Phase{Start: e.At.Time}), time.Time{}
	}
	r.known[inc.ID] = inc
	r.rematch(inc.ID, e.At.Time)
}

func (r *replayer) plan(d dueMatch) {
	i, _ := slices.BinarySearchFunc(r.due, d, func(a, b dueMatch) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id), cmp.Compare(a.minutes, b.minutes))
	})
	r.due = slices.Insert(r.due, i, d)
}

// until matches what is due before the moment.
func (r *replayer) until(at time.Time) {
	for len(r.due) > 0 && r.due[0].at.Before(at) {
		d := r.due[0]
		r.due = r.due[1:]
		r.rematch(d.id, d.at)
		r.snapshots = append(r.snapshots, snapshot{Minutes: d.minutes, At: moment{d.at}, TicketID: ID{raw: "null"}, IncidentID: r.records[d.id].ID})
		for _, l := range r.links[d.id] {
			r.snapshots = append(r.snapshots, snapshot{d.minutes, moment{d.at}, r.tickets[l.TicketID], r.records[d.id].ID, l.Confidence, l.State})
		}
	}
}

// rematch scores one incident with what is known at the moment.
func (r *replayer) rematch(id string, at time.Time) {
	q := r.query([]match.Incident{r.known[id]}, r.everyKnown(), at)
	q.Previous = map[match.Pair]match.State{}
	for _, l := range r.links[id] {
		q.Previous[match.Pair{TicketID: l.TicketID, IncidentID: id}] = l.State
	}
	r.links[id] = r.corpus.Match(q)
	for _, l := range r.links[id] {
		pair := match.Pair{TicketID: l.TicketID, IncidentID: id}
		if _, ok := r.linkedAt[pair]; !ok {
			r.linkedAt[pair] = at
		}
	}
}

func (r *replayer) everyKnown() []match.Incident {
	out := make([]match.Incident, 0, len(r.known))
	for _, inc := range r.known {
		out = append(out, inc)
	}
	slices.SortFunc(out, func(a, b match.Incident) int {
		return cmp.Or(startOf(a).Compare(startOf(b)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// finish plays the checkpoints that are left and matches everything once more.
func (r *replayer) finish() {
	if len(r.due) > 0 {
		r.until(r.due[len(r.due)-1].at.Add(time.Second))
	}
	r.incidents = r.everyKnown()
	for _, inc := range r.incidents {
		r.rematch(inc.ID, r.now)
	}
}

func (r *replayer) all() []match.Link {
	var out []match.Link
	for _, inc := range r.incidents {
		out = append(out, r.links[inc.ID]...)
	}
	return out
}
