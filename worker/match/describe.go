package match

import (
	"fmt"
	"strings"
)

func describeSymptoms(incident, ticket uint16) string {
	if both := incident & ticket; both != 0 {
		return "both speak of: " + symptomNames(both)
	}
	return "speaks of another failure: " + symptomNames(ticket)
}

func describeListed(weight float64) string {
	if weight > 0 {
		return "the customer is on the incident's list"
	}
	return "the customer is not on the incident's list"
}

func (c *Corpus) describeRegion(s *scene, t *candidate) string {
	for _, id := range t.row.marks {
		if name := c.names[id]; name[:1] == regionTerm {
			return fmt.Sprintf("customer in %s, incident in %s", name[1:], strings.ToLower(strings.Join(s.inc.Regions, ", ")))
		}
	}
	return ""
}

func (a association) describe() string {
	return fmt.Sprintf("%.0f of %.0f past links of %s with %s were confirmed", a.counts.Confirmed, a.counts.total(),
		spoken(a.ticket), spoken(a.incident))
}

// cutTrait splits "tag:payouts" in its kind and its text.
func cutTrait(trait string) (kind, text string) {
	kind, text, _ = strings.Cut(trait, ":")
	return kind, text
}

func spoken(trait string) string {
	kind, text := cutTrait(trait)
	return kind + " " + text
}

func (p Platt) describe() string {
	if p.Slope == 0 {
		return "as measured on labelled incidents"
	}
	return fmt.Sprintf("as learned from %d decisions", len(p.Scores))
}

func (r Rule) describe() string {
	word := "always"
	if r.Never {
		word = "never"
	}
	for _, f := range r.fields() {
		if f.value != "" {
			word += " " + f.name + " " + f.value
		}
	}
	return word
}

type ruleField struct{ name, value string }

func (r Rule) fields() []ruleField {
	return []ruleField{{"tag", r.Tag}, {"form", r.Form}, {"organization", r.Organization}, {"service", r.Service}}
}
