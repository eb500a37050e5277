package offline

import (
	"errors"
	"fmt"

	"github.com/ticketlink/ticketlink/worker/match"
)

// judge holds the known answers while a report is made.
type judge struct {
	truth   map[string]string // of labelled tickets, "" for none
	members map[string]int
	titles  map[string]string
	known   []match.Incident
	tickets map[string]ticketRecord
	links   []linkRecord
	other   int // links of tickets without a label
}

func (j *judge) load(opts EvaluateOptions) error {
	if err := eachLine(opts.Labels, j.label); err != nil {
		return fmt.Errorf("read labels: %w", err)
	}
	if len(j.truth) == 0 {
		return fmt.Errorf("read labels: %s is empty", opts.Labels)
	}
	if opts.Incidents != "" {
		if err := eachLine(opts.Incidents, j.incident); err != nil {
			return fmt.Errorf("read incidents: %w", err)
		}
	}
	if opts.Tickets != "" {
		if err := eachLine(opts.Tickets, j.ticket); err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
	}
	return j.loadLinks(opts.Links)
}

func (j *judge) label(l labelRecord) error {
	id := l.TicketID.Text
	_, twice := j.truth[id]
	switch {
	case id == "":
		return errors.New("ticket_id: missing, want a number or a string")
	case l.IncidentID.raw == "":
		return fmt.Errorf("incident_id: ticket %s has none, want an incident's id or null", id)
	case twice:
		return fmt.Errorf("ticket_id: ticket %s is labelled twice", id)
	}
	j.truth[id] = l.IncidentID.Text
	if l.IncidentID.Text != "" {
		j.members[l.IncidentID.Text]++
	}
	return nil
}

func (j *judge) incident(r incidentRecord) error {
	if r.ID.Text == "" {
		return errNoID
	}
	j.titles[r.ID.Text] = r.Title
	if inc, err := r.incident(); err == nil { // titles alone will do
		j.known = append(j.known, inc)
	}
	return nil
}

func (j *judge) ticket(r ticketRecord) error {
	if r.ID.Text == "" {
		return errNoID
	}
	j.tickets[r.ID.Text] = ticketRecord{Subject: r.Subject, CreatedAt: r.CreatedAt, Tags: r.Tags}
	return nil
}

func (j *judge) loadLinks(path string) error {
	links, err := readLinks(path)
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	for _, l := range links {
		if _, ok := j.truth[l.TicketID.Text]; ok {
			j.links = append(j.links, l)
		}
	}
	if j.other = len(links) - len(j.links); j.other > 0 && len(j.links) == 0 {
		return fmt.Errorf("none of the %d links is of a labelled ticket: labels and links are of different sets", j.other)
	}
	return nil
}

// notes say what does not fit together; none where all does.
func (j *judge) notes() (notes []string) {
	linked := map[string]bool{}
	for _, l := range j.links {
		linked[l.IncidentID.Text] = true
	}
	for _, n := range []struct {
		n    int
		what string
	}{
		{j.other, "links are left out: their tickets have no label"},
		{strange(j.truth, j.tickets), "labelled tickets are not among the tickets given"},
		{strange(j.members, j.titles), "incidents of the labels are not among the incidents given"},
		{strange(linked, j.titles), "incidents of the links are not among the incidents given"},
	} {
		if n.n > 0 {
			notes = append(notes, fmt.Sprintf("%d %s", n.n, n.what))
		}
	}
	return notes
}

// strange counts ids that are not among the known; none where nothing is known.
func strange[A, B any](ids map[string]A, known map[string]B) (n int) {
	for id := range ids {
		if _, ok := known[id]; !ok && len(known) > 0 {
			n++
		}
	}
	return n
}

func (j *judge) right(l linkRecord) bool { return j.truth[l.TicketID.Text] == l.IncidentID.Text }
