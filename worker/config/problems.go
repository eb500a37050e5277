package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Place is where a value was written: a line and column of a file, or an
// environment variable.
type Place struct {
	Source string // the file's name or the variable's
	Line   int    // from 1; 0 where the source has no lines
	Column int    // in characters, from 1
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.Source
	}
	return fmt.Sprintf("%s:%d:%d", p.Source, p.Line, p.Column)
}

// A Problem is one thing that is wrong with the configuration.
type Problem struct {
	Place Place
	Key   string // as in helpdesks[0].url; "" for the file as a whole
	Text  string // what was wrong and what was expected; never a secret
}

func (p Problem) String() string {
	if p.Key == "" {
		return p.Place.String() + ": " + p.Text
	}
	return p.Place.String() + ": " + p.Key + ": " + p.Text
}

// Problems is the error of a refused configuration: everything that is wrong
// with it, in the order of the file.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	return ps
}

// expected ends a problem's text: the allowed values, and the one that was
// probably meant.
func expected(got string, allowed []string) string {
	text := "expected " + strings.Join(allowed, ", ")
	if near, ok := nearest(got, allowed); ok {
		text += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return text
}

// nearest returns the allowed word with the fewest typing errors, if there are
// at most two and fewer than half of its letters.
func nearest(got string, allowed []string) (string, bool) {
	best, errors := "", 3
	for _, word := range allowed {
		if d := distance(got, word); d < errors && 2*d < len(word) {
			best, errors = word, d
		}
	}
	return best, best != ""
}

// distance counts the letters to insert, delete or replace between a and b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
