package followup

import (
	"fmt"
	"strings"
	"time"
)

// maxSpan bounds what a policy may ask for: a year of waiting is a mistake in
// the configuration.
const maxSpan = 366 * 24 * time.Hour

// A Span is a length of time that a policy names. It counts in business hours
// where the team has some, unless Calendar is set.
type Span struct {
	D        time.Duration
	Calendar bool // always clock time
	Off      bool // the policy asks for nothing
}

// ParseSpan reads "30m", "4h" or "1h30m" (business time where business hours
// are configured, clock time otherwise), "4h calendar" (always clock time) and
// "off". Days are not accepted: a business day has no fixed length.
func ParseSpan(s string) (Span, error) {
	words := strings.Fields(s)
	if len(words) == 1 && words[0] == "off" {
		return Span{Off: true}, nil
	}
	calendar := len(words) == 2 && words[1] == "calendar"
	if len(words) != 1 && !calendar {
		return Span{}, fmt.Errorf(`span %q: want a duration such as "30m", "4h calendar" or "off"`, s)
	}
	d, err := time.ParseDuration(words[0])
	switch {
	case err != nil:
		return Span{}, fmt.Errorf(`span %q: want hours, minutes and seconds such as "48h" or "1h30m", optionally followed by "calendar"`, s)
	case d < 0:
		return Span{}, fmt.Errorf("span %q: must not be negative", s)
	case d > maxSpan:
		return Span{}, fmt.Errorf("span %q: must be at most %s", s, maxSpan)
	}
	return Span{D: d, Calendar: calendar}, nil
}

// String returns the span in the form that ParseSpan reads.
func (s Span) String() string {
	switch {
	case s.Off:
		return "off"
	case s.Calendar:
		return s.D.String() + " calendar"
	}
	return s.D.String()
}

// After returns the moment when the span has passed since t.
func (s Span) After(t time.Time, h *Hours) time.Time {
	if s.Calendar {
		return t.Add(s.D)
	}
	return h.Add(t, s.D)
}
