package config

import (
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"regexp"
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

// A Span is a length of time that a follow-up is given: "4h" counts in business
// hours where there are some, "4h calendar" always, and "off" asks for nothing.
type Span struct {
	D        time.Duration
	Calendar bool
	Off      bool
}

// scalar is a type that one piece of text makes.
type scalar struct {
	name     string // in the reference
	expected string // in errors
	parse    func(string) (any, bool)
}

var scalars = map[reflect.Type]scalar{
	reflect.TypeFor[string]():        {"text", "text", func(s string) (any, bool) { return s, true }},
	reflect.TypeFor[Secret]():        {"secret", "text without line breaks or other control characters", parseSecret},
	reflect.TypeFor[bool]():          {"true or false", "true or false", parseBool},
	reflect.TypeFor[int]():           {"whole number", "a whole number", parseInt},
	reflect.TypeFor[float64]():       {"number", "a number", parseFloat},
	reflect.TypeFor[time.Duration](): {"duration", "a duration, for example 90s, 4h or 30d", parseDuration},
	reflect.TypeFor[time.Time]():     {"time", "a time, for example 2026-01-31T00:00:00Z", parseTime},
	reflect.TypeFor[ByteSize]():      {"size", "a size, for example 512KiB or 2MiB", parseByteSize},
	reflect.TypeFor[Span]():          {"span", "hours and minutes up to 8784h as in 1h30m, then calendar if business hours do not matter, or off", parseSpan},
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

// maxSpan is a year: more is a mistake.
const maxSpan = 366 * 24 * time.Hour

// parseSpan knows no days, because a business day has no fixed length.
func parseSpan(s string) (any, bool) {
	if s == "off" {
		return Span{Off: true}, true
	}
	length, calendar := strings.CutSuffix(s, " calendar")
	d, err := time.ParseDuration(length)
	return Span{D: d, Calendar: calendar}, err == nil && d >= 0 && d <= maxSpan
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
