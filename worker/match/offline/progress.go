package offline

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// A bar shows progress on one line of a terminal. A nil writer shows nothing.
type bar struct {
	w    io.Writer
	last int
	open bool // the cursor stands behind it
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
	b.last, b.open = n, true
	if total == 0 {
		fmt.Fprintf(b.w, "\r%s %d", what, n)
		return
	}
	full := barWidth * min(n, total) / total
	fmt.Fprintf(b.w, "\r%s [%s%s] %d/%d", what, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), n, total)
}

func (b *bar) done(what string, n int) {
	if b.w != nil {
		fmt.Fprintf(b.w, "\r%s %d%s\n", what, n, strings.Repeat(" ", barWidth+12))
	}
	b.last, b.open = 0, false
}

// stop leaves the line of a bar that is not done.
func (b *bar) stop() {
	if b.open {
		fmt.Fprintln(b.w)
	}
}

// lines counts those of a file, so that the way is known; 0 where nobody looks
// or it cannot be known before: a pipe gives its lines once.
func (b *bar) lines(path string) int {
	if info, err := os.Stat(path); b.w == nil || err != nil || !info.Mode().IsRegular() {
		return 0
	}
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	r, err := plain(f)
	if err != nil {
		return 0
	}
	n, chunk := 0, make([]byte, 256<<10)
	for {
		k, err := r.Read(chunk)
		if n += bytes.Count(chunk[:k], []byte("\n")); err != nil {
			return n
		}
	}
}
