package match

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"
)

// A language is one that we can stem and recognise.
type language struct {
	code  string
	stem  func(*snowballstem.Env) bool
	words string // words that nearly every message in it holds
}

// languages is in the order in which ties are decided.
var languages = []language{
	{"en", english.Stem, "the is and to of in my not it for on have are this with we was from can you our an be at"},
	{"de", german.Stem, "der die das und ist nicht ich wir bei mit auf den ein eine zu von für es sie haben seit kann unser"},
	{"es", spanish.Stem, "el la los las de que y en no un una por con para es se mi del desde nuestro está hola estamos"},
	{"fr", french.Stem, "le la les de et est pas un une je nous pour en sur ne dans avec des du depuis notre vous bonjour"},
	{"pt", portuguese.Stem, "o os as de que e não um uma por com para em é do da no na meu nosso está desde estamos"},
	{"it", italian.Stem, "il lo gli di che e non un una per con in è si del della mio nostro sono da"},
	{"nl", dutch.Stem, "de het een en is niet ik wij van op met voor te dat zijn onze kan sinds"},
	{"sv", swedish.Stem, "och att det är inte jag vi en ett på med för av som kan vår sedan har"},
	{"ru", russian.Stem, "и в не на я что с мы по это для у нас как не от"},
	{"ar", arabic.Stem, "في من على لا إلى أن هذا هذه عند مع ما لم هل كيف"},
	{"da", danish.Stem, "og det er ikke jeg vi en et på med af som kan vores har hvordan"},
	{"no", norwegian.Stem, "og det er ikke jeg vi en et på med av som kan vår har hvordan"},
	{"fi", finnish.Stem, "ja ei että se olen me voi miten meidän mutta kun"},
	{"tr", turkish.Stem, "ve bir bu için ile değil çok ben biz nasıl ama gibi"},
	{"hu", hungarian.Stem, "és az nem hogy egy van mi nekem kell hogyan de is"},
	{"ro", romanian.Stem, "și nu este un pentru în să mai sunt am cum din care"},
}

var commonWords = func() map[string]uint32 {
	m := map[string]uint32{}
	for i, l := range languages {
		for w := range strings.FieldsSeq(l.words) {
			m[w] |= 1 << i
		}
	}
	return m
}()

// guessLanguage returns the index of the language whose common words are most
// frequent among words, or -1 if none of them occurs. Locale wins if we know it.
func guessLanguage(locale string, words []string) int {
	code, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if code == "nb" || code == "nn" {
		code = "no"
	}
	for i, l := range languages {
		if l.code == code {
			return i
		}
	}
	var hits [32]int
	for _, w := range words {
		for i, m := 0, commonWords[w]; m != 0; i, m = i+1, m>>1 {
			hits[i] += int(m & 1)
		}
	}
	best := -1
	for i := range languages {
		if hits[i] > 0 && (best < 0 || hits[i] > hits[best]) {
			best = i
		}
	}
	return best
}

// stem returns the word's stem in the language (-1: the word itself).
func stem(word string, lang int) string {
	if lang < 0 {
		return word
	}
	env := snowballstem.NewEnv(word)
	languages[lang].stem(env)
	return env.Current()
}
