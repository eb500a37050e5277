package offline

import (
	"fmt"
	"io"
	"strings"
)

// A bar shows progress on one line of a terminal. A nil writer shows nothing.
type bar struct {
	w    io.Writer
	last int
}

const barWidth = 30

// step redraws now and then; total 0 means that it is not known.
func (b *bar) step(what string, n, total int) {
	every := total / 100
	if total == 0 {
		every = 5000
	}
	if b.w == nil || n != total && n-b.last < every {
		return
	}
	b.last = n
	if total == 0 {
		fmt.Fprintf(b.w, "\r%s %d", what, n)
		return
	}
	full := barWidth * n / total
	fmt.Fprintf(b.w, "\r%s [%s%s] %d/%d", what, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), n, total)
}

func (b *bar) done(what string, n int) {
	if b.w != nil {
		fmt.Fprintf(b.w, "\r%s %d%s\n", what, n, strings.Repeat(" ", barWidth+8))
	}
	b.last = 0
}
