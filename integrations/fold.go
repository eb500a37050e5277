package integrations

import (
	"slices"
	"strings"
	"unicode"
)

// Limits on what we keep of somebody else's text. They bound a row, not what a
// helpdesk may hold.
const (
	MaxTags    = 1_000
	MaxTag     = 200       // bytes
	MaxSubject = 1_000     // bytes
	MaxText    = 64 * 1024 // bytes
)

// FoldTags returns tags in lower case, trimmed, sorted, without repeats and
// empty ones, at most MaxTags of at most MaxTag bytes each.
func FoldTags(tags []string) []string {
	folded := make([]string, 0, len(tags))
	for _, t := range tags {
		if t = strings.TrimSpace(CleanText(strings.ToLower(t), MaxTag)); t != "" {
			folded = append(folded, t)
		}
	}
	slices.Sort(folded)
	folded = slices.Compact(folded)
	return folded[:min(len(folded), MaxTags)]
}

// CleanText makes text fit to store and to show: valid UTF-8, no NUL and no
// other control characters than tab and newline, at most limit bytes, cut at a
// character.
func CleanText(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut]
}
