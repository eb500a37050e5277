package match

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// A Corpus holds the features of the tickets of the last weeks, without their
// text: what is usual, and what might belong to an incident. No method may run
// at the same time as another.
type Corpus struct {
	key       Key
	symptomOf map[string]uint16 // by a word's name in the vocabulary
	ignored   tagFilter
	vocab     map[string]uint32
	names     []string // by term id
	df        []int32  // tickets that hold the term, by term id
	rows      []*row   // sorted by (at, id) unless dirty
	byID      map[string]*row
	later     []*row               // tickets once more, as of each later comment; sorted by (at, id) unless dirty
	stems     map[string]*spelling // by language and word: stemming is slow
	shown     []string             // by term id: the word as most people wrote it
	shownBy   []int32              // by term id: how many did
	wordCount int                  // words held by all rows together
	symCount  [16]int
	symDF     map[surgeKey]int32 // tickets that hold a term and speak of a symptom
	themes    *themes            // learned once a day
	dirty     bool
}

// A spelling is one word as it was written: its terms, and how often it came.
type spelling struct {
	ids []uint32
	n   int32
}

// A row is one ticket: sorted term ids by the kind of evidence they are.
type row struct {
	id    string
	at    int64    // unix seconds
	tags  []uint32 // whole tags
	words []uint32 // stems of subject and body
	marks []uint32 // org, region, form, category, channel: one id each, where known
	lang  int8
	sym   uint16 // families of symptoms spoken of
	later bool   // as of a later comment
}

// Kinds of terms share one vocabulary; the first byte keeps them apart.
const (
	tagTerm      = "t"
	wordTerm     = "w"
	orgTerm      = "o"
	regionTerm   = "r"
	formTerm     = "f"
	categoryTerm = "c"
	channelTerm  = "h"
)

// NewCorpus returns an empty corpus. Of the policy it takes the ignored tags and the key.
func NewCorpus(p Policy) *Corpus {
	return &Corpus{key: p.Key, symptomOf: p.Key.symptomsByName(), ignored: newTagFilter(p), vocab: map[string]uint32{}, stems: map[string]*spelling{}, symDF: map[surgeKey]int32{}, byID: map[string]*row{}}
}

// Len returns how many tickets are held.
func (c *Corpus) Len() int { return len(c.byID) }

// Put adds a ticket or replaces the one with its id.
func (c *Corpus) Put(t Ticket) {
	r := c.features(t)
	if old := c.byID[t.ID]; old != nil {
		c.count(old, -1)
		c.dirty = c.dirty || old.at != r.at
		*old = *r
	} else {
		c.dirty = c.dirty || len(c.rows) > 0 && before(r, c.rows[len(c.rows)-1])
		c.rows = append(c.rows, r)
		c.byID[t.ID] = r
	}
	c.count(r, +1)
	c.putComments(t)
}

// Remove forgets one ticket; an unknown id is no error.
func (c *Corpus) Remove(id string) {
	r := c.byID[id]
	if r == nil {
		return
	}
	c.count(r, -1)
	delete(c.byID, id)
	c.rows = slices.DeleteFunc(c.rows, func(o *row) bool { return o == r })
	c.dropComments(id)
}

// Forget drops the tickets created before t, and the words that only they used.
func (c *Corpus) Forget(t time.Time) {
	c.settle()
	n := c.from(t.Unix())
	for _, r := range c.rows[:n] {
		c.count(r, -1)
		delete(c.byID, r.id)
	}
	c.rows = slices.Clone(c.rows[n:])
	c.later = slices.DeleteFunc(c.later, func(r *row) bool { return c.byID[r.id] == nil })
	c.compact()
}

func (c *Corpus) features(t Ticket) *row {
	r := &row{id: t.ID, at: t.CreatedAt.Unix()}
	for _, tag := range t.Tags {
		if c.ignored.drops(tag) {
			continue
		}
		id := c.term(tagTerm, foldTag(tag))
		c.show(id, strings.ToLower(tag), 1)
		r.tags = append(r.tags, id)
	}
	r.words, r.lang = c.words(t)
	for _, m := range []struct{ kind, value string }{
		{orgTerm, t.OrganizationID}, {regionTerm, strings.ToLower(t.Region)}, {formTerm, t.Form},
		{categoryTerm, t.Category}, {channelTerm, t.Channel},
	} {
		if m.value != "" {
			r.marks = append(r.marks, c.term(m.kind, m.value))
		}
	}
	for _, ids := range []*[]uint32{&r.tags, &r.words, &r.marks} {
		slices.Sort(*ids)
		*ids = slices.Clip(slices.Compact(*ids))
	}
	for _, id := range r.words {
		r.sym |= c.symptomOf[c.names[id][1:]]
	}
	return r
}

