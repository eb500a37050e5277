package report

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// A chart draws one plot over time as SVG. Colours are the page's, by class.
type chart struct {
	strings.Builder
	series        Series
	width, height float64
	top           float64 // room for the marks' names
	max           float64 // of the vertical axis
}

const (
	left, right, bottom = 36.0, 8.0, 22.0
	rowHeight           = 15.0 // of marks' names
	letter              = 6.6  // a letter's mean width at the plots' 12 px
)

// newChart opens an SVG of a width with its name for those who cannot see it.
func newChart(s Series, width int, name string, highest float64, marks []mark) *chart {
	c := &chart{series: s, width: float64(width), height: 230, max: nice(highest)}
	rows := place(marks, c.x, c.width-right)
	c.top = 10 + float64(rows)*rowHeight
	c.height += float64(rows) * rowHeight
	fmt.Fprintf(c, `<svg viewBox="0 0 %d %.0f" width="%d" height="%.0f" role="img" aria-label="%s">`,
		width, c.height, width, c.height, html.EscapeString(name))
	return c
}

func (c *chart) x(t time.Time) float64 {
	whole := c.series.end().Sub(c.series.Start)
	share := float64(t.Sub(c.series.Start)) / float64(max(whole, 1))
	return left + min(max(share, 0), 1)*(c.width-left-right)
}

func (c *chart) y(v float64) float64 {
	return c.height - bottom - v/c.max*(c.height-bottom-c.top)
}

// frame draws the grid with its numbers, and the times below.
func (c *chart) frame() {
	for _, v := range []float64{0, c.max / 2, c.max} {
		fmt.Fprintf(c, `<path class="grid" d="M%.1f %.1fH%.1f"/><text class="axis" x="%.0f" y="%.1f" text-anchor="end">%s</text>`,
			left, c.y(v), c.width-right, left-6, c.y(v)+4, thousands(int64(v)))
	}
	step := tick(c.series.end().Sub(c.series.Start), int(c.width-left-right)/70)
	lastDay := ""
	for t := c.series.Start.UTC().Truncate(step); !t.After(c.series.end()); t = t.Add(step) {
		if t.Before(c.series.Start) {
			continue
		}
		text := clock(t)
		if d := t.Format("2 Jan"); step >= 24*time.Hour || clock(t) == "00:00" && lastDay != "" && d != lastDay {
			text = d
		}
		lastDay = t.Format("2 Jan")
		x := min(max(c.x(t), left+14), c.width-right-16)
		fmt.Fprintf(c, `<path class="tick" d="M%.1f %.1fv4"/><text class="axis" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`,
			c.x(t), c.y(0), x, c.height-5, text)
	}
}

// tick is the narrowest round step that cuts a span into at most n.
func tick(span time.Duration, n int) time.Duration {
	steps := []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}
	for _, s := range steps {
		if int(span/s) <= max(n, 1) {
			return s
		}
	}
	day := steps[len(steps)-1]
	return (span/time.Duration(max(n, 1))/day + 1) * day
}

// nice rounds up to a round number whose half is whole.
func nice(v float64) float64 {
	v = max(v, 4)
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, tenths := range []float64{10, 12, 16, 20, 24, 30, 40, 50, 60, 80} {
		if n := tenths * power / 10; n >= v && math.Mod(n, 2) == 0 {
			return n
		}
	}
	return 10 * power
}

// A mark is a moment that a plot names.
type mark struct {
	at   time.Time
	name string
	row  int
}

// marks are an incident's moments in order; those in the same minute share one.
func marks(i Incident) []mark {
	all := []mark{{at: i.Started, name: "began"}}
	if i.Detected != nil {
		all = append(all, mark{at: *i.Detected, name: "detected"})
	}
	all = append(all, mark{at: i.Declared, name: "declared"})
	for n, p := range i.Phases {
		if n > 0 {
			all = append(all, mark{at: p.Start, name: "reopened"})
		}
		if p.End != nil {
			all = append(all, mark{at: *p.End, name: "resolved"})
		}
	}
	var out []mark
	for _, m := range all {
		joined := false
		for k := range out {
			if out[k].at.Sub(m.at).Abs() < time.Minute {
				out[k].name, joined = out[k].name+", "+m.name, true
			}
		}
		if !joined {
			out = append(out, m)
		}
	}
	return out
}

// place gives each mark a row so that no names meet, and returns how many rows.
func place(all []mark, x func(time.Time) float64, limit float64) int {
	var ends []float64
	for k := range all {
		from, to := nameSpan(all[k], x, limit)
		row := 0
		for row < len(ends) && ends[row] > from {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		ends[row] = to + letter
		all[k].row = row
	}
	return len(ends)
}

// nameSpan is where a mark's name lies: right of its line, or left of it at the edge.
func nameSpan(m mark, x func(time.Time) float64, limit float64) (from, to float64) {
	from = x(m.at) + 4
	to = from + letter*float64(len(m.name))
	if to > limit {
		return from - 8 - letter*float64(len(m.name)), from - 8
	}
	return from, to
}

// phases shades the time of being open and names the moments.
func (c *chart) phases(i Incident, all []mark) {
	for _, p := range i.Phases {
		end := c.series.end()
		if p.End != nil {
			end = *p.End
		}
		fmt.Fprintf(c, `<rect class="phase" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`,
			c.x(p.Start), c.top, max(c.x(end)-c.x(p.Start), 1), c.y(0)-c.top)
	}
	for _, m := range all {
		from, _ := nameSpan(m, c.x, c.width-right)
		y := 12 + float64(m.row)*rowHeight
		fmt.Fprintf(c, `<path class="mark" d="M%.1f %.1fV%.1f"/><text class="name" x="%.1f" y="%.1f">%s</text>`,
			c.x(m.at), y-8, c.y(0), from, y, m.name)
	}
}

func (c *chart) close() string {
	c.WriteString("</svg>")
	return c.String()
}
