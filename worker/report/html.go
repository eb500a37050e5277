package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

//go:embed report.html
var pageText string

//go:embed report.css
var pageStyle string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"clock": clock, "day": day, "moment": moment, "stepName": stepName, "kind": kindName, "bars": waitBars, "count64": count[int64],
	"style": func() template.CSS { return template.CSS(pageStyle) },
	// The plots' texts are numbers, times and our own words; see chart.
	"tickets":   func(r Report, width int) template.HTML { return template.HTML(ticketsPlot(r, width)) },
	"customers": func(r Report, width int) template.HTML { return template.HTML(customersPlot(r, width)) },
	"days":      days,
	"tiles":     tiles,
	"web":       func(url string) bool { return strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") },
}).Parse(pageText))

// Plots are drawn twice: for wide windows, and for telephones. The page shows one.
const (
	wide   = 860
	narrow = 358
)

// HTML writes the report as one page that needs nothing else: no script, no
// other file. What people and other systems wrote is escaped.
func HTML(w io.Writer, r Report) error {
	if err := page.Execute(w, map[string]any{"R": r, "Wide": wide, "Narrow": narrow}); err != nil {
		return fmt.Errorf("write report of %s: %w", r.Incident.Key, err)
	}
	return nil
}

// A dayOf holds a day's events.
type dayOf struct {
	Day    time.Time
	Events []Event
}

func days(events []Event) []dayOf {
	var out []dayOf
	for _, e := range events {
		if len(out) == 0 || !sameDay(out[len(out)-1].Day, e.At) {
			out = append(out, dayOf{Day: e.At})
		}
		last := &out[len(out)-1]
		last.Events = append(last.Events, e)
	}
	return out
}

// A tile is one of the few numbers at the top.
type tile struct{ Name, Value, Note string }

func tiles(r Report) []tile {
	i := r.Impact
	out := []tile{
		{"Customers", thousands(i.Customers), count(i.Organizations, "organization")},
		{"Tickets", thousands(i.Linked), fmt.Sprintf("%.0f more than usual", i.Excess)},
		{"Customers knew", "", "before it was detected"},
		{"First reply", seconds(i.FirstReply), fmt.Sprintf("median; %s unanswered", thousands(i.Unanswered))},
	}
	if r.Incident.Detected == nil {
		out[2].Note = "before it was declared"
	}
	switch {
	case i.DetectionLag == nil:
		out[2].Value = "unknown"
	case *i.DetectionLag < 0:
		out[2] = tile{"We knew", span(time.Duration(-*i.DetectionLag * float64(time.Second))), "before the rush of tickets"}
	default:
		out[2].Value = seconds(i.DetectionLag)
	}
	if i.FirstReply == nil {
		out[3].Value = "none yet"
	}
	if len(i.Revenue) > 0 {
		out = append(out, revenueTile(i.Revenue))
	}
	return out
}

// revenueTile shows the largest amount; the others stand below it.
func revenueTile(amounts map[string]float64) tile {
	rest, largest := maps.Clone(amounts), ""
	for _, currency := range slices.Sorted(maps.Keys(amounts)) {
		if largest == "" || amounts[currency] > amounts[largest] {
			largest = currency
		}
	}
	delete(rest, largest)
	// A narrow tile may break between currency and amount.
	t := tile{"Revenue touched", largest + " " + thousands(int64(math.Round(amounts[largest]))), "of these organizations"}
	if len(rest) > 0 {
		t.Note = "and " + money(rest)
	}
	return t
}
