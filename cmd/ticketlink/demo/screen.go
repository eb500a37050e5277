package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Columns is how wide the story is told at most.
const Columns = 100

const indent = 7 // the width of "15:04  "

// A Screen is where the story is told. Escape codes are only written where
// Plain is false; a line that changes in place is then really one line.
type Screen struct {
	Out   io.Writer
	Plain bool

	live bool // the cursor stands behind a line that may be written over
}

const (
	bold = "\x1b[1m"
	dim  = "\x1b[2m"
	off  = "\x1b[0m"
)

// Title begins the telling.
func (s *Screen) Title(text string) { s.line("\n" + s.style(bold, text)) }

// Row is one line of a table of two columns.
func (s *Screen) Row(name, value string) {
	s.line(fmt.Sprintf("  %-12s %s", name, cut(value, Columns-15)))
}

// Beat is one step of the story: what happens at a moment.
func (s *Screen) Beat(at time.Time, text string, args ...any) {
	lines := wrap(fmt.Sprintf(text, args...), Columns-indent)
	s.line("\n" + s.style(bold, at.UTC().Format("15:04")+"  "+lines[0]))
	for _, l := range lines[1:] {
		s.line(strings.Repeat(" ", indent) + s.style(bold, l))
	}
}

// Say adds to the step.
func (s *Screen) Say(text string, args ...any) {
	for _, l := range wrap(fmt.Sprintf(text, args...), Columns-indent) {
		s.line(strings.Repeat(" ", indent) + l)
	}
}

// Item is one line below a step, in columns of its own.
func (s *Screen) Item(text string) {
	s.line(strings.Repeat(" ", indent+2) + cut(text, Columns-indent-2))
}

// Aside is an Item that matters less.
func (s *Screen) Aside(text string) {
	s.line(strings.Repeat(" ", indent+2) + s.style(dim, cut(text, Columns-indent-2)))
}

// Live shows a line that replaces the one before, where the screen can do so.
// Elsewhere only the lines told to be worth keeping are written.
func (s *Screen) Live(at time.Time, text string, keep bool) {
	text = cut(at.UTC().Format("15:04")+"  "+text, Columns)
	switch {
	case !s.Plain:
		fmt.Fprint(s.Out, "\r\x1b[K"+text)
		s.live = true
	case keep:
		fmt.Fprintln(s.Out, text)
	}
}

func (s *Screen) line(text string) {
	if s.live {
		fmt.Fprintln(s.Out)
		s.live = false
	}
	fmt.Fprintln(s.Out, text)
}

func (s *Screen) style(code, text string) string {
	if s.Plain {
		return text
	}
	before, rest := "", text
	if strings.HasPrefix(text, "\n") {
		before, rest = "\n", text[1:]
	}
	return before + code + rest + off
}

// cut shortens text to a number of characters.
func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:width-1]) + "…"
}

// wrap breaks text between words into lines of at most width characters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, cut(line, width))
}
