package match

import (
	"slices"
	"strings"
	"time"
)

// A Policy is what the operator wants: thresholds and rules.
type Policy struct {
	AutoLink    float64 // confidence from which a ticket is linked without asking
	Suggest     float64 // confidence from which it is suggested
	AutoAllowed bool    // false while a new installation starts careful
	// IgnoreTags and tags that begin with one of IgnorePrefixes are no evidence.
	// The tags that we write back ourselves must be among them.
	IgnoreTags     []string
	IgnorePrefixes []string
	Rules          []Rule
	Windows        Windows
	Weights        Weights
	Key            Key // tickets' words are known by their hashes under it; empty: by themselves
}

// Telling leaves out the tags that are no evidence.
func (p Policy) Telling(tags []string) []string {
	f := newTagFilter(p)
	return slices.DeleteFunc(slices.Clone(tags), f.drops)
}

// A tagFilter knows the tags that are no evidence.
type tagFilter struct {
	tags     map[string]bool
	prefixes []string
}

func newTagFilter(p Policy) tagFilter {
	f := tagFilter{tags: map[string]bool{}}
	for _, t := range p.IgnoreTags {
		f.tags[strings.ToLower(t)] = true
	}
	for _, t := range p.IgnorePrefixes {
		f.prefixes = append(f.prefixes, strings.ToLower(t))
	}
	return f
}

func (f tagFilter) drops(tag string) bool {
	tag = strings.ToLower(tag)
	return f.tags[tag] || slices.ContainsFunc(f.prefixes, func(p string) bool { return strings.HasPrefix(tag, p) })
}

// Windows are how far from an incident a ticket may have come.
type Windows struct {
	Before time.Duration // its start
	After  time.Duration // its end
}

// Weights are factors by kind of evidence (see WeighedKinds). A kind that is
// not named counts as it is.
type Weights map[string]float64

func (w Weights) of(kind string) float64 {
	if f, ok := w[kind]; ok {
		return f
	}
	return 1
}

// WeighedKinds are the kinds of evidence that Weights may name: those that are
// observed. The others follow from them.
func WeighedKinds() []string {
	return []string{"history", "organization", "region", "similar", "surge", "symptom", "tag", "text", "time", "topic"}
}

// A Rule overrides the arithmetic for the tickets and incidents it fits. Every
// field that is set must fit; a rule with none fits nothing.
type Rule struct {
	Never        bool // false: always
	Tag          string
	Form         string
	Organization string
	Service      string // of the incident
}

// DefaultPolicy is the contract's: link from 0.9, suggest from 0.25.
func DefaultPolicy() Policy {
	return Policy{AutoLink: 0.9, Suggest: 0.25, AutoAllowed: true, IgnorePrefixes: []string{"incident_"}, Windows: usualWindows}
}
