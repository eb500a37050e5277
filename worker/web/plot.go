package web

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"
)

// A Plot is tickets over time against what is usual, with what happened when.
// Bins follow one another at Step.
type Plot struct {
	Step   time.Duration
	Bins   []Bin
	Phases []Phase // while the incident was open
	Marks  []Mark  // in order of time
}

// A Bin is one step of a plot.
type Bin struct {
	At          time.Time
	All, Linked int
	Usual       float64
}

// A Phase is a stretch of time.
type Phase struct{ From, To time.Time }

// A Mark is a moment with a name.
type Mark struct {
	At    time.Time
	Label string
	Class string // of the style sheet
}

const (
	plotHeight = 200 // of the bars, in pixels
	markHeight = 18  // of one row of marks' names
	tickHeight = 22

	markRowsKept = 3 // so that a new mark rarely makes the plot higher
)

// Peak is the fullest bin.
func (p Plot) Peak() Bin {
	var peak Bin
	for _, b := range p.Bins {
		if b.All > peak.All {
			peak = b
		}
	}
	return peak
}

// Unit names a step: "15 minutes", "hour", "3 hours".
func (p Plot) Unit() string {
	switch {
	case p.Step < time.Hour:
		return fmt.Sprintf("%d minutes", int(p.Step.Minutes()))
	case p.Step == time.Hour:
		return "hour"
	}
	return fmt.Sprintf("%d hours", int(p.Step.Hours()))
}

func (p Plot) from() time.Time { return p.Bins[0].At }
func (p Plot) to() time.Time   { return p.Bins[len(p.Bins)-1].At.Add(p.Step) }

// x is where a moment lies, in percent of the width.
func (p Plot) x(t time.Time) float64 {
	part := float64(t.Sub(p.from())) / float64(p.to().Sub(p.from()))
	return math.Round(10000*min(max(part, 0), 1)) / 100
}

// top is the value of the highest grid line, and the distance between two.
func (p Plot) top() (top, step float64) {
	highest := 4.0
	for _, b := range p.Bins {
		highest = max(highest, float64(b.All), b.Usual)
	}
	step = math.Pow(10, math.Floor(math.Log10(highest/3)))
	for _, nice := range []float64{1, 2, 5, 10} {
		if step*nice*4 >= highest {
			step = math.Max(1, step*nice)
			break
		}
	}
	return math.Ceil(highest/step) * step, step
}

// SVG draws the plot as wide as its place; only the height is fixed.
func (p Plot) SVG() template.HTML {
	if len(p.Bins) == 0 {
		return ""
	}
	rows := p.markRows()
	head := markHeight * max(1+maxOf(rows), markRowsKept)
	top, step := p.top()
	d := drawing{Plot: p, head: head, top: top}
	height := head + plotHeight + tickHeight
	fmt.Fprintf(&d.b, `<div class="plot"><svg class="plot-y" width="40" height="%d" aria-hidden="true">`, height)
	for v := 0.0; v <= top; v += step {
		fmt.Fprintf(&d.b, `<text x="34" y="%d" text-anchor="end">%s</text>`, d.y(v)+4, Count(int64(v)))
	}
	fmt.Fprintf(&d.b, `</svg><svg class="plot-area" width="100%%" height="%d" role="img" aria-label="%s" data-from="%d" data-to="%d" data-top="%d">`,
		height, p.label(), p.from().Unix(), p.to().Unix(), head)
	d.phases()
	for v := 0.0; v <= top; v += step {
		fmt.Fprintf(&d.b, `<line class="grid" x1="0" x2="100%%" y1="%d" y2="%d"/>`, d.y(v), d.y(v))
	}
	d.bars()
	d.usual()
	d.ticks()
	d.marks(rows)
	d.hover()
	d.b.WriteString(`</svg></div>`)
	return template.HTML(d.b.String())
}

func (p Plot) label() string {
	peak := p.Peak()
	return fmt.Sprintf("Tickets per %s from %s to %s. At most %d, at %s, when %.1f are usual.",
		p.Unit(), at(p.from(), "2 Jan 15:04"), at(p.to(), "2 Jan 15:04 UTC"), peak.All, at(peak.At, "15:04"), peak.Usual)
}

// nameWidth is what a mark's name takes, in percent of the width on a narrow screen.
const nameWidth = 22

// leftward says whether the mark's name stands left of its line.
func (p Plot) leftward(m Mark) bool { return p.x(m.At) > 50 }

// markRows gives each mark's name a row in which it meets no other. Names run
// towards the middle above the lines that follow, so the outermost come first.
func (p Plot) markRows() []int {
	var order, rest []int
	for i, m := range p.Marks {
		if p.leftward(m) {
			rest = append(rest, i)
		} else {
			order = append(order, i)
		}
	}
	slices.Reverse(rest)
	rows, taken := make([]int, len(p.Marks)), map[int][]float64{} // by row: where names begin
	for _, i := range append(order, rest...) {
		from, row := p.x(p.Marks[i].At), 0
		if p.leftward(p.Marks[i]) {
			from -= nameWidth
		}
		for slices.ContainsFunc(taken[row], func(other float64) bool { return math.Abs(other-from) < nameWidth }) {
			row++
		}
		taken[row], rows[i] = append(taken[row], from), row
	}
	return rows
}

