package followup

import (
	"strings"
	"testing"
	"time"
)

func TestParseSpan(t *testing.T) {
	for s, want := range map[string]Span{
		"30m":           {D: 30 * time.Minute},
		"0s":            {},
		"1h30m":         {D: 90 * time.Minute},
		"4h calendar":   {D: 4 * time.Hour, Calendar: true},
		"  4h calendar": {D: 4 * time.Hour, Calendar: true},
		"off":           {Off: true},
		"8784h":         {D: maxSpan},
	} {
		if got, err := ParseSpan(s); err != nil || got != want {
			t.Errorf("%q is %+v (%v), want %+v", s, got, err, want)
		}
	}
	for s, want := range map[string]string{
		"":                 `"off"`,
		"2d":               "48h",
		"1h business":      "calendar",
		"1h calendar days": "calendar",
		"-1h":              "negative",
		"8784h1ns":         "at most",
		"off calendar":     "48h",
	} {
		if _, err := ParseSpan(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one that says %q", s, err, want)
		}
	}
}

func TestASpanIsReadBack(t *testing.T) {
	for _, s := range []Span{{}, {D: time.Hour}, {D: 90 * time.Second, Calendar: true}, {Off: true}} {
		if got, err := ParseSpan(s.String()); err != nil || got != s {
			t.Errorf("%+v is written %q and read %+v (%v)", s, s, got, err)
		}
	}
}

func TestASpanCountsInBusinessHoursUnlessItSaysCalendar(t *testing.T) {
	friday := when(t, "2026-03-06T17:30:00+01:00")
	if got, want := (Span{D: time.Hour}).After(friday, madrid(t)), when(t, "2026-03-09T09:30:00+01:00"); !got.Equal(want) {
		t.Errorf("1h ends %s, want %s", got, want)
	}
	if got := (Span{D: time.Hour, Calendar: true}).After(friday, madrid(t)); !got.Equal(friday.Add(time.Hour)) {
		t.Errorf("1h calendar ends %s", got)
	}
}

func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"1h", "0s calendar", "off", "2d", "9999999h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		span, err := ParseSpan(s)
		if err != nil {
			return
		}
		if again, err := ParseSpan(span.String()); err != nil || again != span {
			t.Errorf("%q: %+v is read back as %+v (%v)", s, span, again, err)
		}
	})
}
