package match

import (
	"slices"
	"strings"
)

// An Index finds the incidents that one new ticket could belong to, without
// looking at the others. It is immutable: build a new one when an incident
// changes (a millisecond for a thousand incidents) and swap the pointer.
type Index struct {
	key       Key
	incidents []indexed
	byTerm    map[string][]int32
}

type indexed struct {
	id   string
	from int64 // unix seconds of the window's begin
}

// maxWordIncidents is how many incidents may share a word before it stops
// being a way in: "error" would lead to all of them.
const maxWordIncidents = 10

// NewIndex indexes open incidents by tag, service, listed organization and the
// words of title and keywords.
func NewIndex(incidents []Incident, p Policy) *Index {
	x := &Index{key: p.Key, byTerm: map[string][]int32{}}
	for i, inc := range incidents {
		x.incidents = append(x.incidents, indexed{inc.ID, inc.start().Add(-p.Windows.Before).Unix()})
		for _, tag := range slices.Concat(inc.Tags, inc.Services) {
			x.add(tagTerm+foldTag(tag), int32(i))
		}
		for _, org := range inc.Organizations {
			x.add(orgTerm+org, int32(i))
		}
		for _, k := range inc.Keywords {
			if name, ok := unsaidName(k); ok {
				x.add(wordTerm+name, int32(i))
			}
		}
		terms, _ := wordTerms(inc.Title+"\n"+strings.Join(inc.Keywords, "\n"), "")
		for _, w := range terms {
			if commonWords[w] == 0 {
				x.add(wordTerm+p.Key.name(w), int32(i))
			}
		}
	}
	for term, list := range x.byTerm {
		if term[:1] == wordTerm && len(list) > maxWordIncidents {
			delete(x.byTerm, term)
		}
	}
	return x
}

func (x *Index) add(term string, i int32) {
	if list := x.byTerm[term]; len(list) == 0 || list[len(list)-1] != i {
		x.byTerm[term] = append(list, i)
	}
}

// Candidates returns the ids of the incidents that share a tag, organization or
// telling word with the ticket and whose window had begun when the customer
// last wrote.
// Tickets that share nothing are left to the incident's own next Match.
func (x *Index) Candidates(t Ticket) []string {
	var hits []int32
	for _, tag := range t.Tags {
		hits = append(hits, x.byTerm[tagTerm+foldTag(tag)]...)
	}
	if t.OrganizationID != "" {
		hits = append(hits, x.byTerm[orgTerm+t.OrganizationID]...)
	}
	terms, _ := x.key.names(t)
	for _, w := range terms {
		hits = append(hits, x.byTerm[wordTerm+w]...)
	}
	slices.Sort(hits)
	var ids []string
	for _, i := range slices.Compact(hits) {
		if x.incidents[i].from <= t.lastWritten().Unix() {
			ids = append(ids, x.incidents[i].id)
		}
	}
	return ids
}
