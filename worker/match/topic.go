package match

import "slices"

// seedShare is how rare a tag must be to mark a ticket's topic, seedText how
// well its words must fit.
const (
	seedShare = 0.15
	seedText  = 4
)

// pseudoSeeds is how many tickets the incident's own words and tags count for.
const pseudoSeeds = 8

// topicOf learns, from tickets of all times, which other words and tags go
// with the incident's own: tickets tagged `cards` speak of PINs. It lets an
// untagged ticket count, and one about something else count against.
func (c *Corpus) topicOf(b *bag, tagScale float64) *lifts {
	l := c.newLifts()
	words, seedTags := make([]float32, len(c.names)), make([]bool, len(c.names))
	for id, w := range b.words {
		words[id] = float32(w)
	}
	for id, w := range b.tags {
		seedTags[id] = w > 0 && c.share(id) < seedShare
	}
	mean := c.meanWords()
	for _, r := range c.rows {
		if slices.ContainsFunc(r.tags, func(id uint32) bool { return seedTags[id] }) || textWeight(words, r, mean) > seedText {
			l.add(r, 1)
		}
	}
	for id := range b.tags {
		l.k[id] += float32(pseudoSeeds * tagScale)
	}
	for id := range b.words {
		l.k[id] += pseudoSeeds
	}
	l.n += pseudoSeeds
	l.close(c)
	return l
}
