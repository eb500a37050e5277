package offline

import (
	"slices"
	"strings"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// A plain tag rule links every ticket that shares a tag or service with an
// incident, from somewhat before its start to customers' usual delay after its
// end: what a trigger in the helpdesk could do, if it knew the start in time.
const (
	ruleBefore = 30 * time.Minute
	ruleAfter  = 2 * time.Hour
)

// tagRule scores the rule on the same tickets; nil where they are not known.
func (j *judge) tagRule(members int) *Score {
	if len(j.tickets) == 0 || len(j.known) == 0 {
		return nil
	}
	var s Score
	for id, truth := range j.truth {
		t := j.tickets[id]
		for _, inc := range j.known {
			if inRule(t, inc) {
				s.add(truth == inc.ID)
			}
		}
	}
	s.finish(members)
	return &s
}

func inRule(t ticketRecord, inc match.Incident) bool {
	if t.CreatedAt.Before(startOf(inc).Add(-ruleBefore)) || !inc.ResolvedAt.IsZero() && t.CreatedAt.After(inc.ResolvedAt.Add(ruleAfter)) {
		return false
	}
	ours := slices.Concat(inc.Tags, inc.Services)
	return slices.ContainsFunc(t.Tags, func(tag string) bool {
		return slices.ContainsFunc(ours, func(o string) bool { return plainTag(o) == plainTag(tag) })
	})
}

// plainTag is a tag as helpdesks write it.
func plainTag(s string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(s))
}
