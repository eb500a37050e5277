package integrations

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Text is a JSON value that senders write as a string, a number or a boolean.
// Anything else is "".
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = ""
	var s string
	switch {
	case json.Unmarshal(raw, &s) == nil:
		*t = Text(s)
	case len(raw) > 0 && bytes.IndexByte([]byte("-0123456789tf"), raw[0]) >= 0:
		*t = Text(raw)
	}
	return nil
}

// Subject is the text as a ticket's title: one trimmed, bounded text.
func (t Text) Subject() string { return strings.TrimSpace(CleanText(string(t), MaxSubject)) }

// Body is the text as somebody's words.
func (t Text) Body() string { return CleanText(string(t), MaxText) }

// Name is the text as a name.
func (t Text) Name() string { return strings.TrimSpace(CleanText(string(t), maxName)) }

// Enum is the text as one of a few words, in lower case; unknown ones are kept.
func (t Text) Enum() string { return strings.ToLower(strings.TrimSpace(CleanText(string(t), maxEnum))) }

// ID is the text as an id, "" where it is none: letters, digits, - and _ only,
// so that it can stand in a path. 0 means none.
func (t Text) ID() string {
	s := strings.TrimSpace(string(t))
	if s == "0" || len(s) > maxEnum || strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r != '-' && r != '_'
	}) {
		return ""
	}
	return s
}

// Code is the text as an error's code, "" where it could be prose about a person.
func (t Text) Code() string {
	if len(t) > maxEnum || strings.ContainsFunc(string(t), func(r rune) bool {
		return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r != '_' && r != '.'
	}) {
		return ""
	}
	return string(t)
}

const (
	maxEnum = 64 // bytes
	maxName = 500
)

// A Loose value is empty where its JSON has another form than expected.
type Loose[T any] struct{ Value T }

// UnmarshalJSON never fails.
func (l *Loose[T]) UnmarshalJSON(raw []byte) error {
	var value T
	if json.Unmarshal(raw, &value) == nil {
		l.Value = value
	}
	return nil
}

// Moment is a time that senders write in RFC 3339 (with or without the colon in
// its offset) or as a unix time in seconds, milliseconds, microseconds or
// nanoseconds. Anything else is the zero time: what a sender says of an
// incident is not refused for its clock.
type Moment struct{ time.Time }

// UnmarshalJSON never fails.
func (m *Moment) UnmarshalJSON(raw []byte) error {
	var text Text
	_ = text.UnmarshalJSON(raw) // never fails
	m.Time = ParseMoment(string(text))
	return nil
}

// ParseMoment reads a time in one of the forms of Moment, in UTC.
func ParseMoment(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02 15:04:05 MST"} {
		if t, err := time.Parse(layout, text); err == nil && t.UTC().Year() <= 9999 && t.UTC().Year() >= 1 { // as JSON can write it
			return t.UTC()
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 1 || n >= 1<<63 {
		return time.Time{}
	}
	// Seconds reach 1e11 in the year 5138; each finer unit is a thousand times more.
	scale := 1e9
	for limit := 1e11; n >= limit && scale > 1; limit *= 1000 {
		scale /= 1000
	}
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		seconds := whole / int64(1e9/scale)
		return time.Unix(seconds, (whole%int64(1e9/scale))*int64(scale)).UTC()
	}
	return time.UnixMicro(int64(n * scale / 1000)).UTC()
}
