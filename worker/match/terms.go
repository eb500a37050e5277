package match

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// Limits on one ticket's share of the arithmetic; the first message of a real
// customer is far below them.
const (
	maxWords   = 400
	maxWordLen = 40
	maxTagLen  = 200 // bytes
)

// splitWords cuts text at the word boundaries of Unicode's UAX 29, in lower
// case. Scripts that do not write spaces come as pairs of characters, each with
// its vowel signs and tone marks.
func splitWords(text string) []string {
	var out []string
	var last string // the character before, if it was a single one of such a script
	seg := words.FromString(strings.ToLower(strings.ToValidUTF8(text, " ")))
	for seg.Next() && len(out) < 4*maxWords {
		w := seg.Value()
		single := unspaced(w)
		switch {
		case single && last != "":
			out = append(out, last+w)
		case !single && usable(w):
			out = append(out, w)
		}
		if last = ""; single {
			last = w
		}
	}
	return out
}

var scriptsWithoutSpaces = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// unspaced says whether the text is one character of a script without spaces.
func unspaced(w string) bool {
	r, size := utf8.DecodeRuneInString(w)
	return unicode.In(r, scriptsWithoutSpaces...) && strings.TrimLeftFunc(w[size:], unicode.IsMark) == ""
}

// usable leaves out punctuation, single letters, very long words and bare
// numbers of more than four digits: those are references, not wording.
func usable(w string) bool {
	if len(w) < 2 || len(w) > maxWordLen {
		return false
	}
	digits, letters := 0, 0
	for _, r := range w {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return letters > 0 || digits > 1 && digits <= 4
}

// wordTerms returns the distinct stems of the text, sorted. A text that is not
// English gives its English stems too: product names and error words travel.
func wordTerms(text, locale string) (terms []string, lang int) {
	ws, lang := wordsOf(text, locale)
	for _, w := range ws {
		terms = append(terms, stemsOf(w, lang)...)
	}
	slices.Sort(terms)
	return slices.Compact(terms), lang
}

// wordsOf returns the first words of a text and its language, -1 for unknown.
func wordsOf(text, locale string) (ws []string, lang int) {
	ws = readPhrases(splitWords(text))
	lang = guessLanguage(locale, ws)
	return ws[:min(len(ws), maxWords)], lang
}

func stemsOf(w string, lang int) []string {
	stems := []string{englishTerm(w)}
	if lang > 0 {
		stems = append(stems, stem(w, lang))
	}
	if of := max(lang, 0); compoundHeads[of] != nil {
		if head := compoundHeads[of].FindStringSubmatch(w); head != nil {
			stems = append(stems, stem(head[1], cmp.Or(of, 1)))
		}
	}
	return stems
}

// compoundHeads are the failures that languages write in one word with what
// fails, by language: a "Zahlungsfehler" is a Fehler. Short German messages are
// taken for English.
var compoundHeads = func() map[int]*regexp.Regexp {
	german := regexp.MustCompile(`..(fehlern?|ausfall|ausfälle|absturz|verzögerung)$`)
	return map[int]*regexp.Regexp{
		0: german, 1: german,
		guessLanguage("nl", nil): regexp.MustCompile(`...(fout|fouten|storing|storingen|vertraging)$`),
		guessLanguage("sv", nil): regexp.MustCompile(`...(fel|försening)$`),
	}
}()

// topicStems are the stems of a word, none where it says nothing of a topic.
func topicStems(w string, lang int) []string {
	stems := stemsOf(w, lang)
	if !isStopWord(w, lang) {
		return stems
	}
	return slices.DeleteFunc(stems, func(s string) bool { return symptomOf[s] == 0 })
}

// englishTerm is the English stem, except that nouns like "attachment" stay apart
// from verbs like "attached": one names a feature, the other is small talk.
func englishTerm(w string) string {
	noun := strings.TrimSuffix(w, "s")
	for _, end := range []string{"ment", "tion", "sion", "ness", "ity"} {
		if strings.HasSuffix(noun, end) {
			return noun
		}
	}
	return stem(w, 0)
}

// tagWords splits a tag at the usual separators and stems the pieces, so that
// "Payment-Gateways" and "payment_gateway" are the same.
func tagWords(tag string) []string {
	tag = tag[:min(len(tag), maxTagLen)]
	parts := strings.FieldsFunc(strings.ToLower(tag), func(r rune) bool {
		return strings.ContainsRune("_-:/. ", r)
	})
	for i, p := range parts {
		parts[i] = stem(p, 0)
	}
	return parts
}

// foldTag is a tag's one spelling.
func foldTag(tag string) string { return strings.Join(tagWords(tag), "_") }
