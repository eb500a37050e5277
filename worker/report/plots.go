package report

import (
	"fmt"
	"strings"
	"time"
)

// ticketsPlot draws all tickets in bars: the ordinary ones below, the linked
// ones on top of them, and the usual as a line.
func ticketsPlot(r Report, width int) string {
	s := r.Tickets
	highest := 0.0
	for n := range s.All {
		highest = max(highest, float64(s.All[n]), float64(s.Linked[n]), s.Usual[n])
	}
	names := marks(r.Incident)
	c := newChart(s, width, "Tickets over time, against the usual number", highest, names)
	c.phases(r.Incident, names)
	c.frame()
	for n := range s.All {
		others := max(s.All[n]-s.Linked[n], 0)
		c.bar(n, "other", 0, float64(others))
		c.bar(n, "linked", float64(others), float64(others+s.Linked[n]))
		fmt.Fprintf(c, `<rect class="touch" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s to %s: %d linked, %d others, usually %.1f</title></rect>`,
			c.x(s.at(n)), c.top, c.x(s.at(n+1))-c.x(s.at(n)), c.y(0)-c.top, moment(s.at(n)), clock(s.at(n+1)), s.Linked[n], others, s.Usual[n])
	}
	c.steps("usual", s.Usual)
	return c.close()
}

// bar draws one step's bar between two values.
func (c *chart) bar(n int, class string, from, to float64) {
	if to <= from {
		return
	}
	x, next := c.x(c.series.at(n)), c.x(c.series.at(n+1))
	gap := min(1.5, (next-x)/5)
	fmt.Fprintf(c, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`,
		class, x+gap/2, c.y(to), next-x-gap, c.y(from)-c.y(to))
}

// steps draws a line that holds its value through each step.
func (c *chart) steps(class string, values []float64) {
	var d strings.Builder
	for n, v := range values {
		command := "V"
		if n == 0 {
			command = fmt.Sprintf("M%.1f ", c.x(c.series.Start))
		}
		fmt.Fprintf(&d, "%s%.1fH%.1f", command, c.y(v), c.x(c.series.at(n+1)))
	}
	fmt.Fprintf(c, `<path class="%s" d="%s"/>`, class, d.String())
}

// customersPlot draws how many customers had written so far.
func customersPlot(r Report, width int) string {
	s := r.Tickets
	if len(s.Customers) == 0 {
		return ""
	}
	last := s.Customers[len(s.Customers)-1]
	names := marks(r.Incident)
	c := newChart(s, width, fmt.Sprintf("Customers so far, %d in the end", last), float64(last), names)
	c.phases(r.Incident, names)
	c.frame()
	line := fmt.Sprintf("M%.1f %.1f", c.x(s.Start), c.y(0))
	for n, v := range s.Customers {
		line += fmt.Sprintf("L%.1f %.1f", c.x(s.at(n+1)), c.y(float64(v)))
	}
	fmt.Fprintf(c, `<path class="area" d="%sV%.1fH%.1fZ"/><path class="line" d="%s"/>`, line, c.y(0), c.x(s.Start), line)
	return c.close()
}

// A waitBar is one class of first replies as the page draws it.
type waitBar struct {
	Wait
	Percent int // of the largest class
}

func waitBars(all []Wait) []waitBar {
	most := 1
	for _, w := range all {
		most = max(most, w.Tickets)
	}
	var out []waitBar
	for _, w := range all {
		out = append(out, waitBar{w, (w.Tickets*100 + most - 1) / most})
	}
	return out
}

// stepName is a series' step in words: "15 minutes", "2 hours".
func stepName(s Series) string {
	if d := s.step(); d >= 48*time.Hour {
		return count(int(d.Hours()/24), "day")
	} else if d >= time.Hour && d%time.Hour == 0 {
		return count(int(d.Hours()), "hour")
	}
	return count(int(s.step().Minutes()), "minute")
}
