package match

import (
	"slices"
	"strings"
)

// Join puts what was found now to the surges that were told before, for each is
// worth one message: all of them, those found now grown, new ones at the end;
// and the places of those found now.
func Join(told, found []Surge) (all []Surge, seen []int) {
	all = slices.Clone(told)
	for _, s := range found {
		k := slices.IndexFunc(all, func(old Surge) bool { return old.Again(s) })
		if k < 0 {
			k = len(all)
			all = append(all, s)
		} else {
			all[k] = all[k].grown(s)
		}
		seen = append(seen, k)
	}
	slices.Sort(seen)
	return all, slices.Compact(seen)
}

// Again says whether a surge found now is a known one: the same term whatever
// the symptom, another term of the same theme, or the same tickets.
func (s Surge) Again(now Surge) bool {
	if s.Theme != "" && s.Theme == now.Theme {
		return true
	}
	return s.sameTickets(now) || s.Kind == now.Kind && s.Term == now.Term && (s.Term != "" || s.Symptom == now.Symptom)
}

// sameTickets says whether two surges share half the tickets of the smaller, or
// a third of those that the newer could have; where all fail in the same way,
// any will do.
func (s Surge) sameTickets(now Surge) bool {
	held := s.held()
	both, touched := held.count(now.Tickets), held.count(now.touched)
	if s.Symptom != "" && s.Symptom == now.Symptom {
		return touched > 0
	}
	return both > 0 && 2*both >= min(len(s.Tickets), len(now.Tickets)) || touched > 1 && 3*touched >= len(now.touched)
}

type idSet map[string]bool

func (s Surge) held() idSet {
	held := idSet{}
	for _, id := range s.Tickets {
		held[id] = true
	}
	return held
}

func (held idSet) count(ids []string) (n int) {
	for _, id := range ids {
		if held[id] {
			n++
		}
	}
	return n
}

// grown is a known surge with what was found of it now: all its tickets so far,
// the new ones last.
func (s Surge) grown(now Surge) Surge {
	held := s.held()
	s.Tickets, s.Also = slices.Clone(s.Tickets), slices.Clone(s.Also)
	for _, id := range now.Tickets {
		if !held[id] {
			s.Tickets = append(s.Tickets, id)
		}
	}
	if what := now.what(); what != "" && what != s.what() && !slices.Contains(s.Also, what) {
		s.Also = append(s.Also, what)
	}
	s.Usual, s.LogOdds = max(s.Usual, now.Usual), max(s.LogOdds, now.LogOdds)
	return s
}

// what the tickets share, for people to read.
func (s Surge) what() string {
	if s.Unsaid() {
		return s.Symptom
	}
	return strings.TrimSpace(s.Term + " " + s.Symptom)
}
