package match

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// A Key lets matching do without anybody's text: words are known by their
// hashes under it (HMAC-SHA-256, the first 64 bits), which without the key
// cannot be tried out against a dictionary. The empty key leaves words readable.
type Key []byte

// Words returns all that matching wants of a text: the hashes of its stems,
// sorted, and its language's code, "" for unknown. Both together, as a
// Ticket's Words and Locale, match as the text itself does.
func (k Key) Words(text, locale string) (hashes []int64, language string) {
	ws, lang := wordsOf(text, locale)
	for _, w := range ws {
		for _, s := range topicStems(w, lang) {
			hashes = append(hashes, k.hash(s))
		}
	}
	slices.Sort(hashes)
	if lang >= 0 {
		language = languages[lang].code
	}
	return slices.Compact(hashes), language
}

func (k Key) hash(stem string) int64 {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(stem))
	return int64(binary.BigEndian.Uint64(mac.Sum(nil)))
}

// name is a stem as the vocabulary knows it.
func (k Key) name(stem string) string {
	if len(k) == 0 {
		return stem
	}
	return hashName(k.hash(stem))
}

const hashSize = 8 // bytes

func hashName(hash int64) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(hash)))
}

// names are a ticket's distinct words as the vocabulary knows them.
func (k Key) names(t Ticket) (names []string, lang int) {
	text := t.said()
	if len(k) == 0 {
		return wordTerms(text, t.Locale)
	}
	hashes, language := t.Words, t.Locale
	if text != "\n" { // from the time before there was a key
		hashes, language = k.Words(text, t.Locale)
	}
	for _, h := range hashes {
		names = append(names, hashName(h))
	}
	return names, guessLanguage(language, nil)
}

// symptomsByName is symptomOf in the vocabulary's names.
func (k Key) symptomsByName() map[string]uint16 {
	if len(k) == 0 {
		return symptomOf
	}
	m := make(map[string]uint16, len(symptomOf))
	for stem, set := range symptomOf {
		m[k.name(stem)] = set
	}
	return m
}

// sayWords makes the incidents' own words readable in reasons; those that only
// customers used stay unsaid.
func (c *Corpus) sayWords(incidents []*scene) {
	if len(c.key) == 0 {
		return
	}
	for _, s := range incidents {
		for _, f := range fieldsOf(s.inc) {
			ws, lang := wordsOf(f.text, "")
			for _, w := range ws {
				for _, stem := range stemsOf(w, lang) {
					if id, ok := c.find(wordTerm, c.key.name(stem)); ok {
						c.show(id, w, 1)
					}
				}
			}
		}
	}
}