func maxOf(rows []int) int {
	most := 0
	for _, r := range rows {
		most = max(most, r)
	}
	return most
}

// A drawing is a plot on its way to SVG.
type drawing struct {
	Plot
	b    strings.Builder
	head int
	top  float64
}

// y is where a value lies, in pixels from above.
func (d *drawing) y(value float64) int {
	return d.head + plotHeight - int(math.Round(value/d.top*plotHeight))
}

func (d *drawing) phases() {
	for _, ph := range d.Phases {
		x := d.x(ph.From)
		fmt.Fprintf(&d.b, `<rect class="phase" x="%.2f%%" width="%.2f%%" y="%d" height="%d"/>`, x, d.x(ph.To)-x, d.head, plotHeight)
	}
}

func (d *drawing) bars() {
	width := 100 / float64(len(d.Bins))
	for i, b := range d.Bins {
		x, split := (float64(i)+0.08)*width, d.y(float64(b.Linked))
		if b.Linked > 0 {
			fmt.Fprintf(&d.b, `<rect class="linked" x="%.2f%%" width="%.2f%%" y="%d" height="%d"/>`, x, 0.84*width, split, d.head+plotHeight-split)
		}
		if y := d.y(float64(b.All)); y < split {
			fmt.Fprintf(&d.b, `<rect class="other" x="%.2f%%" width="%.2f%%" y="%d" height="%d"/>`, x, 0.84*width, y, split-y)
		}
	}
}

// usual is a stepped line, stretched to the width.
func (d *drawing) usual() {
	fmt.Fprintf(&d.b, `<svg width="100%%" height="%d" viewBox="0 0 %d %d" preserveAspectRatio="none"><path class="usual" vector-effect="non-scaling-stroke" d="M0 %d`,
		d.head+plotHeight, len(d.Bins), d.head+plotHeight, d.y(d.Bins[0].Usual))
	for i, b := range d.Bins {
		fmt.Fprintf(&d.b, "V%dH%d", d.y(b.Usual), i+1)
	}
	d.b.WriteString(`"/></svg>`)
}

// ticks names times below the bars: at most eight, on round hours. Every
// second one makes way on narrow screens.
func (d *drawing) ticks() {
	long := d.to().Sub(d.from())
	every := 15 * time.Minute
	for _, nice := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 168 * time.Hour} {
		if long > 8*every {
			every = nice
		}
	}
	n := 0
	for t := d.from().Truncate(every).Add(every); t.Before(d.to()); t = t.Add(every) {
		x, layout, class := d.x(t), "15:04", "tick"
		if t.Hour() == 0 && t.Minute() == 0 {
			layout = "2 Jan"
		}
		if n++; n%2 == 0 {
			class = "tick minor"
		}
		if x < 3 || x > 97 {
			continue
		}
		fmt.Fprintf(&d.b, `<text class="%s" x="%.2f%%" y="%d" text-anchor="middle">%s</text>`, class, x, d.head+plotHeight+16, t.UTC().Format(layout))
	}
}

func (d *drawing) marks(rows []int) {
	for i, m := range d.Marks {
		x, y, anchor, shift := d.x(m.At), markHeight*(rows[i]+1)-5, "start", 4
		if d.leftward(m) {
			anchor, shift = "end", -4
		}
		fmt.Fprintf(&d.b, `<g class="mark %s"><line x1="%.2f%%" x2="%.2f%%" y1="%d" y2="%d"/><text x="%.2f%%" dx="%d" y="%d" text-anchor="%s">%s %s</text></g>`,
			m.Class, x, x, y-8, d.head+plotHeight, x, shift, y, anchor, template.HTMLEscapeString(m.Label), at(m.At, "15:04"))
	}
}

// hover lays a rectangle with its numbers over each bin.
func (d *drawing) hover() {
	width := 100 / float64(len(d.Bins))
	for i, b := range d.Bins {
		fmt.Fprintf(&d.b, `<rect class="hit" x="%.2f%%" width="%.2f%%" y="%d" height="%d"><title>%s: %d tickets, %d linked; %.1f are usual</title></rect>`,
			float64(i)*width, width, d.head, plotHeight, at(b.At, "2 Jan 15:04"), b.All, b.Linked, b.Usual)
	}
}

// Spark draws counts as small bars, without axes.
func Spark(counts []int) template.HTML {
	most := 1
	for _, c := range counts {
		most = max(most, c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="spark" viewBox="0 0 %d 28" preserveAspectRatio="none" role="img" aria-label="Linked tickets per 15 minutes over the last %d hours, at most %d">`,
		len(counts), len(counts)/4, most)
	for i, c := range counts {
		if c > 0 {
			h := max(2, 28*c/most)
			fmt.Fprintf(&b, `<rect x="%d.1" width=".8" y="%d" height="%d"/>`, i, 28-h, h)
		}
	}
	b.WriteString(`<path class="base" vector-effect="non-scaling-stroke" d="M0 28H`)
	fmt.Fprintf(&b, `%d"/></svg>`, len(counts))
	return template.HTML(b.String())
}
