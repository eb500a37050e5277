package config

import (
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A Secret is text that no log line, error or dump shows. Reveal gives it to
// the one place that needs it.
type Secret string

const hidden = "[secret]"

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string               { return hidden }
func (s Secret) GoString() string             { return hidden }
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }

// A ByteSize is a number of bytes.
type ByteSize int64

// A ClockTime is a time of day, counted from midnight; at most 24h.
type ClockTime time.Duration

// scalar is a type that one piece of text makes.
type scalar struct {
	name     string // in the reference
	expected string // in errors
	parse    func(string) (any, bool)
}

var scalars = map[reflect.Type]scalar{
	reflect.TypeFor[string]():         {"text", "text", func(s string) (any, bool) { return s, true }},
	reflect.TypeFor[Secret]():         {"secret", "text without line breaks or other control characters", parseSecret},
	reflect.TypeFor[bool]():           {"true or false", "true or false", parseBool},
	reflect.TypeFor[int]():            {"whole number", "a whole number", parseInt},
	reflect.TypeFor[float64]():        {"number", "a number", parseFloat},
	reflect.TypeFor[time.Duration]():  {"duration", "a duration, for example 90s, 4h or 30d", parseDuration},
	reflect.TypeFor[time.Time]():      {"time", "a time, for example 2026-01-31T00:00:00Z", parseTime},
	reflect.TypeFor[ByteSize]():       {"size", "a size, for example 512KiB or 2MiB", parseByteSize},
	reflect.TypeFor[ClockTime]():      {"time of day", "a time of day from 00:00 to 24:00 in quotes", parseClockTime},
	reflect.TypeFor[time.Weekday]():   {"weekday", "mon, tue, wed, thu, fri, sat or sun", parseWeekday},
	reflect.TypeFor[*time.Location](): {"time zone", "a time zone's IANA name, for example Europe/Madrid", parseLocation},
}

func parseSecret(s string) (any, bool) {
	return Secret(s), !strings.ContainsFunc(s, unicode.IsControl)
}

func parseBool(s string) (any, bool) { return s == "true", s == "true" || s == "false" }

func parseInt(s string) (any, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func parseFloat(s string) (any, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

var dayPart = regexp.MustCompile(`^(\d{1,5})d`)

// parseDuration reads what time.ParseDuration does, with whole days (24 hours
// each) allowed in front.
func parseDuration(s string) (any, bool) {
	days := time.Duration(0)
	if m := dayPart.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		days, s = time.Duration(n)*24*time.Hour, s[len(m[0]):]
		if s == "" {
			return days, true
		}
	}
	d, err := time.ParseDuration(s)
	return days + d, err == nil
}

func parseTime(s string) (any, bool) {
	t, err := time.Parse(time.RFC3339, s)
	return t.UTC(), err == nil
}

func parseByteSize(s string) (any, bool) {
	unit := int64(1)
	for suffix, u := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if number, found := strings.CutSuffix(s, suffix); found {
			s, unit = number, u
			break
		}
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return ByteSize(n * unit), err == nil
}

func parseClockTime(s string) (any, bool) {
	if s == "24:00" {
		return ClockTime(24 * time.Hour), true
	}
	t, err := time.Parse("15:04", s)
	return ClockTime(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), err == nil
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseWeekday(s string) (any, bool) {
	i := slices.Index(weekdays, s)
	return time.Weekday(i), i >= 0
}

// parseLocation refuses "" and "Local", whose meaning depends on the machine.
func parseLocation(s string) (any, bool) {
	loc, err := time.LoadLocation(s)
	return loc, err == nil && s != "" && s != "Local"
}

func (b ByteSize) String() string {
	switch {
	case b >= 1<<20 && b%(1<<20) == 0:
		return fmt.Sprintf("%dMiB", b>>20)
	case b >= 1<<10 && b%(1<<10) == 0:
		return fmt.Sprintf("%dKiB", b>>10)
	}
	return strconv.FormatInt(int64(b), 10)
}
