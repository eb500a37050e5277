package offline

import (
	"cmp"
	"errors"
	"math"
	"os"
	"slices"
	"time"
)

const (
	detectMembers = 20               // tickets of an incident that a surge must find
	detectWithin  = 15 * time.Minute // of the reference time
	detectHour    = time.Hour        // for the references that count tickets in a stretch
	detectFifth   = 5
)

// Detection says how soon surges tell of labelled incidents that nobody
// declares, minute by minute as the service looks for them.
//
// An alarm is a surge that is told: the same one found again is not another. It
// is false when more than half of the tickets it is raised with belong to no
// incident. An incident is found at the first minute at which at least half of
// the tickets of some alarm are its own. Incidents of fewer than 20 labelled
// tickets are not judged.
//
// Within holds the part of the judged incidents that were found at most 15
// minutes after a reference time:
//
//	first  the incident's first ticket. No detector reaches 1: some incidents
//	       have a single ticket by then
//	fifth  the first ticket that is the fifth of the incident's within an hour
//	rise   the first ticket at which the incident's tickets of the hour before,
//	       five at least, exceed two standard deviations (Poisson) of the hour's
//	       other tickets: from here on the total is above usual
//
// An incident without a reference time (tickets too sparse) counts as not found.
type Detection struct {
	Weeks        float64             `json:"weeks"` // from first to last ticket
	Alarms       int                 `json:"alarms"`
	False        int                 `json:"false_alarms"`
	FalsePerWeek float64             `json:"false_alarms_per_week"`
	Repeated     int                 `json:"repeated_alarms"` // of an incident that an alarm told of before
	Incidents    int                 `json:"incidents"`       // judged
	Found        int                 `json:"found"`           // at any time
	Within       Within              `json:"within_15_minutes"`
	Possible     float64             `json:"three_tickets_by_then"` // part of the incidents with three tickets 15 minutes after the first
	Delays       Quantiles           `json:"minutes_from_first"`
	Each         []IncidentDetection `json:"incidents_found"`
}

// Within holds a share for each reference time.
type Within struct {
	First float64 `json:"first_ticket"`
	Fifth float64 `json:"fifth_in_an_hour"`
	Rise  float64 `json:"rise_above_usual"`
}

// Quantiles are of minutes; infinite ones, of incidents never found, are -1.
type Quantiles struct {
	P10, P25, P50, P75, P90 float64
}

// An IncidentDetection is one judged incident's part. Minutes are from its first ticket; -1: never.
type IncidentDetection struct {
	ID      string  `json:"id"`
	Members int     `json:"members"`
	InTime  int     `json:"tickets_by_15_minutes"`
	Fifth   float64 `json:"fifth_minutes"`
	Rise    float64 `json:"rise_minutes"`
	Found   float64 `json:"found_minutes"`
}

