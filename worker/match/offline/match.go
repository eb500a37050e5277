// Package offline runs the matching engine on files: the incidents, tickets,
// organizations and events of the contract in, links out, and links judged
// against known answers. It needs no database.
package offline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// MatchOptions say what to match. Files are JSON lines, gzipped or not.
type MatchOptions struct {
	Incidents     string
	Tickets       string
	Events        string // replayed in order; texts come from Tickets where given
	Organizations string // where regions come from
	Region        string // the key of their field; default: region
	Compare       string // links of an earlier run, to say what changed; "" for none
	Out           string // links; a replay also writes Out + ".replay" and Out + ".surges"
	Policy        match.Policy
	Model         match.Model
	Auto          bool      // link as a warmed-up installation does; false: suggest only
	Progress      io.Writer // nil: silent
}

// batch is how many incidents are matched at once. It bounds the memory, not
// the answer: incidents at the same time are rivals whatever their batch.
const batch = 30

// matcher is one run of Match.
type matcher struct {
	opts      MatchOptions
	corpus    *match.Corpus
	incidents []match.Incident
	records   map[string]incidentRecord // of the incidents
	tickets   map[string]ID
	linkedAt  map[match.Pair]time.Time
	bar       *bar
	worded    bool          // some ticket has one
	snapshots []snapshot    // of a replay
	alarms    []alarmRecord // likewise
}

// Match links the tickets of a file, or of a stream of events, to incidents,
// and writes the links.
func Match(ctx context.Context, opts MatchOptions) (Summary, error) {
	began := time.Now()
	opts.Policy.AutoAllowed = opts.Auto
	m := &matcher{opts: opts, corpus: match.NewCorpus(opts.Policy), tickets: map[string]ID{},
		linkedAt: map[match.Pair]time.Time{}, bar: &bar{w: opts.Progress}}
	out, err := m.create()
	if err != nil {
		return Summary{}, fmt.Errorf("write links: %w", err)
	}
	defer out.discard()
	defer m.bar.stop()
	if m.records, m.incidents, err = loadIncidents(opts.Incidents); err != nil {
		return Summary{}, fmt.Errorf("read incidents: %w", err)
	}
	var earlier []linkRecord
	if opts.Compare != "" { // before the work, which may replace them
		if earlier, err = readLinks(opts.Compare); err != nil {
			return Summary{}, fmt.Errorf("read earlier links: %w", err)
		}
	}
	links, err := m.run(ctx)
	if ctx.Err() != nil {
		return Summary{}, errors.New("stopped: no links are written")
	}
	if err != nil {
		return Summary{}, err
	}
	lines := m.lines(links)
	if err := out.write(lines, m.snapshots, m.alarms); err != nil {
		return Summary{}, fmt.Errorf("write links: %w", err)
	}
	s := m.summary(links)
	if opts.Compare != "" {
		s.Changes = compare(earlier, lines)
	}
	s.Took = time.Since(began)
	return s, nil
}

func (m *matcher) run(ctx context.Context) ([]match.Link, error) {
	switch {
	case m.opts.Events != "":
		return m.replay(ctx)
	case m.opts.Tickets == "":
		return nil, errors.New("match: give --tickets or --events")
	case m.opts.Incidents == "":
		return nil, errors.New("match: give --incidents")
	}
	regions, err := loadRegions(m.opts.Organizations, m.opts.Region)
	if err != nil {
		return nil, fmt.Errorf("read organizations: %w", err)
	}
	var now time.Time
	if m.tickets, now, err = m.fill(ctx, regions); err != nil {
		return nil, fmt.Errorf("read tickets: %w", err)
	}
	for _, inc := range m.incidents {
		now = latest(now, inc.DeclaredAt, inc.ResolvedAt)
	}
	return m.all(ctx, now)
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// all matches every incident, batch by batch.
func (m *matcher) all(ctx context.Context, now time.Time) ([]match.Link, error) {
	var links []match.Link
	for i := 0; i < len(m.incidents); i += batch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		targets := m.incidents[i:min(i+batch, len(m.incidents))]
		links = append(links, m.corpus.Match(m.query(targets, m.incidents, now))...)
		m.bar.step("incidents matched", min(i+batch, len(m.incidents)), len(m.incidents))
	}
	m.bar.done("incidents matched", len(m.incidents))
	return links, nil
}

// query names as rivals the incidents whose windows touch a target's.
func (m *matcher) query(targets, known []match.Incident, now time.Time) match.Query {
	q := match.Query{Targets: targets, Model: m.opts.Model, Policy: m.opts.Policy, Now: now}
	for _, inc := range known {
		if slices.ContainsFunc(targets, func(t match.Incident) bool { return t.ID != inc.ID && m.opts.Policy.Windows.Overlap(t, inc, now) }) {
			q.Rivals = append(q.Rivals, inc)
		}
	}
	return q
}

// lines are what the file of links holds, by incident and ticket.
func (m *matcher) lines(links []match.Link) []linkRecord {
	slices.SortFunc(links, func(a, b match.Link) int {
		return cmp.Or(strings.Compare(a.IncidentID, b.IncidentID), strings.Compare(a.TicketID, b.TicketID))
	})
	records := make([]linkRecord, len(links))
	for i, l := range links {
		records[i] = m.record(l)
	}
	return records
}
