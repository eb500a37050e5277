package followup

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func when(t testing.TB, s string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func hours(t testing.TB, s Schedule) *Hours {
	t.Helper()
	h, err := NewHours(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var weekdaysOnly = []string{"mon", "tue", "wed", "thu", "fri"}

func madrid(t testing.TB, holidays ...string) *Hours {
	return hours(t, Schedule{
		Timezone: "Europe/Madrid", Days: weekdaysOnly, From: "09:00", To: "18:00", Holidays: holidays,
	})
}

func TestOpenAtTheEdgesOfTheDay(t *testing.T) {
	h := madrid(t, "2026-03-04", "ES")
	for moment, want := range map[string]bool{
		"2026-03-02T09:00:00+01:00":           true,
		"2026-03-02T08:59:59.999999999+01:00": false,
		"2026-03-02T17:59:59.999999999+01:00": true,
		"2026-03-02T18:00:00+01:00":           false,
		"2026-03-01T12:00:00+01:00":           false, // Sunday
		"2026-03-04T12:00:00+01:00":           false, // a date of the list
		"2026-12-25T12:00:00+01:00":           false, // a holiday of the country
		"2026-12-24T12:00:00+01:00":           true,
		"2026-03-30T09:00:00+02:00":           true, // the first Monday of summer time
		"2026-03-30T08:59:00+02:00":           false,
	} {
		if got := h.Open(when(t, moment)); got != want {
			t.Errorf("open at %s: %v, want %v", moment, got, want)
		}
	}
}

// The fourth of July of 2026 is a Saturday, so the Friday before is off.
func TestAHolidayIsClosedOnTheDayItIsObserved(t *testing.T) {
	h := hours(t, Schedule{Timezone: "America/New_York", Days: weekdays, From: "09:00", To: "17:00", Holidays: []string{"us"}})
	for day, want := range map[string]bool{"2026-07-02": true, "2026-07-03": false, "2026-07-04": false, "2026-07-05": true} {
		if got := h.Open(when(t, day+"T12:00:00-04:00")); got != want {
			t.Errorf("open on %s: %v, want %v", day, got, want)
		}
	}
}

func TestAddSkipsWhatIsClosed(t *testing.T) {
	h := madrid(t, "ES")
	night := hours(t, Schedule{Timezone: "America/New_York", Days: []string{"fri", "sat"}, From: "22:00", To: "06:00"})
	lunch := hours(t, Schedule{Timezone: "UTC", Shifts: []Shift{
		{Days: []string{"mon"}, From: "09:00", To: "12:00"}, {Days: []string{"mon"}, From: "13:00", To: "17:00"},
	}})
	for _, c := range []struct {
		name string
		h    *Hours
		from string
		d    time.Duration
		want string
	}{
		{"within a day", h, "2026-03-02T10:00:00+01:00", time.Hour, "2026-03-02T11:00:00+01:00"},
		{"to the closing", h, "2026-03-02T17:00:00+01:00", time.Hour, "2026-03-02T18:00:00+01:00"},
		{"over night", h, "2026-03-02T17:30:00+01:00", time.Hour, "2026-03-03T09:30:00+01:00"},
		{"over the weekend and a change of the clock", h, "2026-03-27T17:00:00+01:00", 2 * time.Hour, "2026-03-30T10:00:00+02:00"},
		{"over Christmas", h, "2026-12-24T17:00:00+01:00", 2 * time.Hour, "2026-12-28T10:00:00+01:00"},
		{"from the middle of the night", h, "2026-03-02T03:00:00+01:00", 30 * time.Minute, "2026-03-02T09:30:00+01:00"},
		{"nothing stays where it is", h, "2026-03-02T03:00:00+01:00", 0, "2026-03-02T03:00:00+01:00"},
		{"always open", nil, "2026-03-01T03:00:00Z", time.Hour, "2026-03-01T04:00:00Z"},
		{"past midnight", night, "2026-03-06T23:00:00-05:00", 3 * time.Hour, "2026-03-07T02:00:00-05:00"},
		{"the night in which the clock is set forward is an hour shorter", night, "2026-03-07T22:00:00-05:00", 7 * time.Hour, "2026-03-08T06:00:00-04:00"},
		{"over lunch", lunch, "2026-03-02T11:30:00Z", time.Hour, "2026-03-02T13:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.h.Add(when(t, c.from), c.d); !got.Equal(when(t, c.want)) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestBetweenAndNext(t *testing.T) {
	h := madrid(t)
	friday, monday := when(t, "2026-03-27T17:00:00+01:00"), when(t, "2026-03-30T10:00:00+02:00")
	if got := h.Between(friday, monday); got != 2*time.Hour {
		t.Errorf("business time over the weekend is %s, want 2h", got)
	}
	if got := h.Between(monday, friday); got != 0 {
		t.Errorf("business time backwards is %s, want 0", got)
	}
	if got, want := h.Next(when(t, "2026-03-27T18:00:00+01:00")), when(t, "2026-03-30T09:00:00+02:00"); !got.Equal(want) {
		t.Errorf("next opening %s, want %s", got, want)
	}
}

func TestNewHoursSaysWhatToFix(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Schedule)
		want   string
	}{
		"no zone":             {func(s *Schedule) { s.Timezone = "" }, "Europe/Madrid"},
		"unknown zone":        {func(s *Schedule) { s.Timezone = "Mars/Base" }, "IANA"},
		"this machine's zone": {func(s *Schedule) { s.Timezone = "Local" }, "IANA"},
		"unknown day":         {func(s *Schedule) { s.Days = []string{"monday"} }, "mon, tue"},
		"no day":              {func(s *Schedule) { s.Days = nil }, "name the days"},
		"nothing at all":      {func(s *Schedule) { *s = Schedule{Timezone: "UTC"} }, "no day is ever open"},
		"bad time":            {func(s *Schedule) { s.From = "9 am" }, `"09:00"`},
		"no end":              {func(s *Schedule) { s.To = "" }, `to ""`},
		"empty day":           {func(s *Schedule) { s.To = "09:00" }, "00:00 to 24:00"},
		"from the day's end":  {func(s *Schedule) { s.From = "24:00" }, "no time at all"},
		"unknown country":     {func(s *Schedule) { s.Holidays = []string{"XX"} }, "ES"},
		"impossible date":     {func(s *Schedule) { s.Holidays = []string{"2026-02-30"} }, "2026-12-25"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Schedule{Timezone: "UTC", Days: weekdaysOnly, From: "09:00", To: "18:00"}
			c.change(&s)
			if _, err := NewHours(s); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

// zones change their clocks in both hemispheres, by half an hour (Lord Howe),
// at midnight (Beirut, Santiago), across a whole day (Apia, 2011), or never.
var zones = []string{
	"UTC", "Europe/Madrid", "America/New_York", "America/Santiago", "Australia/Sydney",
	"Australia/Lord_Howe", "Asia/Beirut", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Chatham",
}

// changes are moments near which those zones change their clocks.
var changes = []string{
	"2026-03-08T06:30:00Z", "2026-03-29T00:30:00Z", "2026-10-25T00:30:00Z", "2026-11-01T05:30:00Z",
	"2026-04-04T14:30:00Z", "2026-10-03T15:00:00Z", "2026-04-05T03:00:00Z", "2026-09-06T03:30:00Z",
	"2026-03-28T21:30:00Z", "2011-12-30T09:00:00Z", "2026-12-31T23:00:00Z",
}

// slowOpen is what business hours mean, word for word.
func slowOpen(s Schedule, zone *time.Location, t time.Time) bool {
	local := t.In(zone)
	today := strings.ToLower(local.Weekday().String()[:3])
	yesterday := weekdays[(int(local.Weekday())+6)%7]
	clock := local.Format("15:04")
	for _, holiday := range s.Holidays {
		if holiday == local.Format(time.DateOnly) {
			return false
		}
	}
	for _, sh := range s.Shifts {
		for _, d := range sh.Days {
			over := sh.To <= sh.From
			switch {
			case d == today && clock >= sh.From && (over || clock < sh.To),
				d == yesterday && over && clock < sh.To:
				return true
			}
		}
	}
	return false
}

func anySchedule(t *rapid.T, near time.Time) Schedule {
	clock := rapid.Custom(func(t *rapid.T) string {
		quarter := rapid.IntRange(0, 24*4-1).Draw(t, "quarter")
		return time.Time{}.Add(time.Duration(quarter) * 15 * time.Minute).Format("15:04")
	})
	s := Schedule{Timezone: rapid.SampledFrom(zones).Draw(t, "zone")}
	for range rapid.IntRange(1, 3).Draw(t, "shifts") {
		sh := Shift{From: clock.Draw(t, "from"), To: clock.Draw(t, "to")}
		sh.Days = rapid.SliceOfNDistinct(rapid.SampledFrom(weekdays), 1, 7, rapid.ID[string]).Draw(t, "days")
		if sh.From == sh.To {
			sh.From, sh.To = "00:00", "24:00"
		}
		s.Shifts = append(s.Shifts, sh)
	}
	for _, d := range rapid.SliceOfN(rapid.IntRange(-3, 3), 0, 3).Draw(t, "holidays") {
		s.Holidays = append(s.Holidays, near.AddDate(0, 0, d).Format(time.DateOnly))
	}
	return s
}

// TestHoursAgreeWithAMinuteByMinuteModel counts whole minutes: every change of
// a clock and every time of day in a schedule falls on one.
func TestHoursAgreeWithAMinuteByMinuteModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near, _ := time.Parse(time.RFC3339, rapid.SampledFrom(changes).Draw(t, "change"))
		s := anySchedule(t, near)
		h, err := NewHours(s)
		if err != nil {
			t.Fatal(err)
		}
		zone, _ := time.LoadLocation(s.Timezone)
		start := near.Add(time.Duration(rapid.IntRange(-2*24*60, 2*24*60).Draw(t, "start")) * time.Minute)
		length := rapid.IntRange(0, 3*24*60).Draw(t, "minutes")
		open, first := 0, time.Time{}
		for m := range length {
			minute := start.Add(time.Duration(m) * time.Minute)
			is := slowOpen(s, zone, minute)
			if got := h.Open(minute); m%7 == 0 && got != is {
				t.Fatalf("%v open at %s: %v, want %v", s, minute, got, is)
			}
			if is {
				open++
				if first.IsZero() {
					first = minute
				}
			}
		}
		end := start.Add(time.Duration(length) * time.Minute)
		if got := h.Between(start, end); got != time.Duration(open)*time.Minute {
			t.Fatalf("%v from %s to %s: %s, want %d minutes", s, start, end, got, open)
		}
		if got := h.Next(start); !first.IsZero() && !got.Equal(first) {
			t.Fatalf("%v next opening from %s is %s, want %s", s, start, got, first)
		}
	})
}

// Adding is the reverse of counting, at any fraction of a second.
func TestAddIsTheEarliestMomentWithThatMuchBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near, _ := time.Parse(time.RFC3339, rapid.SampledFrom(changes).Draw(t, "change"))
		h, err := NewHours(anySchedule(t, near))
		if err != nil {
			t.Fatal(err)
		}
		start := near.Add(time.Duration(rapid.Int64Range(-int64(48*time.Hour), int64(48*time.Hour)).Draw(t, "start")))
		d := time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(t, "d"))
		end := h.Add(start, d)
		if got := h.Between(start, end); got != d {
			t.Fatalf("added %s, counted %s", d, got)
		}
		if got := h.Between(start, end.Add(-1)); got >= d {
			t.Fatalf("a nanosecond before %s is already enough", end)
		}
	})
}

