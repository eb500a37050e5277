package offline

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// maxLine bounds one JSON line: a ticket with its longest first comment is far below.
const maxLine = 16 << 20

// eachLine decodes every line of a JSON-lines file, gzipped or not, and gives
// it to use. Empty lines are skipped. Errors name the file and the line.
func eachLine[T any](path string, use func(T) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := plain(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return decodeLines(path, r, use)
}

func decodeLines[T any](name string, r io.Reader, use func(T) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	line := 0
	for sc.Scan() {
		line++
		text := bytes.TrimPrefix(bytes.TrimSpace(sc.Bytes()), []byte("\xef\xbb\xbf"))
		if len(text) == 0 {
			continue
		}
		var v T
		if err := json.Unmarshal(text, &v); err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if err := use(v); err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	return nil
}

// plain unpacks gzip, recognised by its first two bytes.
func plain(r io.Reader) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 256<<10)
	if magic, _ := br.Peek(2); string(magic) == "\x1f\x8b" {
		return gzip.NewReader(br)
	}
	return br, nil
}
