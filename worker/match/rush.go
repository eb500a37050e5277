package match

import "time"

// A Surge is a rise of similar tickets that no incident explains.
type Surge struct {
	Kind    string // "tag" or "word"
	Term    string // what the tickets share
	Onset   time.Time
	Tickets []string // ids, oldest first
	Usual   float64  // how many would have been usual
	LogOdds float64  // how surprising the rise is, in natural log-odds
}

// Surges returns the rises that are going on now and that none of the
// incidents explains, the most surprising first.
func (c *Corpus) Surges(incidents []Incident, p Policy, now time.Time) []Surge {
	return nil
}
