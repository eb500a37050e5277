package integrations

import (
	"html"
	"strings"
)

// Squeeze is a text with single spaces: how two are compared that may have
// been laid out anew.
func Squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// HTML is a plain text as HTML that shows it as it is.
func HTML(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
}