func FuzzNewHours(f *testing.F) {
	f.Add("Europe/Madrid", "mon", "09:00", "18:00", "ES")
	f.Add("UTC", "sun", "22:00", "00:00", "2026-12-25")
	f.Fuzz(func(t *testing.T, zone, day, from, to, holiday string) {
		h, err := NewHours(Schedule{Timezone: zone, Days: []string{day}, From: from, To: to, Holidays: []string{holiday}})
		if err != nil {
			return
		}
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		if got := h.Between(start, h.Add(start, time.Hour)); got != time.Hour {
			t.Errorf("an hour became %s", got)
		}
	})
}

// Quiet hours end when the clock says so, also in a night that has an hour
// twice; hours without an end are no reason to be silent.
func TestUntil(t *testing.T) {
	quiet, err := NewHours(Schedule{Timezone: "Europe/Madrid", From: "22:00", To: "07:00",
		Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}})
	if err != nil {
		t.Fatal(err)
	}
	always, err := NewHours(Schedule{Timezone: "Europe/Madrid", From: "00:00", To: "24:00",
		Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		hours    *Hours
		at, want string
	}{
		{"by day", quiet, "2026-03-02T21:59:00+01:00", "2026-03-02T21:59:00+01:00"},
		{"at their start", quiet, "2026-03-02T22:00:00+01:00", "2026-03-03T07:00:00+01:00"},
		{"at their end", quiet, "2026-03-03T07:00:00+01:00", "2026-03-03T07:00:00+01:00"},
		{"in the night of the summer", quiet, "2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"},
		{"in the night of the winter", quiet, "2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"},
		{"without an end", always, "2026-03-02T12:00:00+01:00", "2026-03-02T12:00:00+01:00"},
		{"without quiet hours", nil, "2026-03-02T23:00:00+01:00", "2026-03-02T23:00:00+01:00"},
	} {
		if got := c.hours.Until(when(t, c.at)); !got.Equal(when(t, c.want)) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
