package embedded

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNoPostgres says that no usable PostgreSQL installation was found; the
// error that wraps it says what to install.
var ErrNoPostgres = errors.New("no PostgreSQL installation found")

// binVariable names the directory of PostgreSQL's programs, before any other.
const binVariable = "TICKETLINK_PG_BIN"

const howToInstall = `install the server's programs (they need not run):
  Debian, Ubuntu:  apt-get install postgresql
  Fedora, RHEL:    dnf install postgresql-server
  Alpine:          apk add postgresql
  Arch:            pacman -S postgresql
  macOS:           brew install postgresql@17
or set ` + binVariable + ` to the directory that holds postgres and initdb,
or set database_url to a server that runs elsewhere`

// findPrograms returns the directory that holds postgres and initdb of the
// wanted major version, any if major is "".
func findPrograms(ctx context.Context, major string) (string, error) {
	var others []string
	for dir := range programDirs(ctx) {
		found, err := majorVersion(ctx, dir)
		if err != nil {
			continue
		}
		if major == "" || found == major {
			return dir, nil
		}
		others = append(others, fmt.Sprintf("%s in %s", found, dir))
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if len(others) == 0 {
		return "", fmt.Errorf("%w; %s", ErrNoPostgres, howToInstall)
	}
	return "", fmt.Errorf("%w of major version %s, which wrote this data directory, only %s; "+
		"install version %s, or move the data with pg_dump or pg_upgrade",
		ErrNoPostgres, major, strings.Join(others, ", "), major)
}

// Program returns the path of one of PostgreSQL's client programs, such as
// pg_dump, of the newest version installed: it works with older servers.
func Program(ctx context.Context, name string) (string, error) {
	dir, err := findPrograms(ctx, "")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w with %s; %s", ErrNoPostgres, name, howToInstall)
	}
	return path, nil
}

// programDirs yields where to look, in order of preference. A directory named
// by the user is the only one. pg_config comes last: it takes a moment, and
// knows of no server where only the client library is installed.
func programDirs(ctx context.Context) iter.Seq[string] {
	return func(yield func(string) bool) {
		if dir := os.Getenv(binVariable); dir != "" {
			yield(dir)
			return
		}
		for _, dir := range usualDirs() {
			if !yield(dir) {
				return
			}
		}
		if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
			yield(strings.TrimSpace(string(out)))
		}
	}
}

func usualDirs() (dirs []string) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", // Debian
		"/usr/pgsql-*/bin",          // PostgreSQL's own RPMs
		"/usr/libexec/postgresql*",  // Alpine
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
	} {
		dirs = append(dirs, newestFirst(pattern)...)
	}
	return dirs
}

var number = regexp.MustCompile(`\d+`)

// newestFirst lists the directories that match a pattern by the version in
// their names, newest first.
func newestFirst(pattern string) []string {
	dirs, _ := filepath.Glob(pattern) // the only error is a bad pattern
	slices.SortFunc(dirs, func(a, b string) int { return versionIn(b) - versionIn(a) })
	return dirs
}

func versionIn(dir string) int {
	n, _ := strconv.Atoi(number.FindString(dir)) // no number sorts last
	return n
}

// versioned is how installations name their version: /usr/lib/postgresql/15,
// /usr/pgsql-15, postgresql@15.
var versioned = regexp.MustCompile(`(?:postgresql[/@]?|pgsql-)(\d+)`)

// majorVersion returns the version of the programs in dir. Where the path does
// not tell, it asks the server program, which takes a twentieth of a second and
// answers such as "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)".
func majorVersion(ctx context.Context, dir string) (string, error) {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, program)); err != nil {
			return "", err
		}
	}
	if m := versioned.FindStringSubmatch(dir); m != nil {
		return m[1], nil
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return "", err
	}
	if v := number.FindString(string(out)); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("%s/postgres --version answered %q", dir, out)
}
