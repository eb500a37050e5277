package followup

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones are known in a container that has no zone files

	"github.com/rickar/cal/v2"
)

// A Schedule is business hours as the configuration has them.
type Schedule struct {
	Timezone string   // IANA name, e.g. "Europe/Madrid"
	Days     []string // mon, tue, wed, thu, fri, sat, sun
	From, To string   // wall clock, "09:00" to "18:00"; "24:00" is midnight; To before From goes past midnight
	Shifts   []Shift  // more opening times, for lunch breaks and short Saturdays
	// Holidays are closed from midnight to midnight: dates ("2026-12-24") and
	// countries or their parts ("ES", "DE-BY"), see Countries.
	Holidays []string
}

// A Shift is one opening time on some days.
type Shift struct {
	Days     []string
	From, To string
}

// NewHours checks a schedule. Its errors name the field and what to write there.
func NewHours(s Schedule) (*Hours, error) {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil || s.Timezone == "" || s.Timezone == "Local" {
		return nil, fmt.Errorf("business hours: timezone %q: want an IANA name such as Europe/Madrid", s.Timezone)
	}
	h := &Hours{zone: zone, dates: map[date]bool{}}
	shifts := s.Shifts
	if s.From != "" || s.To != "" || len(s.Days) > 0 {
		shifts = append([]Shift{{s.Days, s.From, s.To}}, shifts...)
	}
	for _, sh := range shifts {
		if err := h.open(sh); err != nil {
			return nil, fmt.Errorf("business hours: %w", err)
		}
	}
	for _, name := range s.Holidays {
		if err := h.close(name); err != nil {
			return nil, fmt.Errorf("business hours: %w", err)
		}
	}
	if err := h.tidy(); err != nil {
		return nil, fmt.Errorf("business hours: %w", err)
	}
	return h, nil
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (h *Hours) open(s Shift) error {
	from, err := clock("from", s.From)
	if err != nil {
		return err
	}
	to, err := clock("to", s.To)
	if err != nil {
		return err
	}
	if from == to || from == day {
		return fmt.Errorf("from %q to %q is no time at all: for a whole day write 00:00 to 24:00", s.From, s.To)
	}
	if len(s.Days) == 0 {
		return fmt.Errorf("from %q to %q: name the days, such as [mon, tue]", s.From, s.To)
	}
	for _, name := range s.Days {
		d := slices.Index(weekdays, strings.ToLower(name))
		if d < 0 {
			return fmt.Errorf("day %q: want one of mon, tue, wed, thu, fri, sat, sun", name)
		}
		if from < to {
			h.week[d] = append(h.week[d], shift{from, to})
			continue
		}
		h.week[d] = append(h.week[d], shift{from, day})
		h.week[(d+1)%7] = append(h.week[(d+1)%7], shift{0, to})
	}
	return nil
}

func (h *Hours) close(name string) error {
	if d, err := time.Parse(time.DateOnly, name); err == nil {
		h.dates[date{d.Year(), d.Month(), d.Day()}] = true
		return nil
	}
	holidays, ok := countries[strings.ToUpper(name)]
	if !ok {
		return fmt.Errorf("holiday %q: want a date such as 2026-12-25 or one of the countries %s",
			name, strings.Join(Countries(), " "))
	}
	h.countries = append(h.countries, &cal.Calendar{Holidays: holidays})
	return nil
}

// tidy sorts each day's shifts and joins those that touch or overlap, so that
// no minute counts twice. It refuses a week that never opens.
func (h *Hours) tidy() error {
	never := true
	for d, shifts := range h.week {
		slices.SortFunc(shifts, func(a, b shift) int { return int(a.from - b.from) })
		var joined []shift
		for _, s := range shifts {
			if s.from == s.to {
				continue // the second half of a shift that ends at midnight
			}
			if n := len(joined); n > 0 && s.from <= joined[n-1].to {
				joined[n-1].to = max(joined[n-1].to, s.to)
				continue
			}
			joined = append(joined, s)
		}
		h.week[d] = joined
		never = never && len(joined) == 0
	}
	if never {
		return errors.New("no day is ever open: name days such as [mon, tue] with from and to, or leave business_hours out")
	}
	return nil
}

// clock reads "09:00" as the time since midnight; "24:00" is the day's end.
func clock(field, s string) (time.Duration, error) {
	if s == "24:00" {
		return day, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf(`%s %q: want a time of day such as "09:00", in quotes`, field, s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}
