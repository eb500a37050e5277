package web

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// A Step is one reason, in natural log-odds: +0.7 doubles the odds.
type Step struct {
	Label, Detail string
	Weight        float64
}

// Waterfall draws how reasons add up, one below the other: each bar begins
// where the one before ended. Names and numbers are text beside the bars.
func Waterfall(steps []Step) template.HTML {
	sum, low, high := 0.0, 0.0, 0.0
	for _, s := range steps {
		sum += s.Weight
		low, high = min(low, sum), max(high, sum)
	}
	f := fall{low: low, wide: max(high-low, 0.1)}
	f.b.WriteString(`<ol class="fall">`)
	sum = 0
	for _, s := range steps {
		f.step(s, sum)
		sum += s.Weight
	}
	f.row("total", "All together", "", 0, sum)
	f.b.WriteString(`</ol>`)
	return template.HTML(f.b.String())
}

type fall struct {
	b         strings.Builder
	low, wide float64
}

func (f *fall) step(s Step, from float64) {
	class := "for"
	if s.Weight < 0 {
		class = "against"
	}
	f.row(class, s.Label, s.Detail, from, from+s.Weight)
}

func (f *fall) x(v float64) float64 { return 100 * (v - f.low) / f.wide }

func (f *fall) row(class, label, detail string, from, to float64) {
	left, right := f.x(min(from, to)), f.x(max(from, to))
	fmt.Fprintf(&f.b, `<li class="%s"><span class="fall-name">%s`, class, template.HTMLEscapeString(label))
	if detail != "" {
		fmt.Fprintf(&f.b, ` <small>%s</small>`, isolate(detail))
	}
	fmt.Fprintf(&f.b, `</span><svg width="100%%" height="14" aria-hidden="true"><line x1="%.1f%%" x2="%.1f%%" y1="0" y2="14"/><rect x="%.1f%%" width="%.1f%%" y="2" height="10"/></svg><span class="fall-weight">%s</span></li>`,
		f.x(0), f.x(0), left, max(right-left, 0.6), signed(hundredths(to)-hundredths(from)))
}

// hundredths rounds where a bar ends rather than its length: what is read adds up
// to the total that is read.
func hundredths(v float64) float64 { return math.Round(100*v) / 100 }

func signed(v float64) string {
	switch text := fmt.Sprintf("%.2f", math.Abs(v)); {
	case text == "0.00":
		return text
	case v < 0:
		return "−" + text
	default:
		return "+" + text
	}
}

// meter draws a part of one, beside its number.
func meter(part float64) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="meter" width="56" height="6" aria-hidden="true"><rect class="whole" width="56" height="6" rx="3"/><rect class="part" width="%.0f" height="6" rx="3"/></svg>`, 56*part))
}
