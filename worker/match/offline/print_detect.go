package offline

import (
	"fmt"
	"io"
)

// print writes how soon surges told of the incidents.
func (d Detection) print(w io.Writer) {
	fmt.Fprintf(w, "\nsurges, if nobody had declared: %d alarms in %.1f weeks\n", d.Alarms, d.Weeks)
	fmt.Fprintf(w, "%-22s %d (%.2f a week); %d told of an incident again\n", "false alarms", d.False, d.FalsePerWeek, d.Repeated)
	if d.Incidents == 0 {
		return
	}
	fmt.Fprintf(w, "%-22s %d of %d with at least %d tickets\n", "incidents found", d.Found, d.Incidents, detectMembers)
	fmt.Fprintf(w, "%-22s of the first ticket %.2f, of the fifth in an hour %.2f,\n", fmt.Sprintf("part within %.0f min", detectWithin.Minutes()), d.Within.First, d.Within.Fifth)
	fmt.Fprintf(w, "%-22s of the rise above usual %.2f; 3 tickets by then %.2f\n", "", d.Within.Rise, d.Possible)
	fmt.Fprintf(w, "%-22s 10 %% %s, half %s, 90 %% %s\n", "minutes from the first", never(d.Delays.P10), never(d.Delays.P50), never(d.Delays.P90))
	ids := make([]string, len(d.Each))
	for k, e := range d.Each {
		ids[k] = e.ID
	}
	width := idWidth(ids)
	fmt.Fprintf(w, "\n%-*s %7s %9s %6s %6s %6s   (minutes from the first)\n", width, "incident", "members", "in 15 min", "fifth", "rise", "found")
	for _, e := range d.Each {
		fmt.Fprintf(w, "%-*s %7d %9d %6s %6s %6s\n", width, oneLine(e.ID, width), e.Members, e.InTime, never(e.Fifth), never(e.Rise), never(e.Found))
	}
}

// never words minutes; those of what did not happen are negative.
func never(minutes float64) string {
	if minutes < 0 {
		return "never"
	}
	return fmt.Sprintf("%.1f", minutes)
}
