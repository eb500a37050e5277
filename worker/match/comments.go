package match

import (
	"slices"
	"time"
)

// maxComments bounds how often one ticket is looked at anew: the latest count.
const maxComments = 10

// said is all that the customer wrote.
func (t Ticket) said() string {
	text := t.Subject + "\n" + t.Body
	for _, c := range t.Comments {
		text += "\n" + c.Text
	}
	return text
}

// lastWritten is when the customer last wrote.
func (t Ticket) lastWritten() time.Time {
	last := t.CreatedAt
	for _, c := range t.Comments {
		if c.At.After(last) {
			last = c.At
		}
	}
	return last
}

// putComments holds the ticket once more for each of its later comments, as of
// then and with its words. They are no tickets of their own: they say nothing of
// what is usual.
func (c *Corpus) putComments(t Ticket) {
	c.dropComments(t.ID)
	for _, said := range t.Comments[max(0, len(t.Comments)-maxComments):] {
		again := t
		again.CreatedAt, again.Body = said.At, t.Body+"\n"+said.Text
		r := c.features(again)
		r.later = true
		c.later = append(c.later, r)
		c.dirty = true
	}
}

func (c *Corpus) dropComments(id string) {
	if len(c.later) > 0 {
		c.later = slices.DeleteFunc(c.later, func(r *row) bool { return r.id == id })
	}
}

// addComments makes candidates of the comments written in the scene's window.
func (c *Corpus) addComments(s *scene, add func(r *row, place int)) {
	at := map[string][]int{} // candidates by ticket, of those with comments
	for k, r := range c.later {
		if s.from <= r.at && r.at <= s.to {
			at[r.id] = append(at[r.id], len(s.cands))
			add(r, len(c.rows)+k)
		}
	}
	if len(at) == 0 {
		return
	}
	for i, t := range s.cands[:s.own] {
		if at[t.row.id] != nil {
			at[t.row.id] = append(at[t.row.id], i)
		}
	}
	for _, t := range s.cands[s.own:] {
		if same := at[t.row.id]; len(same) > 1 {
			s.same = append(s.same, same)
			delete(at, t.row.id)
		}
	}
}

// keepBest lets each ticket count once: as it was written, or as of the comment
// that fits better.
func (s *scene) keepBest() {
	for _, same := range s.same {
		best := same[0]
		for _, i := range same {
			if s.cands[i].odds > s.cands[best].odds {
				best = i
			}
		}
		for _, i := range same {
			if s.cands[i].muted = i != best; s.cands[i].muted {
				s.cands[i].odds = 0
			}
		}
	}
}
