package match

import (
	"slices"
	"strings"
)

// A bag is an incident in the corpus's terms.
type bag struct {
	tags    map[uint32]float64 // whole tags and services: weight of a match
	words   map[uint32]float64 // BM25 weight of a word
	regions map[uint32]bool    // those that some ticket comes from
	orgs    map[uint32]bool

	hasRegions, hasOrgs bool    // the incident names some
	regionShare         float64 // part of the tickets with a known region that are in ours
	sym                 uint16
	lang                int8
}

// commonShare is where a word stops telling tickets apart.
const commonShare = 0.2

func (c *Corpus) newBag(inc Incident) *bag {
	b := &bag{tags: map[uint32]float64{}, words: map[uint32]float64{},
		regions: map[uint32]bool{}, orgs: map[uint32]bool{}}
	c.addTags(b, inc)
	c.addWords(b, inc)
	b.hasRegions, b.hasOrgs = len(inc.Regions) > 0, len(inc.Organizations) > 0
	for _, r := range inc.Regions {
		if id, ok := c.find(regionTerm, strings.ToLower(r)); ok {
			b.regions[id] = true
		}
	}
	for _, o := range inc.Organizations {
		if id, ok := c.find(orgTerm, o); ok {
			b.orgs[id] = true
		}
	}
	b.regionShare = c.shareOfRegions(b.regions)
	return b
}

func (c *Corpus) addTags(b *bag, inc Incident) {
	for _, tag := range slices.Concat(inc.Tags, inc.Services) {
		if id, ok := c.find(tagTerm, foldTag(tag)); ok {
			b.tags[id] = clamp(lnRatio(0.5, c.share(id)), 0, 5)
		}
	}
}

// A textField is a part of what an incident says of itself.
type textField struct {
	weight float64
	text   string
}

// keywordWeight is of words that were chosen; a summary rambles.
const keywordWeight = 1.3

// fieldsOf weighs the incident's words.
func fieldsOf(inc Incident) []textField {
	return []textField{
		{keywordWeight, strings.Join(inc.Keywords, "\n")},
		{1.0, inc.Title},
		{1.0, strings.NewReplacer("_", " ", "-", " ").Replace(strings.Join(slices.Concat(inc.Tags, inc.Services), "\n"))},
		{0.7, inc.Summary},
	}
}

func (c *Corpus) addWords(b *bag, inc Incident) {
	for _, f := range fieldsOf(inc) {
		terms, lang := wordTerms(f.text, "")
		b.sym |= symptoms(terms)
		if f.text == inc.Title {
			b.lang = int8(lang)
		}
		for _, w := range terms {
			c.addWord(b, w, f.weight)
		}
	}
	for _, k := range inc.Keywords {
		if name, ok := unsaidName(k); ok {
			c.addTerm(b, name, keywordWeight)
		}
	}
}

func (c *Corpus) addWord(b *bag, word string, weight float64) {
	if commonWords[word] == 0 {
		c.addTerm(b, c.key.name(word), weight)
	}
}

// addTerm adds a word by its name in the vocabulary.
func (c *Corpus) addTerm(b *bag, name string, weight float64) {
	if id, ok := c.find(wordTerm, name); ok && c.share(id) <= commonShare {
		b.words[id] = max(b.words[id], weight*idf(c.share(id)))
	}
}
