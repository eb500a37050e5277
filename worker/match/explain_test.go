package match

import (
	"strings"
	"testing"
	"time"
)

// Reasons are for people: no word that says nothing, none twice, and the tag
// instead of the word that says the same.
func TestReasonsNameWhatMatters(t *testing.T) {
	w := newWorld(3, 24)
	w.tickets = append(w.tickets, Ticket{ID: "x", CreatedAt: noon.Add(time.Hour), Subject: "Payments fail since this morning",
		Body: "Hello, every payment we try is not working, please help us. Thanks!", Tags: []string{"payments"}})
	l := explainX(w, nil, Model{})
	seen := map[string]bool{}
	for _, e := range l.Evidence {
		for _, word := range []string{"this", "every", "since", "morning", "please", "hello", "not", "thanks"} {
			if strings.Contains(e.Detail, `"`+word+`"`) {
				t.Errorf("%q is given as a reason: %s", word, e.Detail)
			}
		}
		if strings.Contains(e.Detail, `"payment`) && (e.Kind == "text" || e.Kind == "tag") {
			t.Errorf("the tag is said again as a word: %s", e.Detail)
		}
		if seen[e.Kind+e.Detail] {
			t.Errorf("given twice: %s", e.Detail)
		}
		seen[e.Kind+e.Detail] = true
	}
	if sumOf(l, "tag") <= 0 {
		t.Errorf("the tag is not a reason: %+v", l.Evidence)
	}
}

func TestStopWords(t *testing.T) {
	tests := []struct {
		word, language string
		want           bool
	}{
		{"this", "en", true}, {"this", "de", true}, {"die", "de", true}, {"die", "en", false},
		{"payment", "en", false}, {"nicht", "de", true}, {"nicht", "en", false}, {"после", "ru", true},
	}
	for _, test := range tests {
		lang := guessLanguage(test.language, nil)
		if got := isStopWord(test.word, lang); got != test.want {
			t.Errorf("%s in %s: %v", test.word, test.language, got)
		}
	}
	for i, l := range languages { // both lists are in the same order
		for w := range strings.FieldsSeq(l.words) {
			if stopWords[w]&(1<<i) == 0 {
				t.Errorf("%s is common in %s and is no stop word", w, l.code)
			}
		}
	}
}

// A misspelling is never shown instead of the word.
func TestTheUsualSpellingIsShown(t *testing.T) {
	c := NewCorpus(DefaultPolicy())
	for i, text := range []string{"exporting", "exports", "exports", "exporte"} {
		c.Put(Ticket{ID: string(rune('a' + i)), CreatedAt: noon, Subject: text, Locale: "en"})
	}
	id, ok := c.find(wordTerm, "export")
	if !ok || c.shown[id] != "exports" {
		t.Errorf("shown as %q", c.shown[id])
	}
}
