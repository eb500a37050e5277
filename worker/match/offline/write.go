package offline

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A linkRecord is one line of the links file. LinkedAt is set by a replay.
type linkRecord struct {
	TicketID   ID               `json:"ticket_id"`
	IncidentID ID               `json:"incident_id"`
	Confidence float64          `json:"confidence"`
	LogOdds    float64          `json:"log_odds"`
	State      match.State      `json:"state"`
	LinkedAt   *time.Time       `json:"linked_at,omitempty"`
	Engine     string           `json:"engine"`
	Evidence   []match.Evidence `json:"evidence"`
}

func (m *matcher) record(l match.Link) linkRecord {
	r := linkRecord{TicketID: m.tickets[l.TicketID], IncidentID: m.incidentIDs[l.IncidentID], Confidence: l.Confidence,
		LogOdds: l.LogOdds, State: l.State, Engine: l.Engine, Evidence: l.Evidence}
	if at, ok := m.linkedAt[match.Pair{TicketID: l.TicketID, IncidentID: l.IncidentID}]; ok {
		r.LinkedAt = &at
	}
	return r
}

// writeLines writes JSON lines beside path and then renames: a file that is
// there is complete.
func writeLines[T any](path string, records []T) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write links: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write links to %s: %w", path, err)
		}
	}()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range records {
		if err = enc.Encode(r); err != nil {
			return err
		}
	}
	if err = w.Flush(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
