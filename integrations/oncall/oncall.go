// Package oncall reads who has duty from a calendar in iCalendar form (RFC
// 5545), as PagerDuty, Opsgenie, Grafana OnCall, Google and Outlook publish
// their schedules: an event is a duty, its title or attendee is who has it.
//
// go-ical reads the format and rrule-go expands what repeats. gocal does both,
// but expands the whole calendar for each question and cannot write one, which
// our own feed needs.
package oncall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"

	"github.com/ticketlink/ticketlink/integrations"
)

const maxCalendar = 8 << 20 // bytes

// A Calendar is where a schedule is kept.
type Calendar struct {
	address string // a file's path, or a URL, which often holds a secret
	http    *http.Client
}

// New takes a file's path or an http or https URL. It reads nothing.
func New(address string, transport http.RoundTripper) (*Calendar, error) {
	if strings.TrimSpace(address) == "" {
		return nil, errors.New("on-call calendar: no address: want a file's path or an https URL")
	}
	if remote(address) {
		if u, err := url.Parse(address); err != nil || u.Hostname() == "" {
			return nil, errors.New("on-call calendar: the URL cannot be read: want https://host/path")
		}
	}
	return &Calendar{address: address, http: &http.Client{Transport: transport, Timeout: time.Minute}}, nil
}

func remote(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// Fetch reads the calendar's text. Errors hold no part of its address.
func (c *Calendar) Fetch(ctx context.Context) (string, error) {
	if !remote(c.address) {
		raw, err := os.ReadFile(c.address)
		if err != nil {
			return "", fmt.Errorf("read the calendar's file: %w", err)
		}
		return string(raw), nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address, nil)
	if err != nil {
		return "", errors.New("fetch the calendar: the URL cannot be read")
	}
	req.Header.Set("Accept", "text/calendar")
	res, err := c.http.Do(req)
	if err != nil {
		return "", &integrations.Error{Op: "fetch the calendar", Kind: integrations.Temporary, Detail: reason(err)}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", &integrations.Error{Op: "fetch the calendar", Kind: integrations.KindOfStatus(res.StatusCode), Status: res.StatusCode}
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxCalendar+1))
	if err != nil || len(raw) > maxCalendar {
		return "", &integrations.Error{Op: "fetch the calendar", Kind: integrations.Temporary, Detail: "it broke off, or is longer than 8 MiB"}
	}
	return string(raw), nil
}

// reason drops the URL from an error.
func reason(err error) string {
	if errors.Is(err, integrations.ErrAddressRefused) {
		return integrations.ErrAddressRefused.Error()
	}
	if e, ok := errors.AsType[*url.Error](err); ok && e.Timeout() {
		return "no answer in time"
	}
	return "no connection"
}

// OnDuty returns who has duty at a moment: for each event then, in the order of
// its start, the attendees' addresses and names, then the title. Of an event
// that repeats, a moved or cancelled time counts as it is now. What has no
// readable time is left out. Times without a zone, or with one that is not
// IANA's, are taken for UTC.
func (c *Calendar) OnDuty(text string, at time.Time) ([]string, error) {
	calendar, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	var duties []duty
	moved := movedTimes(calendar.Events())
	for _, e := range calendar.Events() {
		if d, ok := dutyAt(e, at, moved); ok {
			duties = append(duties, d)
		}
	}
	slices.SortStableFunc(duties, func(a, b duty) int { return a.start.Compare(b.start) })
	var names []string
	for _, d := range duties {
		names = append(names, d.names...)
	}
	return names, nil
}

// decode reads a calendar. go-ical panics on a line that ends in a parameter
// without a value, which fuzzing found; a calendar comes from elsewhere and must
// not end the process.
func decode(text string) (calendar *ical.Calendar, err error) {
	defer func() {
		if recover() != nil {
			calendar, err = nil, errors.New("a line breaks off")
		}
	}()
	return ical.NewDecoder(strings.NewReader(text)).Decode()
}

type duty struct {
	start time.Time
	names []string
}

// movedTimes are the times of repeating events that have an event of their own,
// by UID.
func movedTimes(events []ical.Event) map[string][]time.Time {
	moved := map[string][]time.Time{}
	for _, e := range events {
		if t, ok := timeOf(e, ical.PropRecurrenceID); ok {
			uid, _ := e.Props.Text(ical.PropUID)
			moved[uid] = append(moved[uid], t)
		}
	}
	return moved
}

// dutyAt says whether an event, or one of its repetitions, covers the moment.
func dutyAt(e ical.Event, at time.Time, moved map[string][]time.Time) (duty, bool) {
	start, ok := timeOf(e, ical.PropDateTimeStart)
	status, _ := e.Props.Text(ical.PropStatus)
	if !ok || strings.EqualFold(status, string(ical.EventCancelled)) {
		return duty{}, false
	}
	length := lengthOf(e, start)
	for _, begin := range beginnings(e, start, at.Add(-length), at, moved) {
		if !at.Before(begin) && at.Before(begin.Add(length)) {
			return duty{begin, namesOf(e)}, true
		}
	}
	return duty{}, false
}

// beginnings are the times between from and to at which an event begins; none
// where its rule cannot be worked out: rrule-go panics on one that begins in the
// year 0, which fuzzing found.
func beginnings(e ical.Event, start, from, to time.Time, moved map[string][]time.Time) (begin []time.Time) {
	defer func() {
		if recover() != nil {
			begin = nil
		}
	}()
	set, err := e.RecurrenceSet(time.UTC)
	if err != nil || set == nil {
		return []time.Time{start}
	}
	uid, _ := e.Props.Text(ical.PropUID)
	return slices.DeleteFunc(set.Between(from, to, true), func(t time.Time) bool {
		return slices.ContainsFunc(moved[uid], t.Equal)
	})
}

// lengthOf is the event's length; a date alone is the whole day.
func lengthOf(e ical.Event, start time.Time) time.Duration {
	if end, ok := timeOf(e, ical.PropDateTimeEnd); ok {
		return end.Sub(start)
	}
	if p := e.Props.Get(ical.PropDuration); p != nil {
		if d, err := p.Duration(); err == nil {
			return d
		}
	}
	return 24 * time.Hour
}

// timeOf reads a time of an event. A zone's name that we do not know, as
// Outlook's are, must not hide the event.
func timeOf(e ical.Event, name string) (time.Time, bool) {
	p := e.Props.Get(name)
	if p == nil {
		return time.Time{}, false
	}
	if _, err := time.LoadLocation(p.Params.Get(ical.PropTimezoneID)); err != nil {
		p.Params.Del(ical.PropTimezoneID)
	}
	t, err := p.DateTime(time.UTC)
	return t, err == nil
}

func namesOf(e ical.Event) []string {
	var names []string
	for _, p := range e.Props.Values(ical.PropAttendee) {
		address := p.Value
		if len(address) > 7 && strings.EqualFold(address[:7], "mailto:") {
			address = address[7:]
		}
		names = append(names, address)
		if cn := p.Params.Get(ical.ParamCommonName); cn != "" {
			names = append(names, cn)
		}
	}
	if title, err := e.Props.Text(ical.PropSummary); err == nil && strings.TrimSpace(title) != "" {
		names = append(names, strings.TrimSpace(title))
	}
	return names
}
