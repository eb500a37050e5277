package worker

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/impact"
	"github.com/ticketlink/ticketlink/worker/web"
)

const (
	plotBefore = 3 * time.Hour // what is shown around the incident
	plotAfter  = 3 * time.Hour
	plotLeast  = 8 * time.Hour
	plotBars   = 160 // at most; more are drawn together
)

// plot is an incident's tickets against usual, with what happened when.
func (w *Worker) plot(ctx context.Context, i schema.Incident, phases []phaseView, measured impact.Impact) (web.Plot, error) {
	counted, _, err := w.bins(ctx, w.queries, i, schema.MeasureLinksRow{})
	if err != nil {
		return web.Plot{}, err
	}
	linked, err := w.queries.LinkedSince(ctx, schema.LinkedSinceParams{Since: counted.Since, Incidents: []int64{i.ID}})
	if err != nil {
		return web.Plot{}, fmt.Errorf("count linked tickets of %s: %w", i.Key, err)
	}
	for _, r := range linked {
		counted.Linked[int(r.Bin)] = int(r.Tickets)
	}
	from, to := w.plotSpan(i, measured.OnsetAt)
	p := web.Plot{Step: impact.Bin, Bins: plotBins(counted, from, to), Marks: plotMarks(i, phases, measured.OnsetAt)}
	for k := 2; len(p.Bins) > plotBars; k *= 2 {
		p.Step, p.Bins = time.Duration(k)*impact.Bin, pairs(p.Bins)
	}
	for _, ph := range phases {
		end := w.now()
		if ph.EndedAt != nil {
			end = *ph.EndedAt
		}
		p.Phases = append(p.Phases, web.Phase{From: ph.StartedAt, To: end})
	}
	return p, nil
}

// plotSpan is from before the first sign to after the end, on whole hours.
func (w *Worker) plotSpan(i schema.Incident, onset *time.Time) (from, to time.Time) {
	from = earliest(i.StartedAt, i.DeclaredAt)
	if onset != nil {
		from = earliest(from, *onset)
	}
	from = from.Add(-plotBefore).Truncate(time.Hour)
	to = earliest(w.endOf(i).Add(plotAfter), w.now())
	if to.Sub(from) < plotLeast {
		from = to.Add(-plotLeast).Truncate(time.Hour)
	}
	return from, to
}

func plotBins(counted impact.Bins, from, to time.Time) []web.Bin {
	var bins []web.Bin
	for n := max(counted.At(from), 0); n <= counted.At(to) && n < len(counted.All); n++ {
		bins = append(bins, web.Bin{At: counted.Since.Add(time.Duration(n) * impact.Bin),
			All: max(counted.All[n], counted.Linked[n]), Linked: counted.Linked[n], Usual: counted.Usual(n)})
	}
	return bins
}

// pairs draws each two bins together.
func pairs(bins []web.Bin) []web.Bin {
	var out []web.Bin
	for two := range slices.Chunk(bins, 2) {
		sum := two[0]
		for _, b := range two[1:] {
			sum.All, sum.Linked, sum.Usual = sum.All+b.All, sum.Linked+b.Linked, sum.Usual+b.Usual
		}
		out = append(out, sum)
	}
	return out
}

// plotMarks are the moments that an incident's story turns on.
func plotMarks(i schema.Incident, phases []phaseView, onset *time.Time) []web.Mark {
	marks := []web.Mark{{At: i.StartedAt, Label: "started", Class: "started"}}
	add := func(at *time.Time, label, class string) {
		if at != nil {
			marks = append(marks, web.Mark{At: *at, Label: label, Class: class})
		}
	}
	add(onset, "customers noticed", "onset")
	add(i.DetectedAt, "detected", "")
	add(&i.DeclaredAt, "declared", "")
	for n, p := range phases {
		if n > 0 {
			add(&p.StartedAt, "reopened", "started")
		}
		add(p.EndedAt, "resolved", "resolved")
	}
	slices.SortStableFunc(marks, func(a, b web.Mark) int { return a.At.Compare(b.At) })
	return marks
}
