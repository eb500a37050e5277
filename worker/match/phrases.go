package match

import (
	"iter"
	"slices"
	"strings"
)

// attempts are what customers do themselves, in the forms that people write.
var attempts = wordSet(`asked attempted called checked cleared clicked contacted emailed logged opened pressed rebooted refreshed reinstalled
	reloaded repeated requested reset restarted retried restart retry tried try wrote written reported updated
	anrufen angerufen gestartet neugestartet geklickt installiert probiert versucht geschrieben
	intenté intentado intentamos llamé probé reinicié essayé appelé redémarré cliqué tentei reiniciei liguei cliquei`)

// Words for how often something was done speak of a duplicate only where it was
// done to the customer, and not where they mean once or sometimes.
var (
	often    = wordSet("twice repeatedly zweimal mehrfach veces fois vezes")
	verbLast = wordSet("zweimal mehrfach")
	times    = wordSet("veces fois vezes")
	several  = wordSet("two three four five several multiple many dos tres cuatro varias deux trois quatre plusieurs duas três quatro várias")
)

// attemptReach is how many words from how often the verb may stand.
const attemptReach = 6

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// A phrase is a failure that English puts in several words: a verb some words
// before the last one, after a "not" for some.
type phrase struct {
	means string
	verb  map[string]bool
	reach int
	not   bool
}

// phrases are told by their last word.
var phrases = map[string]phrase{
	"out":     {"timeout", wordSet("time times timed timing"), 1, false},
	"wrong":   {"failure", wordSet("go goes going gone went"), 1, false},
	"times":   {"twice", several, 1, false},
	"up":      {"missing", wordSet("show shows showed shown showing"), 1, true},
	"past":    {"refused", wordSet("get gets getting got"), 1, true},
	"minutes": {"slow", takes, 4, false},
	"hours":   {"slow", takes, 4, false},
	"ages":    {"slow", takes, 4, false},
}

var (
	takes = wordSet("take takes taking took")
	never = wordSet("no not never nothing none cannot")
)

// notReach is how many words before a phrase's last one the "not" may stand.
const notReach = 5

// readPhrases writes phrases as one word, since "time" and "out" say nothing, and
// leaves out how often customers did something themselves: who "restarted twice"
// was not charged twice.
func readPhrases(ws []string) []string {
	var out []string
	for i, w := range ws {
		if p, ok := phrases[w]; ok && p.ends(ws[:i]) {
			w = p.means
			if p.reach == 1 {
				out = out[:len(out)-1]
			}
		}
		if !often[w] || !ownDoing(w, ws[max(0, i-attemptReach):i], ws[i+1:min(len(ws), i+attemptReach)]) {
			out = append(out, w)
		}
	}
	return out
}

// ends says whether the phrase's last word stands after these.
func (p phrase) ends(before []string) bool {
	last := func(n int) []string { return before[max(0, len(before)-n):] }
	return slices.ContainsFunc(last(p.reach), func(w string) bool { return p.verb[w] }) &&
		(!p.not || slices.ContainsFunc(last(notReach), negates))
}

func negates(w string) bool {
	return never[w] || strings.HasSuffix(w, "n't") || strings.HasSuffix(w, "n’t")
}

func ownDoing(often string, before, after []string) bool {
	if times[often] && !counted(before) {
		return true
	}
	return attempted(slices.Backward(before)) || verbLast[often] && attempted(slices.All(after))
}

// counted says whether the words end with a number, or with a participle: the
// "2" of "cobrado 2 veces" is no word.
func counted(before []string) bool {
	if len(before) == 0 {
		return false
	}
	last := before[len(before)-1]
	ends := func(suffix string) bool { return strings.HasSuffix(strings.TrimRight(last, "s"), suffix) }
	return several[last] || slices.ContainsFunc([]string{"é", "ée", "ado", "ada", "ido", "ida"}, ends)
}

// attempted says whether the nearest verb is the customer's.
func attempted(ws iter.Seq2[int, string]) bool {
	for _, w := range ws {
		switch {
		case attempts[w]:
			return true
		case strings.HasSuffix(w, "ed"), strings.HasSuffix(w, "ing"):
			return false
		}
	}
	return false
}
