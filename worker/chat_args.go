package worker

import (
	"strings"
	"unicode"
)

// args are what follows a command's verb: words, and facts like severity=sev1.
type args struct {
	words []string
	facts map[string][]string
}

// factNames are the facts that a command may give; anything else with = in it
// is a word of a title.
var factNames = map[string]string{
	"severity": "severity", "sev": "severity", "service": "service", "services": "service", "tag": "tag", "tags": "tag",
	"region": "region", "regions": "region", "keyword": "keyword", "keywords": "keyword", "title": "title", "summary": "summary", "url": "url",
}

// parseArgs reads words and facts. Quotes of any usual kind hold words together,
// as phones like to write them.
func parseArgs(text string) args {
	a := args{facts: map[string][]string{}}
	for _, word := range splitQuoted(text) {
		name, value, isFact := strings.Cut(word, "=")
		fact, known := factNames[strings.ToLower(name)]
		if !isFact || !known {
			a.words = append(a.words, word)
			continue
		}
		a.facts[fact] = append(a.facts[fact], value)
	}
	return a
}

func splitQuoted(text string) []string {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range text {
		switch {
		case strings.ContainsRune("\"“”„«»", r):
			quoted, begun = !quoted, true
		case unicode.IsSpace(r) && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

// firstWord cuts a text after its first word.
func firstWord(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	if n := strings.IndexFunc(text, unicode.IsSpace); n >= 0 {
		return text[:n], text[n:]
	}
	return text, ""
}

// declaration is what the facts say of an incident.
func (a args) declaration() Declaration {
	one := func(name string) *string {
		if values := a.facts[name]; len(values) > 0 {
			return &values[len(values)-1]
		}
		return nil
	}
	all := func(name string) (list []string) {
		for _, values := range a.facts[name] {
			list = append(list, strings.Split(values, ",")...)
		}
		return list
	}
	return Declaration{Title: one("title"), Summary: one("summary"), Severity: one("severity"), ExternalURL: one("url"),
		Services: all("service"), Tags: all("tag"), Regions: all("region"), Keywords: all("keyword")}
}
