package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// span is a duration in words, to two units: "45 s", "12 min", "2 h 5 min", "3 days 4 h".
func span(d time.Duration) string {
	if d < 0 {
		return "−" + span(-d)
	}
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", math.Floor(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return two(int(d.Hours()), "h", int(d.Minutes())%60, "min")
	}
	return two(int(d.Hours())/24, "days", int(d.Hours())%24, "h")
}

func two(a int, unit string, b int, less string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, unit)
	}
	return fmt.Sprintf("%d %s %d %s", a, unit, b, less)
}

// seconds is a duration in words; "not known yet" for nil.
func seconds(s *float64) string {
	if s == nil {
		return "not known yet"
	}
	return span(time.Duration(*s * float64(time.Second)))
}

// count is a number with its noun: "1 ticket", "2,400 tickets".
func count[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "reply") {
		return thousands(int64(n)) + " " + strings.TrimSuffix(noun, "y") + "ies"
	}
	return thousands(int64(n)) + " " + noun + "s"
}

// thousands groups digits by three.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// nbsp keeps an amount and its currency on one line.
const nbsp = "\u00a0"

// money lists amounts by currency: "EUR 12,000 and USD 300".
func money(amounts map[string]float64) string {
	var parts []string
	for _, currency := range slices.Sorted(maps.Keys(amounts)) {
		parts = append(parts, currency+nbsp+thousands(int64(math.Round(amounts[currency]))))
	}
	return and(parts)
}

// and joins a list as people say it.
func and(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// shares lists counts by name, the largest first: "12 enterprise, 3 free".
func shares(counts map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return int(counts[b] - counts[a])
		}
		return strings.Compare(a, b)
	})
	var parts []string
	for _, name := range names {
		if counts[name] > 0 {
			parts = append(parts, thousands(counts[name])+" "+name)
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func percent(share *float64) string {
	if share == nil {
		return "nobody rated"
	}
	return fmt.Sprintf("%.0f %%", 100**share)
}

// day is a date in full, clock a time of day, moment both in short.
func day(t time.Time) string    { return t.UTC().Format("Monday 2 January 2006") }
func clock(t time.Time) string  { return t.UTC().Format("15:04") }
func moment(t time.Time) string { return t.UTC().Format("2 Jan 15:04") }

func sameDay(a, b time.Time) bool {
	return a.UTC().Truncate(24 * time.Hour).Equal(b.UTC().Truncate(24 * time.Hour))
}
