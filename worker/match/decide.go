package match

import (
	"cmp"
	"slices"
	"strings"
)

// A link below this is not worth explaining in full.
const faint = 0.05

// links decides about every candidate of the scene.
func (c *Corpus) links(s *scene, q Query) []Link {
	var out []Link
	for i := range s.cands {
		t := &s.cands[i]
		previous := q.Previous[Pair{t.row.id, s.inc.ID}]
		if t.muted || t.pinned != "" || t.p < faint && previous == "" {
			continue
		}
		if l, ok := c.settleLink(s, t, c.link(s, t, q.Model), q); ok {
			out = append(out, l)
		}
	}
	c.capRush(s, out, q.Previous)
	slices.SortFunc(out, func(a, b Link) int { return strings.Compare(a.TicketID, b.TicketID) })
	return out
}

// settleLink is Settle, after the rules and after the ticket's better incident.
// A rule is a person's word: it holds in a careful start too.
func (c *Corpus) settleLink(s *scene, t *candidate, l Link, q Query) (Link, bool) {
	if t.rule != nil {
		l.State = Auto
		return l, !t.rule.Never
	}
	settled, ok := Settle(q.Previous[Pair{t.row.id, s.inc.ID}], l, q.Policy)
	if ok && settled.State == Auto && t.second {
		settled.State = Suggested
		settled.Evidence = append(settled.Evidence, Evidence{"competition", "another incident fits better: only suggested", 0})
	}
	return settled, ok
}

// capRush makes suggestions of the weakest automatic links where there are
// more of them than the hours brought tickets above what is usual: in a rush
// that has nothing to do with the incident, likeness alone would link it all.
// The limit moves with every hour; what was linked before stays within keepRush.
func (c *Corpus) capRush(s *scene, links []Link, previous map[Pair]State) {
	if limit, known := c.excess(s); known {
		capAuto(links, limit, previous)
	}
}

func capAuto(links []Link, limit int, previous map[Pair]State) {
	var auto []*Link
	for i := range links {
		if links[i].State == Auto {
			auto = append(auto, &links[i])
		}
	}
	slices.SortFunc(auto, func(a, b *Link) int {
		return cmp.Or(cmp.Compare(b.LogOdds, a.LogOdds), strings.Compare(a.TicketID, b.TicketID))
	})
	for n, l := range auto[min(limit, len(auto)):] {
		if slices.ContainsFunc(l.Evidence, func(e Evidence) bool { return e.Kind == "rule" }) {
			continue
		}
		if previous[Pair{l.TicketID, l.IncidentID}] == Auto && float64(limit+n) < keepRush*float64(limit) {
			continue
		}
		l.State = Suggested
		l.Evidence = append(l.Evidence, Evidence{"surge", "more links than tickets above usual: only suggested", 0})
	}
}

// rule returns the first rule that fits the pair, nil for none.
func (c *Corpus) rule(rules []Rule, inc Incident, r *row) *Rule {
	for i := range rules {
		if c.fits(rules[i], inc, r) {
			return &rules[i]
		}
	}
	return nil
}

func (c *Corpus) fits(rule Rule, inc Incident, r *row) bool {
	if rule.Tag+rule.Form+rule.Organization+rule.Service == "" {
		return false
	}
	if rule.Service != "" && !slices.ContainsFunc(inc.Services, func(s string) bool { return foldTag(s) == foldTag(rule.Service) }) {
		return false
	}
	return c.holds(r.tags, tagTerm, foldTag(rule.Tag)) &&
		c.holds(r.marks, formTerm, rule.Form) &&
		c.holds(r.marks, orgTerm, rule.Organization)
}

// holds says whether the term is among the ids; an empty one always is.
func (c *Corpus) holds(ids []uint32, kind, text string) bool {
	if text == "" {
		return true
	}
	id, ok := c.find(kind, text)
	return ok && slices.Contains(ids, id)
}
