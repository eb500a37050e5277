package match

import (
	"math"
	"slices"
)

// A term has a tag as its theme where its tickets carry that tag this many times
// as often as all do, and at least this share of them.
const (
	themeLift    = 8
	themeShare   = 0.08
	themeTickets = 4      // that hold both
	themeRows    = 20_000 // latest tickets looked at
	themeEvery   = 24 * 3600
)

// themes say which tag a term goes with: tickets about an "attachment", and
// those tagged `upload`, are mostly tagged `storage`. What an incident's tickets
// share is then one theme, however each of them was worded and tagged.
type themes struct {
	of    map[uint32]uint32  // by term: the tag of its theme, which has itself
	count map[surgeKey]int32 // tickets of the theme, key.theme set
	rows  int                // counted
	until int64              // none of them younger
}

// themesAt learns the themes of the tickets before the moment, anew once a day.
func (c *Corpus) themesAt(now int64) *themes {
	if t := c.themes; t != nil && t.until <= now && now-t.until < themeEvery {
		return t
	}
	hi := c.from(now)
	rows := c.rows[max(0, hi-themeRows):hi]
	t := &themes{of: c.themesOf(rows), count: map[surgeKey]int32{}, rows: len(rows), until: now}
	for _, r := range rows {
		for _, k := range t.keys(r) {
			t.count[k]++
		}
	}
	c.themes = t
	return t
}

// themesOf finds the tag that says most about each term.
func (c *Corpus) themesOf(rows []*row) map[uint32]uint32 {
	alone, both := c.pairs(rows)
	type best struct {
		tag   uint32
		score float64
	}
	found := map[uint32]best{}
	for pair, n := range both {
		tag, term := uint32(pair>>32), uint32(pair)
		share := float64(n) / float64(alone[term])
		lift := share * float64(len(rows)) / float64(alone[tag])
		if n < themeTickets || share < themeShare || lift < themeLift || c.isTag(term) && alone[term] >= alone[tag] {
			continue
		}
		b, score := found[term], float64(n)*math.Log(lift)
		if score > b.score || score == b.score && tag < b.tag {
			found[term] = best{tag, score}
		}
	}
	of := make(map[uint32]uint32, 2*len(found))
	for term, b := range found {
		root := b.tag
		for up, ok := found[root]; ok; up, ok = found[root] { // ends: each tag is rarer than its own
			root = up.tag
		}
		of[term], of[root] = root, root
	}
	return of
}

// pairs counts the rows that hold an uncommon term, and a tag beside it.
func (c *Corpus) pairs(rows []*row) (alone []int32, both map[uint64]int32) {
	alone, both = make([]int32, len(c.names)), map[uint64]int32{}
	for _, r := range rows {
		for _, id := range slices.Concat(r.tags, r.words) {
			alone[id]++
		}
		for _, tag := range r.tags {
			if c.share(tag) > surgeShare || c.df[tag] < themeTickets {
				continue
			}
			for _, id := range slices.Concat(r.tags, r.words) {
				if id != tag && c.df[id] >= themeTickets && c.share(id) <= surgeShare {
					both[uint64(tag)<<32|uint64(id)]++
				}
			}
		}
	}
	return alone, both
}

// keys are the row's themes, alone and with its symptoms.
func (t *themes) keys(r *row) []surgeKey {
	var tags []uint32
	for _, id := range slices.Concat(r.tags, r.words) {
		if tag, ok := t.of[id]; ok {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	var keys []surgeKey
	symptoms := r.symptoms()
	for _, tag := range slices.Compact(tags) {
		k := surgeKey{term: tag, theme: 1}
		keys = withSymptoms(append(keys, k), k, symptoms)
	}
	return keys
}
