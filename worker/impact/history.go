package impact

import "time"

// A Standing is how many tickets were linked by a moment, and of how many
// customers and organizations.
type Standing struct {
	Tickets       int64 `json:"linked_tickets"`
	Customers     int64 `json:"customers"`
	Organizations int64 `json:"organizations"`
}

// A Snapshot is a Standing of a moment: as known then, or as corrected last.
type Snapshot struct {
	At time.Time
	Standing
}

// Arrivals are what came in one minute: linked tickets, and the customers and
// organizations that wrote for the first time.
type Arrivals struct {
	Minute                            time.Time
	Tickets, Customers, Organizations int64
}

// Corrections returns, for each snapshot that today's links disagree with, what
// they say of its moment: all that had come before the minute it stands for was
// over. Both lists are in order of time.
func Corrections(known []Snapshot, links []Arrivals) []Snapshot {
	var out []Snapshot
	var sum Standing
	for _, s := range known {
		for len(links) > 0 && !links[0].Minute.After(s.At) {
			sum.Tickets += links[0].Tickets
			sum.Customers += links[0].Customers
			sum.Organizations += links[0].Organizations
			links = links[1:]
		}
		if s.Standing != sum {
			out = append(out, Snapshot{s.At, sum})
		}
	}
	return out
}
