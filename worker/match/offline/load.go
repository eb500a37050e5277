package offline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// loadRegions reads each organization's region from one of its fields; an empty
// path gives none.
func loadRegions(path, field string) (map[string]string, error) {
	regions := map[string]string{}
	if path == "" {
		return regions, nil
	}
	return regions, eachLine(path, func(r organizationRecord) error {
		if r.ID.Text == "" {
			return errNoID
		}
		regions[r.ID.Text] = r.field(cmp.Or(field, "region"))
		return nil
	})
}

// loadIncidents reads them, as written and in the order of their start; an id
// may not repeat. An empty path gives none.
func loadIncidents(path string) (map[string]incidentRecord, []match.Incident, error) {
	records := map[string]incidentRecord{}
	if path == "" {
		return records, nil, nil
	}
	var out []match.Incident
	err := eachLine(path, func(r incidentRecord) error {
		inc, err := r.incident()
		if err != nil {
			return err
		}
		if _, ok := records[inc.ID]; ok {
			return fmt.Errorf("id: incident %s stands twice", inc.ID)
		}
		records[inc.ID] = r
		out = append(out, inc)
		return nil
	})
	slices.SortStableFunc(out, func(a, b match.Incident) int {
		return cmp.Or(startOf(a).Compare(startOf(b)), cmp.Compare(a.ID, b.ID))
	})
	return records, out, err
}

func startOf(i match.Incident) time.Time {
	for _, t := range []time.Time{i.StartedAt, i.DetectedAt, i.DeclaredAt} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// fill puts every ticket of the file in the corpus. It returns the ids as they
// were written and the last moment that a ticket tells of.
func (m *matcher) fill(ctx context.Context, regions map[string]string) (map[string]ID, time.Time, error) {
	ids := map[string]ID{}
	var last time.Time
	n, total := 0, m.bar.lines(m.opts.Tickets)
	err := eachLine(m.opts.Tickets, func(r ticketRecord) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		t, err := r.ticket(regions)
		if err != nil {
			return err
		}
		m.put(t)
		ids[t.ID] = r.ID
		last = latest(last, t.CreatedAt)
		n++
		m.bar.step("tickets read", n, total)
		return nil
	})
	if err == nil {
		m.bar.done("tickets read", len(ids))
	}
	return ids, last, err
}

func (m *matcher) put(t match.Ticket) {
	m.worded = m.worded || t.Subject != "" || t.Body != ""
	m.corpus.Put(t)
}
