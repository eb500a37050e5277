package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxUnspaced is how many characters of a script without spaces are one word at
// most: a longer run is a phrase that many used.
const maxUnspaced = 4

// named is a term for people, as the ticket has it; "" where they would not know
// it.
func (c *Corpus) named(r *row, id uint32) string {
	switch name := c.spelled(r, id); {
	case name == "":
		return ""
	case c.isTag(id):
		return "tag " + name
	default:
		return `"` + name + `"`
	}
}

// spelled is a tag or a whole word; "" for a hash, or a pair of characters that
// is no word. Pairs are joined with those beside them in the ticket that are about
// as common: halves of one word.
func (c *Corpus) spelled(r *row, id uint32) string {
	name := c.shown[id]
	first, _ := utf8.DecodeRuneInString(name)
	last, _ := utf8.DecodeLastRuneInString(name)
	switch {
	case name == "" || c.isTag(id) || !unicode.In(first, scriptsWithoutSpaces...):
		return name
	case !unicode.Is(unicode.Han, first) || c.straddles(r, id, first, last):
		return ""
	}
	before := c.unspacedRun(r, id, first, -1)
	if !unicode.Is(unicode.Han, last) { // 払い of 支払い
		if before == "" {
			return name
		}
		return before + string(first)
	}
	if whole := before + name + c.unspacedRun(r, id, last, +1); utf8.RuneCountInString(whole) <= maxUnspaced {
		return whole
	}
	return name
}

// wordless says whether the term is a piece of a script without spaces that is no
// word by itself, as two kana or two Thai characters are.
func (c *Corpus) wordless(id uint32) bool {
	first, _ := utf8.DecodeRuneInString(c.shown[id])
	return !unicode.Is(unicode.Han, first) && unicode.In(first, scriptsWithoutSpaces...)
}

// straddles says whether a pair is the end of one word and the beginning of
// another: both are commoner than it is.
func (c *Corpus) straddles(r *row, id uint32, first, last rune) bool {
	commoner := func(next uint32, ok bool) bool { return ok && c.df[next] >= 2*c.df[id] }
	return commoner(c.pairBeside(r, first, -1)) && commoner(c.pairBeside(r, last, +1))
}

// unspacedRun is what of the same word stands before (-1) or after (+1) a pair
// that begins or ends with the character.
func (c *Corpus) unspacedRun(r *row, id uint32, edge rune, way int) (run string) {
	for range maxUnspaced - 1 {
		next, ok := c.pairBeside(r, edge, way)
		if !ok || 3*c.df[next] < 2*c.df[id] || c.df[next] > 2*c.df[id] {
			return run
		}
		pair := []rune(c.shown[next])
		if way < 0 {
			edge, run = pair[0], string(pair[0])+run
		} else {
			edge, run = pair[1], run+string(pair[1])
		}
	}
	return run
}

// pairBeside finds the ticket's only pair of Han characters that ends (-1) or
// begins (+1) with the character.
func (c *Corpus) pairBeside(r *row, edge rune, way int) (found uint32, ok bool) {
	for _, id := range r.words {
		name := c.shown[id]
		fits := way < 0 && strings.HasSuffix(name, string(edge)) || way > 0 && strings.HasPrefix(name, string(edge))
		if !fits || utf8.RuneCountInString(name) != 2 || strings.TrimFunc(name, func(c rune) bool { return unicode.Is(unicode.Han, c) }) != "" {
			continue
		}
		if ok {
			return 0, false
		}
		found, ok = id, true
	}
	return found, ok
}
