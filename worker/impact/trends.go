package impact

import (
	"cmp"
	"slices"
	"time"
)

// A Past is one incident of a span, with its impact.
type Past struct {
	Key, Title, Severity string
	Services             []string
	Started              time.Time
	Open                 time.Duration // in all its phases that ended
	Impact               Impact
}

// Trends compare incidents with one another.
type Trends struct {
	Months   []Month    `json:"months"`
	Services []Trend    `json:"services"`
	Repeated []Offender `json:"repeat_offenders"`
}

// A Month says how much of a month's tickets incidents caused. Share is
// IncidentTickets of Tickets, nil where no ticket is known.
type Month struct {
	Month           time.Time `json:"month"` // its first moment, UTC
	Incidents       int       `json:"incidents"`
	Tickets         int64     `json:"tickets"`
	IncidentTickets int64     `json:"incident_tickets"`
	Share           *float64  `json:"incident_share"`
}

// A Trend sums a month's incidents of one service and severity. An incident of
// several services counts for each, so services don't add up to months; a customer
// or ticket of two incidents counts for both.
type Trend struct {
	Service   string    `json:"service"` // "" for incidents that name none
	Severity  string    `json:"severity"`
	Month     time.Time `json:"month"`
	Incidents int       `json:"incidents"`
	Tickets   int64     `json:"linked_tickets"`
	Customers int64     `json:"customers"`
	// Excess is the sum of excess tickets.
	Excess float64 `json:"excess_tickets"`
	// CustomersFirst is how many incidents customers noticed before we did.
	CustomersFirst int `json:"customers_first"`
	// Hours is how long incidents were open in all, in the phases that ended.
	Hours float64 `json:"open_hours"`
}

// An Offender is a service with more than one incident in the span.
type Offender struct {
	Service   string   `json:"service"`
	Incidents []string `json:"incidents"` // keys, oldest first
	Tickets   int64    `json:"linked_tickets"`
	// BetweenDays is the mean time from one incident's start to the next, in days.
	BetweenDays float64 `json:"mean_days_between"`
}

func monthOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// TrendsOf sums incidents (in order of their start) by service, severity and
// month, and finds those services that fail again and again, the most incidents first.
func TrendsOf(all []Past, months []Month) Trends {
	t := Trends{Months: []Month{}, Services: []Trend{}, Repeated: []Offender{}}
	incidents := map[time.Time]int{}
	sums := map[[3]string]*Trend{}
	offenders := map[string][]Past{}
	for _, p := range all {
		incidents[monthOf(p.Started)]++
		for _, service := range orNone(p.Services) {
			key := [3]string{service, p.Severity, monthOf(p.Started).Format(time.RFC3339)}
			if sums[key] == nil {
				sums[key] = &Trend{Service: service, Severity: p.Severity, Month: monthOf(p.Started)}
			}
			sums[key].add(p)
			if service != "" {
				offenders[service] = append(offenders[service], p)
			}
		}
	}
	for _, s := range sums {
		t.Services = append(t.Services, *s)
	}
	slices.SortFunc(t.Services, func(a, b Trend) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Severity, b.Severity), a.Month.Compare(b.Month))
	})
	t.Repeated = repeated(offenders)
	for _, m := range months {
		m.Incidents = incidents[m.Month]
		if m.Tickets > 0 {
			share := min(float64(m.IncidentTickets)/float64(m.Tickets), 1)
			m.Share = &share
		}
		t.Months = append(t.Months, m)
	}
	return t
}

func orNone(services []string) []string {
	if len(services) == 0 {
		return []string{""}
	}
	return services
}

func (t *Trend) add(p Past) {
	t.Incidents++
	t.Tickets += p.Impact.Linked
	t.Customers += p.Impact.Customers
	t.Excess += p.Impact.Excess
	if lag := p.Impact.DetectionLag; lag != nil && *lag > 0 {
		t.CustomersFirst++
	}
	t.Hours += p.Open.Hours()
}

func repeated(byService map[string][]Past) []Offender {
	out := []Offender{}
	for service, all := range byService {
		if len(all) < 2 {
			continue
		}
		o := Offender{Service: service}
		for _, p := range all {
			o.Incidents = append(o.Incidents, p.Key)
			o.Tickets += p.Impact.Linked
		}
		o.BetweenDays = all[len(all)-1].Started.Sub(all[0].Started).Hours() / 24 / float64(len(all)-1)
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b Offender) int {
		return cmp.Or(cmp.Compare(len(b.Incidents), len(a.Incidents)), cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(a.Service, b.Service))
	})
	return out
}
