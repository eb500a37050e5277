package offline

import (
	"errors"
	"fmt"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A linkRecord is one line of the links file. LinkedAt is set by a replay.
type linkRecord struct {
	TicketID   ID               `json:"ticket_id"`
	IncidentID ID               `json:"incident_id"`
	Confidence float64          `json:"confidence"`
	LogOdds    float64          `json:"log_odds"`
	State      match.State      `json:"state"`
	LinkedAt   *moment          `json:"linked_at,omitempty"`
	Engine     string           `json:"engine"`
	Evidence   []match.Evidence `json:"evidence"`
}

func (m *matcher) record(l match.Link) linkRecord {
	r := linkRecord{TicketID: m.tickets[l.TicketID], IncidentID: m.records[l.IncidentID].ID, Confidence: l.Confidence,
		LogOdds: l.LogOdds, State: l.State, Engine: l.Engine, Evidence: l.Evidence}
	if at, ok := m.linkedAt[match.Pair{TicketID: l.TicketID, IncidentID: l.IncidentID}]; ok {
		r.LinkedAt = &moment{at}
	}
	return r
}

func (l linkRecord) pair() match.Pair {
	return match.Pair{TicketID: l.TicketID.Text, IncidentID: l.IncidentID.Text}
}

// readLinks reads what a run wrote, or somebody else in its form.
func readLinks(path string) (links []linkRecord, err error) {
	seen := map[match.Pair]bool{}
	err = eachLine(path, func(l linkRecord) error {
		pair := l.pair()
		switch {
		case pair.TicketID == "":
			return errors.New("ticket_id: missing, want a number or a string")
		case pair.IncidentID == "":
			return errors.New("incident_id: missing, want a number or a string")
		case seen[pair]:
			return fmt.Errorf("ticket_id: ticket %s is linked to %s twice", pair.TicketID, pair.IncidentID)
		case l.Confidence < 0 || l.Confidence > 1:
			return errors.New("confidence: want a number from 0 to 1")
		case l.State != match.Auto && l.State != match.Suggested:
			return errors.New(`state: want "auto" or "suggested"`)
		}
		seen[pair] = true
		links = append(links, l)
		return nil
	})
	return links, err
}