// detection reads the alarms of a replay, where there are any. It needs the
// tickets' times.
func (j *judge) detection(path string) (*Detection, error) {
	if len(j.tickets) == 0 {
		return nil, nil
	}
	d := &Detection{}
	found := map[string]time.Time{}
	seen := 0
	err := eachLine(path, func(r alarmRecord) error {
		again := false
		for _, incident := range j.mostly(r.Tickets) {
			if _, before := found[incident]; !before {
				found[incident] = r.At.Time
			} else {
				again = true
			}
		}
		if r.Alarm > seen {
			if again {
				d.Repeated++
			}
			d.Alarms, seen = d.Alarms+1, r.Alarm
			if j.unlabelled(r.Tickets)*2 > len(r.Tickets) {
				d.False++
			}
		}
		return nil
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	d.judge(j.streams(), found)
	return d, err
}

// mostly names the incidents that have at least half of the tickets.
func (j *judge) mostly(tickets []ID) (out []string) {
	n := map[string]int{}
	for _, id := range tickets {
		n[j.truth[id.Text]]++
	}
	for id, k := range n {
		if id != "" && 2*k >= len(tickets) {
			out = append(out, id)
		}
	}
	return out
}

func (j *judge) unlabelled(tickets []ID) int {
	n := 0
	for _, id := range tickets {
		if j.truth[id.Text] == "" {
			n++
		}
	}
	return n
}

// streams lists the times of the tickets by incident, "" for none, in order.
func (j *judge) streams() map[string][]time.Time {
	out := map[string][]time.Time{}
	for id, incident := range j.truth {
		if at := j.tickets[id].CreatedAt; !at.IsZero() {
			out[incident] = append(out[incident], at.Time)
		}
	}
	for _, times := range out {
		slices.SortFunc(times, time.Time.Compare)
	}
	return out
}

// judge compares when the incidents were found with when their tickets came.
func (d *Detection) judge(streams map[string][]time.Time, found map[string]time.Time) {
	first, last := span(streams)
	d.Weeks = last.Sub(first).Hours() / (7 * 24)
	for id, times := range streams {
		if id != "" && len(times) >= detectMembers {
			d.add(id, times, streams[""], found[id])
		}
	}
	slices.SortFunc(d.Each, func(a, b IncidentDetection) int { return cmp.Compare(a.ID, b.ID) })
	d.finish()
}

// Pool puts the detections of several sets together.
func Pool(sets ...Detection) Detection {
	var d Detection
	for _, s := range sets {
		d.Weeks, d.Alarms, d.False, d.Repeated = d.Weeks+s.Weeks, d.Alarms+s.Alarms, d.False+s.False, d.Repeated+s.Repeated
		d.Each = append(d.Each, s.Each...)
	}
	d.finish()
	return d
}

func span(streams map[string][]time.Time) (first, last time.Time) {
	for _, times := range streams {
		if first.IsZero() || times[0].Before(first) {
			first = times[0]
		}
		last = latest(last, times[len(times)-1])
	}
	return first, last
}

func (d *Detection) add(id string, times, others []time.Time, found time.Time) {
	e := IncidentDetection{ID: id, Members: len(times), InTime: countBetween(times, times[0], times[0].Add(detectWithin)), Found: -1}
	minutes := func(t time.Time, ok bool) float64 {
		if !ok {
			return -1
		}
		return math.Round(10*t.Sub(times[0]).Minutes()) / 10
	}
	e.Found = minutes(found, !found.IsZero())
	e.Fifth = minutes(standsOut(times, nil))
	e.Rise = minutes(standsOut(times, others))
	d.Each = append(d.Each, e)
}

// standsOut returns the first ticket at which those of the hour before are five
// and above two standard deviations of the others.
func standsOut(times, others []time.Time) (time.Time, bool) {
	for _, t := range times {
		n := countBetween(times, t.Add(-detectHour), t)
		usual := countBetween(others, t.Add(-detectHour), t)
		if n >= detectFifth && float64(n) > 2*math.Sqrt(float64(usual)) {
			return t, true
		}
	}
	return time.Time{}, false
}

// countBetween counts times in [from, to] of a sorted list.
func countBetween(times []time.Time, from, to time.Time) int {
	lo, _ := slices.BinarySearchFunc(times, from, time.Time.Compare)
	hi, _ := slices.BinarySearchFunc(times, to.Add(1), time.Time.Compare)
	return hi - lo
}

func (d *Detection) finish() {
	d.Incidents = len(d.Each)
	n, limit := float64(max(d.Incidents, 1)), detectWithin.Minutes()
	var delays []float64
	in := func(found, from float64) float64 {
		if found < 0 || from < 0 || found-from > limit {
			return 0
		}
		return 1 / n
	}
	for _, e := range d.Each {
		d.Within.First += in(e.Found, 0)
		d.Within.Fifth += in(e.Found, e.Fifth)
		d.Within.Rise += in(e.Found, e.Rise)
		if e.InTime >= 3 {
			d.Possible += 1 / n
		}
		delay := math.Inf(1)
		if e.Found >= 0 {
			d.Found++
			delay = e.Found
		}
		delays = append(delays, delay)
	}
	if d.Weeks > 0 {
		d.FalsePerWeek = float64(d.False) / d.Weeks
	}
	slices.Sort(delays)
	d.Delays = Quantiles{quantile(delays, .1), quantile(delays, .25), quantile(delays, .5), quantile(delays, .75), quantile(delays, .9)}
}

// quantile is the smallest value that a part q of the sorted list does not exceed.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return -1
	}
	v := sorted[max(int(math.Ceil(q*float64(len(sorted))))-1, 0)]
	if math.IsInf(v, 1) {
		return -1
	}
	return v
}
