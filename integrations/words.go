package integrations

import (
	"html"
	"regexp"
	"strings"
)

// Squeeze is a text with single spaces: how two are compared that may have
// been laid out anew.
func Squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

var tag = regexp.MustCompile(`<[^>]*>`)

// Plain is HTML as a plain text: without its tags, a line for each <br> and block.
func Plain(text string) string {
	text = strings.NewReplacer("<br>", "\n", "<br/>", "\n", "</p>", "\n", "</div>", "\n").Replace(text)
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(text, "")))
}

// HTML is a plain text as HTML that shows it as it is.
func HTML(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
}
