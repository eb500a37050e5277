package match

// seedTags is how rare a tag must be to mark a ticket's topic.
const seedShare = 0.15

// topicOf learns, from tickets of all times, which other words and tags go
// with the incident's own: tickets tagged `cards` speak of PINs. It lets an
// untagged ticket count, and one about something else count against.
func (c *Corpus) topicOf(s *scene) *lifts {
	l := c.newLifts()
	mean := c.meanWords()
	for _, r := range c.rows {
		if s.bag.seeds(c, r, mean) {
			l.add(r, 1)
		}
	}
	return l
}

func (b *bag) seeds(c *Corpus, r *row, mean float64) bool {
	for _, id := range r.tags {
		if b.tags[id] > 0 && c.share(id) < seedShare {
			return true
		}
	}
	return b.textWeight(r, mean) > 4
}