// words returns the term ids of a ticket's words, and its language.
func (c *Corpus) words(t Ticket) (ids []uint32, lang int8) {
	if len(c.key) > 0 {
		names, lang := c.key.names(t)
		for _, name := range names {
			ids = append(ids, c.term(wordTerm, name))
		}
		return ids, int8(lang)
	}
	ws, l := wordsOf(t.Subject+"\n"+t.Body, t.Locale)
	for _, w := range ws {
		ids = append(ids, c.stem(w, l)...)
	}
	return ids, int8(l)
}

// stem returns the term ids of a word, none where it says nothing of a topic.
func (c *Corpus) stem(w string, lang int) []uint32 {
	key := string(rune('a'+lang)) + w
	known := c.stems[key]
	if known == nil {
		known = &spelling{}
		c.stems[key] = known
		for _, s := range topicStems(w, lang) {
			known.ids = append(known.ids, c.term(wordTerm, s))
		}
	}
	known.n++
	for _, id := range known.ids {
		c.show(id, w, known.n)
	}
	return known.ids
}

// show keeps the usual spelling of a term, for people to read; n is how often
// this one came so far.
func (c *Corpus) show(id uint32, spelling string, n int32) {
	if n > c.shownBy[id] || n == c.shownBy[id] && spelling < c.shown[id] {
		c.shown[id], c.shownBy[id] = spelling, n
	}
}

// term returns the id of a term, a new one if need be.
func (c *Corpus) term(kind, text string) uint32 {
	key := kind + text
	id, ok := c.vocab[key]
	if !ok {
		id = uint32(len(c.names))
		c.vocab[key] = id
		c.names = append(c.names, key)
		c.df = append(c.df, 0)
		c.shown, c.shownBy = append(c.shown, ""), append(c.shownBy, 0)
	}
	return id
}

// find returns the id of a term that some ticket has used.
func (c *Corpus) find(kind, text string) (uint32, bool) {
	id, ok := c.vocab[kind+text]
	return id, ok
}

// young is how many tickets a corpus is taken to hold at least: in the first
// hours of an installation every term would look common.
const young = 200

// share is the part of the tickets that hold the term, smoothed so that it is
// never 0 or 1.
func (c *Corpus) share(id uint32) float64 {
	return (float64(c.df[id]) + 0.5) / (float64(max(len(c.rows), young)) + 1)
}

func (c *Corpus) count(r *row, by int32) {
	for _, ids := range [][]uint32{r.tags, r.words, r.marks} {
		for _, id := range ids {
			c.df[id] += by
		}
	}
	c.countSymptoms(r, by)
	c.wordCount += int(by) * len(r.words)
}

func (c *Corpus) countSymptoms(r *row, by int32) {
	for f := range families {
		if r.sym&(1<<f) != 0 {
			c.symCount[f] += int(by)
		}
	}
	for _, symptom := range r.symptoms() {
		for _, ids := range [][]uint32{r.tags, r.words} {
			for _, id := range ids {
				k := surgeKey{term: id, symptom: symptom}
				if c.symDF[k] += by; c.symDF[k] == 0 {
					delete(c.symDF, k)
				}
			}
		}
	}
}

func (c *Corpus) meanWords() float64 {
	return max(float64(c.wordCount)/float64(max(len(c.rows), 1)), 1)
}

// symptomShare is the part of the tickets that speak of any of the families, at most.
func (c *Corpus) symptomShare(set uint16) float64 {
	n := 0
	for f := range families {
		if set&(1<<f) != 0 {
			n += c.symCount[f]
		}
	}
	return clamp((float64(n)+1)/(float64(len(c.rows))+2), 0.005, 0.9)
}

// settle brings the rows in order of creation.
func (c *Corpus) settle() {
	if c.dirty {
		slices.SortFunc(c.rows, compareRows)
		slices.SortFunc(c.later, compareRows)
		c.dirty = false
	}
}

func compareRows(a, b *row) int {
	return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.id, b.id))
}

func before(a, b *row) bool { return compareRows(a, b) < 0 }

// from returns the index of the first ticket created at or after the time.
func (c *Corpus) from(unix int64) int {
	return sort.Search(len(c.rows), func(i int) bool { return c.rows[i].at >= unix })
}

// compact numbers the vocabulary afresh when most of it is no longer used:
// misspelt words would otherwise fill the memory of a long-lived process.
func (c *Corpus) compact() {
	used := 0
	for _, n := range c.df {
		if n > 0 {
			used++
		}
	}
	if used*2 > len(c.names) {
		return
	}
	old, shown := c.names, c.shown
	c.themes = nil
	c.vocab, c.names, c.df, c.shown, c.shownBy = make(map[string]uint32, used), nil, nil, nil, nil
	c.stems, c.symDF, c.wordCount, c.symCount = map[string]*spelling{}, map[surgeKey]int32{}, 0, [16]int{}
	for _, r := range slices.Concat(c.rows, c.later) {
		for _, ids := range [][]uint32{r.tags, r.words, r.marks} {
			for i, id := range ids {
				ids[i] = c.term(old[id][:1], old[id][1:])
				c.shown[ids[i]] = shown[id]
			}
			slices.Sort(ids)
		}
	}
	for _, r := range c.rows {
		c.count(r, +1)
	}
}
