package offline

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// outputs are the files of one run. They are opened before the work and take
// their names when all of them are complete.
type outputs struct {
	path                  string  // of the links as it was given
	links, replay, surges *output // the latter two of a replay into a regular file
}

// The endings of what a replay writes beside its links.
const (
	replayEnding = ".replay"
	surgesEnding = ".surges"
)

func (m *matcher) create() (o outputs, err error) {
	path := m.opts.Out
	o.path = path
	for _, in := range []string{m.opts.Incidents, m.opts.Tickets, m.opts.Events, m.opts.Organizations} {
		if same(path, in) {
			return o, fmt.Errorf("links would replace the input %s: name another file", in)
		}
	}
	if o.links, err = create(path); err != nil || m.opts.Events == "" || o.links.straight {
		return o, err
	}
	if o.replay, err = create(path + replayEnding); err == nil {
		o.surges, err = create(path + surgesEnding)
	}
	if err != nil {
		o.discard()
	}
	return o, err
}

func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// write fills all files before it names one. What an earlier replay wrote
// beside the links goes with them.
func (o outputs) write(links []linkRecord, replay []snapshot, surges []alarmRecord) error {
	if err := errors.Join(encode(o.links, links), encode(o.replay, replay), encode(o.surges, surges)); err != nil {
		return err
	}
	if o.replay == nil && !o.links.straight {
		_ = os.Remove(o.path + replayEnding)
		_ = os.Remove(o.path + surgesEnding)
	}
	return errors.Join(o.links.place(), o.replay.place(), o.surges.place())
}

// discard removes what has not taken its name.
func (o outputs) discard() {
	for _, f := range []*output{o.links, o.replay, o.surges} {
		if f != nil && !f.straight {
			_ = f.file.Close()
			_ = os.Remove(f.file.Name())
		}
	}
}

// An output is written beside its path; a pipe or a device straight.
type output struct {
	path     string
	file     *os.File
	mode     os.FileMode
	straight bool
}

// create opens a file to write; "-" is the standard output.
func create(path string) (*output, error) {
	if path == "-" {
		return &output{path: path, file: os.Stdout, straight: true}, nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	o := &output{path: path, mode: 0o644}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory: name a file in it", path)
	case err == nil && !info.Mode().IsRegular():
		o.straight = true
		o.file, err = os.OpenFile(path, os.O_WRONLY, 0)
	case err == nil:
		o.mode = info.Mode().Perm()
		fallthrough
	default:
		o.file, err = os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	}
	if err != nil {
		return nil, unwritable(path, err)
	}
	return o, nil
}

func unwritable(path string, err error) error {
	var p *os.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		err = p.Err // the name in it is that of a file beside
	}
	return fmt.Errorf("%s cannot be written: %w: name a file in a directory that is there and may be written", path, err)
}

// encode writes JSON lines; no output takes them as well.
func encode[T any](o *output, records []T) error {
	if o == nil {
		return nil
	}
	w := bufio.NewWriter(o.file)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range records {
		if err := enc.Encode(r); err != nil {
			return unwritable(o.path, err)
		}
	}
	err := w.Flush()
	if err == nil && o.path != "-" {
		err = o.file.Close()
	}
	return unwritable(o.path, err)
}

// place gives a complete file its name.
func (o *output) place() error {
	if o == nil || o.straight {
		return nil
	}
	err := os.Chmod(o.file.Name(), o.mode)
	if err == nil {
		err = os.Rename(o.file.Name(), o.path)
	}
	return unwritable(o.path, err)
}
