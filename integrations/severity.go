package integrations

import (
	"slices"
	"strings"
)

// grades lists severities in use, the worst first; one line is one grade.
var grades = [][]string{
	{"emergency", "disaster", "fatal", "page", "sev0", "p0"},
	{"critical", "crit", "sev1", "p1", "blocker"},
	{"error", "high", "major", "sev2", "p2"},
	{"warning", "warn", "medium", "moderate", "average", "sev3", "p3"},
	{"minor", "low", "sev4", "p4"},
	{"info", "information", "informational", "notice", "debug", "ok", "none", "sev5", "p5"},
}

// WorseSeverity says whether a is worse than b, by widespread use of words.
// "SEV-1", "sev 1" and "sev1" are one. A word that is not in use is worse only
// than having none.
func WorseSeverity(a, b string) bool { return grade(a) < grade(b) }

func grade(severity string) int {
	word := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(severity))
	if word == "" {
		return len(grades) + 1
	}
	for i, words := range grades {
		if slices.Contains(words, word) {
			return i
		}
	}
	return len(grades)
}
