package match

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
	return Policy{AutoLink: 0.9, Suggest: 0.25, AutoAllowed: true, IgnorePrefixes: []string{"incident_"}}
}
