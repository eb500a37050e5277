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
	fmt.Fprintf(w, "%-22s %.2f after the first ticket, %.2f after the fifth in an hour,\n", fmt.Sprintf("part within %.0f min", detectWithin.Minutes()), d.Within.First, d.Within.Fifth)
	fmt.Fprintf(w, "%-22s %.2f after the rise above usual; %.2f had 3 tickets by then\n", "", d.Within.Rise, d.Possible)
	fmt.Fprintf(w, "%-22s 10 %% %s, 25 %% %s, half %s, 75 %% %s, 90 %% %s\n", "minutes from the first", never(d.Delays.P10), never(d.Delays.P25),
		never(d.Delays.P50), never(d.Delays.P75), never(d.Delays.P90))
	ids := make([]string, len(d.Each))
	for k, e := range d.Each {
		ids[k] = e.ID
	}
	width := idWidth(ids)
	fmt.Fprintf(w, "\n%-*s %7s %9s %9s %9s %9s   (minutes from first ticket)\n", width, "incident", "members", "in 15 min", "the fifth", "the rise", "found")
	for _, e := range d.Each {
		fmt.Fprintf(w, "%-*s %7d %9d %9s %9s %9s\n", width, oneLine(e.ID, width), e.Members, e.InTime, never(e.Fifth), never(e.Rise), never(e.Found))
	}
}

// never words minutes; those of what did not happen are negative.
func never(minutes float64) string {
	if minutes < 0 {
		return "never"
	}
	return fmt.Sprintf("%.1f", minutes)
}
