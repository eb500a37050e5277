package offline

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/ticketlink/ticketlink/worker/match"
)

// maxMistakes bounds the list of the worst mistakes of each sort.
const maxMistakes = 5

// mistakes lists the most confident wrong links, the right ones suggested least
// confidently, and members that were not found.
func (j *judge) mistakes() []Mistake {
	sorted := slices.Clone(j.links)
	slices.SortStableFunc(sorted, func(a, b linkRecord) int { return cmp.Compare(b.Confidence, a.Confidence) })
	var wrong, weak []Mistake
	for _, l := range sorted {
		m := Mistake{TicketID: l.TicketID.Text, IncidentID: l.IncidentID.Text, Truth: j.truth[l.TicketID.Text], State: l.State,
			Confidence: l.Confidence, Subject: j.tickets[l.TicketID.Text].Subject, Evidence: l.Evidence}
		switch {
		case !j.right(l):
			wrong = append(wrong, m)
		case l.State == match.Suggested:
			weak = append(weak, m)
		}
	}
	slices.Reverse(weak)
	return slices.Concat(wrong[:min(len(wrong), maxMistakes)], weak[:min(len(weak), maxMistakes)], j.missed())
}

// missed are members that are neither linked to their incident nor suggested
// for it, one of each incident.
func (j *judge) missed() (out []Mistake) {
	found, told := map[string]bool{}, map[string]bool{}
	for _, l := range j.links {
		found[l.TicketID.Text] = found[l.TicketID.Text] || j.right(l)
	}
	for _, id := range slices.Sorted(maps.Keys(j.truth)) {
		incident := j.truth[id]
		if incident != "" && !found[id] && !told[incident] && len(out) < maxMistakes {
			told[incident] = true
			out = append(out, Mistake{TicketID: id, Truth: incident, Subject: j.tickets[id].Subject})
		}
	}
	return out
}

// kinds lists the kinds of evidence, first what tells right from wrong best.
func (j *judge) kinds(all Score) (out []Kind) {
	sums := map[string]*Kind{}
	right, wrong := float64(max(all.Right, 1)), float64(max(all.Links-all.Right, 1))
	for _, l := range j.links {
		for _, e := range l.Evidence {
			k := sums[e.Kind]
			if k == nil {
				k = &Kind{Kind: e.Kind}
				sums[e.Kind] = k
			}
			if j.right(l) {
				k.Right += e.Weight / right
			} else {
				k.Wrong += e.Weight / wrong
			}
		}
	}
	for _, k := range sums {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Right-b.Wrong), math.Abs(a.Right-a.Wrong)), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}
