package offline

import (
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
