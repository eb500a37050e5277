package integrations

import (
	"cmp"
	"time"
)

// A Place is where a list of tickets by change time is read next, where pages
// have numbers: the time of the last ticket read, and how many full pages from
// there on were all of that time. Beginning each page at a time instead of
// counting on loses no ticket when one that was read moves to the list's end.
type Place struct {
	Since time.Time `json:"since"`
	Full  int       `json:"full,omitempty"`
	First string    `json:"first,omitempty"` // ticket of the page before, where Full counts it
}

// Page is the number of the page to read, from 1.
func (p *Place) Page() int { return p.Full + 1 }

// Advance moves the place behind a page: to the time of its newest ticket, or
// by one page where that time is not over. At the last page that the vendor
// serves (maxPages) the time is given up: better than to stand still. It says
// whether the list is at its end: so it is too where it has no pages and gives
// the same one again and again.
func (p *Place) Advance(tickets []Ticket, end bool, maxPages int) bool {
	last, first := p.Since, ""
	for _, t := range tickets {
		first = cmp.Or(first, t.ID)
		if t.UpdatedAt.After(last) {
			last = t.UpdatedAt
		}
	}
	end = end || p.Full > 0 && first != "" && first == p.First
	switch {
	case last.After(p.Since), end:
		*p = Place{Since: last}
	case p.Page() < maxPages:
		p.Full, p.First = p.Full+1, first
	default:
		*p = Place{Since: last.Add(2 * time.Second)}
	}
	return end
}
