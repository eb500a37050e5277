package offline

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxLine bounds one JSON line: a ticket with its longest first comment is far below.
const maxLine = 16 << 20

// eachLine decodes every line of a JSON-lines file, gzipped or not, and gives
// it to use; "-" is the standard input. Empty lines are skipped. Errors name the
// file and the line.
func eachLine[T any](path string, use func(T) error) error {
	if path == "-" {
		return decodeLines("standard input", os.Stdin, use)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return decodeLines(path, f, use)
}

func decodeLines[T any](name string, r io.Reader, use func(T) error) error {
	text, err := plain(r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	src := &source{Reader: text}
	sc := bufio.NewScanner(src)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	line := 0
	for sc.Scan() {
		line++
		err := decodeLine(sc.Bytes(), use)
		if err != nil && src.broken != nil { // what is left of a line cannot be read either
			err = src.broken
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	err = sc.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("the line is longer than %d MB: want one JSON object a line", maxLine>>20)
	}
	if err != nil {
		return fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	return nil
}

func decodeLine[T any](line []byte, use func(T) error) error {
	text := bytes.TrimPrefix(bytes.TrimSpace(line), []byte("\xef\xbb\xbf"))
	if len(text) == 0 {
		return nil
	}
	if text[0] == '[' {
		return errors.New("want one JSON object a line, this is a list: jq -c '.[]' makes lines of it")
	}
	var v T
	if err := decode(text, &v); err != nil {
		return err
	}
	return use(v)
}

// A source remembers why it could not be read on.
type source struct {
	io.Reader
	broken error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF {
		s.broken = err
	}
	return n, err
}

// plain unpacks gzip, recognised by its first two bytes.
func plain(r io.Reader) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 256<<10)
	magic, _ := br.Peek(2)
	switch string(magic) {
	case "\x1f\x8b":
		zr, err := gzip.NewReader(br)
		return gunzip{zr}, damaged(err)
	case "\xff\xfe", "\xfe\xff":
		return nil, errors.New("this is UTF-16: write it as UTF-8")
	}
	return br, nil
}

// gunzip says what to do about a file that cannot be unpacked.
type gunzip struct{ *gzip.Reader }

func (g gunzip) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	return n, damaged(err)
}

func damaged(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fmt.Errorf("the gzip data is damaged or ends too soon: fetch the file anew (%w)", err)
}
