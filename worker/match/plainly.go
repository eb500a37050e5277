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
	several  = wordSet("dos tres cuatro varias deux trois quatre plusieurs duas três quatro várias")
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

// plainly leaves out how often customers did something themselves, since who
// "restarted twice" was not charged twice, and writes "timed out" as one word,
// since "time" says nothing.
func plainly(ws []string) []string {
	var out []string
	for i, w := range ws {
		if i > 0 && w == "out" && strings.HasPrefix(ws[i-1], "tim") && stem(ws[i-1], 0) == "time" {
			out[len(out)-1] = "timeout"
			continue
		}
		if !often[w] || !ownDoing(w, ws[max(0, i-attemptReach):i], ws[i+1:min(len(ws), i+attemptReach)]) {
			out = append(out, w)
		}
	}
	return out
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
