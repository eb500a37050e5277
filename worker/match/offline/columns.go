package offline

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ticketlink/ticketlink/integrations"
)

// columns is how wide a terminal is at least.
const columns = 80

// idWidth is the column that the ids need.
func idWidth(ids []string) int {
	width := len("incident")
	for _, id := range ids {
		width = max(width, utf8.RuneCountInString(id))
	}
	return min(width, 20)
}

// oneLine makes somebody else's text fit into so many columns of one line.
func oneLine(s string, width int) string {
	s = integrations.CleanText(strings.Join(strings.Fields(s), " "), integrations.MaxText)
	if r := []rune(s); len(r) > width {
		return string(r[:max(width-1, 0)]) + "…"
	}
	return s
}

// wrap breaks a text into lines of at most so many columns, at spaces.
func wrap(s string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(integrations.CleanText(s, integrations.MaxText)) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// after words a checkpoint.
func after(minutes int) string {
	if minutes%60 == 0 {
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d min", minutes)
}
