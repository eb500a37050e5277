package web

import (
	"fmt"
	"html/template"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var funcs = template.FuncMap{
	"asset":   asset,
	"when":    when,
	"ago":     ago,
	"local":   local,
	"field":   Field,
	"percent": Percent,
	"count":   Count,
	"round":   func(f float64) string { return Count(int64(math.Round(f))) },
	"words":   func(l []string) string { return strings.Join(l, ", ") },
	"human":   func(s string) string { return strings.ReplaceAll(s, "_", " ") },
	"meter":   meter,
	"fall":    Waterfall,
	"isolate": isolate,
	"lists":   func() []string { return []string{"suggested", "linked", "rejected"} },
	"row":     func(now time.Time, v any) rowAt { return rowAt{Now: now, Row: v} },
	"pair":    func(name string, v any) rowAt { return rowAt{Name: name, Row: v} },
}

// rowAt hands a template two things.
type rowAt struct {
	Name string
	Now  time.Time
	Row  any
}

// at formats a time.Time or *time.Time in UTC; "" for none.
func at(t any, layout string) string {
	switch t := t.(type) {
	case time.Time:
		if !t.IsZero() {
			return t.UTC().Format(layout)
		}
	case *time.Time:
		if t != nil {
			return at(*t, layout)
		}
	}
	return ""
}

// Field is a moment in a browser's date and time field, in UTC.
func Field(t any) string { return at(t, "2006-01-02T15:04") }

// when is a moment in UTC, as a time element.
func when(t any) template.HTML {
	machine := at(t, time.RFC3339)
	if machine == "" {
		return ""
	}
	return template.HTML(`<time datetime="` + machine + `">` + at(t, "2 Jan 15:04") + `</time>`)
}

// local is a moment in a zone, which it names, with UTC beside the pointer.
func local(zone *time.Location, t any) template.HTML {
	machine := at(t, time.RFC3339)
	then, err := time.Parse(time.RFC3339, machine)
	if err != nil {
		return ""
	}
	return template.HTML(`<time datetime="` + machine + `" title="` + at(then, "2 Jan 15:04 UTC") + `">` + template.HTMLEscapeString(then.In(zone).Format("2 Jan 15:04 MST")) + `</time>`)
}

// ago is how long a moment is away, as a time element that the script keeps true.
func ago(now time.Time, t any) template.HTML {
	machine := at(t, time.RFC3339)
	if machine == "" {
		return ""
	}
	then, err := time.Parse(time.RFC3339, machine)
	if err != nil {
		return ""
	}
	return template.HTML(`<time datetime="` + machine + `" title="` + at(t, "2 Jan 2006 15:04:05 UTC") + `" data-ago>` + Away(then.Sub(now)) + `</time>`)
}

// Away words a distance in time: "in 5 min", "3 h ago", "just now". The script
// has the same rules.
func Away(d time.Duration) string {
	switch {
	case d.Abs() < time.Minute:
		return "just now"
	case d > 0:
		return "in " + lasting(d)
	}
	return lasting(-d) + " ago"
}

// lasting words a duration with its two largest units.
func lasting(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// Span words a number of seconds; a dash for nil.
func Span(seconds *float64) string {
	if seconds == nil {
		return "–"
	}
	d := time.Duration(*seconds * float64(time.Second))
	if d < 0 {
		return "−" + lasting(-d)
	}
	return lasting(d)
}

var quoted = regexp.MustCompile(`"[^"]*"`)

// isolate keeps words that are quoted to their own direction of writing: two
// Arabic ones in an English sentence would change places.
func isolate(text string) template.HTML {
	var b strings.Builder
	end := 0
	for _, q := range quoted.FindAllStringIndex(text, -1) {
		b.WriteString(template.HTMLEscapeString(text[end:q[0]]) + "<bdi>" + template.HTMLEscapeString(text[q[0]:q[1]]) + "</bdi>")
		end = q[1]
	}
	return template.HTML(b.String() + template.HTMLEscapeString(text[end:]))
}

// Percent says a probability, 0..1, in whole percent. What is only nearly sure or
// nearly ruled out is not rounded to it.
func Percent(p float64) string {
	switch {
	case p > 0.99 && p < 1:
		return "over 99 %"
	case p > 0 && p < 0.01:
		return "under 1 %"
	}
	return strconv.Itoa(int(math.Round(100*p))) + " %"
}

// Count groups thousands: 12,345.
func Count(n any) string {
	digits := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Money is amounts by currency, and the currency apart where there is one only.
func Money(amounts map[string]float64) (amount, currency string) {
	var parts []string
	for _, c := range slices.Sorted(maps.Keys(amounts)) {
		amount, currency = Count(int64(math.Round(amounts[c]))), c
		parts = append(parts, c+" "+amount)
	}
	switch len(parts) {
	case 0:
		return "–", ""
	case 1:
		return amount, currency
	}
	return strings.Join(parts, ", "), ""
}

// Tickets counts tickets: "1 ticket", "12 tickets".
func Tickets(n int) string {
	if n == 1 {
		return "1 ticket"
	}
	return Count(n) + " tickets"
}
