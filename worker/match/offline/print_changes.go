package offline

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/ticketlink/ticketlink/worker/match"
)

// So many changes are shown, and of one incident.
const shownChanges, shownOfOne = 10, 2

// print writes what a change of rules would change.
func (c *Changes) print(w io.Writer) {
	fmt.Fprintf(w, "\nbeside the earlier links: %d pairs as before, %d changed\n", c.Same, len(c.Pairs))
	if len(c.Pairs) == 0 {
		return
	}
	ids := make([]string, len(c.Incidents))
	for k, i := range c.Incidents {
		ids[k] = i.ID
	}
	width := idWidth(ids)
	fmt.Fprintf(w, "%-*s %9s %11s %10s %12s\n", width, "incident", "linked", "not linked", "suggested", "not any more")
	for _, i := range c.Incidents {
		fmt.Fprintf(w, "%-*s %+9d %+11d %+10d %+12d\n", width, oneLine(i.ID, width), i.Linked, -i.NotLinked, i.Suggested, -i.Dropped)
	}
	fmt.Fprintf(w, "\nthe largest changes, at most %d of an incident\n", shownOfOne)
	for _, p := range c.largest() {
		fmt.Fprintf(w, "ticket %s with %s: %s, now %s\n", oneLine(p.TicketID, 20), oneLine(p.IncidentID, 20), p.Before.standing(), p.After.standing())
		for _, line := range p.reasons() {
			fmt.Fprintf(w, "    %s\n", oneLine(line, columns-4))
		}
	}
}

func (c *Changes) largest() (out []Change) {
	shown := map[string]int{}
	for _, p := range c.Pairs {
		if shown[p.IncidentID] < shownOfOne && len(out) < shownChanges {
			shown[p.IncidentID]++
			out = append(out, p)
		}
	}
	return out
}

// reasons say which kinds of evidence changed; of a link that is new, what
// weighs most.
func (c Change) reasons() (lines []string) {
	for _, k := range c.kinds() {
		lines = append(lines, fmt.Sprintf("%+6.2f, now %+6.2f  %s", k.before, k.after, k.kind))
	}
	if c.Before.State == "" && len(c.After.Evidence) > 0 {
		top := slices.MaxFunc(c.After.Evidence, func(a, b match.Evidence) int {
			return cmp.Compare(math.Abs(a.Weight), math.Abs(b.Weight))
		})
		lines = append(lines, fmt.Sprintf("%+6.2f %-12s %s", top.Weight, top.Kind, top.Detail))
	}
	return lines
}
