package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// An inputFile is a flag and the file that it names; "-" is the standard input.
type inputFile struct{ flag, path string }

// present looks for the files before any work is done.
func present(files ...inputFile) error {
	piped := ""
	for _, f := range files {
		switch {
		case f.path == "":
			continue
		case f.path == "-" && piped != "":
			return fmt.Errorf("%s and %s cannot both be the standard input: name a file for one of them", piped, f.flag)
		case f.path == "-":
			piped = f.flag
			continue
		}
		info, err := os.Stat(f.path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return fmt.Errorf("%s: there is no file %s: check its path%s", f.flag, f.path, from())
		case err != nil:
			return fmt.Errorf("%s: %w", f.flag, err)
		case info.IsDir():
			return fmt.Errorf("%s: %s is a directory: name a file in it", f.flag, f.path)
		}
	}
	return nil
}

// from says where relative paths begin.
func from() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return ", which begins at " + dir
}

// progressTo is where progress is shown: on a terminal only, for in a file or a
// log it would be noise.
func progressTo(quiet bool) io.Writer {
	if quiet || !isatty.IsTerminal(os.Stderr.Fd()) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return os.Stderr
}
