package match

import (
	"fmt"
	"strings"
)

// Seen is what there has been so far of what rules may name: services of
// incidents; tags, forms and organizations of tickets.
type Seen map[string]bool

// Add notes a value of a kind: "service", "tag", "form" or "organization".
func (s Seen) Add(kind, value string) { s[seenAs(kind, value)] = true }

func seenAs(kind, value string) string {
	if kind == "service" || kind == "tag" {
		value = foldTag(value)
	}
	return kind + " " + value
}

// Seen is what the corpus's tickets and these incidents have.
func (c *Corpus) Seen(incidents []Incident) Seen {
	s := Seen{}
	kinds := map[string]string{tagTerm: "tag", formTerm: "form", orgTerm: "organization"}
	for _, name := range c.names {
		if kind := kinds[name[:1]]; kind != "" {
			s[kind+" "+name[1:]] = true
		}
	}
	for _, i := range incidents {
		for _, service := range i.Services {
			s.Add("service", service)
		}
	}
	return s
}

// Unmet says what the rule names and nothing has, "" for none: it is misspelt,
// perhaps.
func (r Rule) Unmet(seen Seen) string {
	var lacks []string
	for _, f := range r.fields() {
		if f.value != "" && !seen[seenAs(f.name, f.value)] {
			of := map[bool]string{true: "incident", false: "ticket"}[f.name == "service"]
			lacks = append(lacks, fmt.Sprintf("no %s has the %s %q", of, f.name, f.value))
		}
	}
	if len(lacks) == 0 {
		return ""
	}
	return "the rule \"" + r.describe() + "\" fits nothing: " + strings.Join(lacks, ", ")
}
