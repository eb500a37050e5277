package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rollingUpgrade runs the program before the latest change of the schema and
// this one side by side, then this one alone: it goes on at once with all that
// the old one had in hand.
func rollingUpgrade(t *testing.T, s *servers) {
	before := build(t, filepath.Join(checkOut(t, beforeSchemaChange(t)), "cmd", "ticketlink"), "-tags", "faults")
	p := newPlant(t, s, blank)
	old := p.start(before)
	p.ready(old)
	upgrade := []func(){func() { p.ready(p.start(s.program)) }, func() { p.end(old) }}
	p.tell(func() func() {
		upgrade[0]()
		upgrade = upgrade[1:]
		return func() {}
	})
}

// stopInTheMiddle ends a replica while the target does not answer: what it had
// in hand is due at once, not when its lease ends.
func stopInTheMiddle(t *testing.T, s *servers) {
	p := newPlant(t, s, migrated)
	first := p.start(s.program)
	p.ready(first)
	declared := false
	p.tell(func() func() {
		if !declared {
			declared = true
			return func() {}
		}
		p.target.set(stalls)
		p.until("reminders are on their way", func() bool { return p.count("select count(*) from reminders where attempts > 0") > 0 })
		p.end(first)
		if n := p.count("select count(*) from reminders where due_at > $1", p.clock()); n != 0 {
			t.Errorf("%d reminders are held by a replica that has stopped", n)
		}
		p.target.set(passes)
		p.ready(p.start(s.program))
		return func() {}
	})
}

// beforeSchemaChange is the newest commit with other migrations than this one.
func beforeSchemaChange(t *testing.T) string {
	t.Helper()
	changed := git(t, "log", "-1", "--format=%H", "--", ":/schema/migrations")
	out, err := exec.CommandContext(t.Context(), "git", "rev-parse", "--verify", "--quiet", changed+"^").Output()
	if err != nil || changed == "" {
		t.Fatal("the history does not reach back to the commit before the latest migration: the rolling upgrade cannot be tested. " +
			"Clone with full history (git fetch --unshallow)")
	}
	return strings.TrimSpace(string(out))
}

// checkOut puts a commit's files into a directory of their own.
func checkOut(t *testing.T, commit string) string {
	t.Helper()
	dir := t.TempDir()
	archive := filepath.Join(dir, "commit.tar")
	top := git(t, "rev-parse", "--show-toplevel") // elsewhere only a part is archived
	git(t, "-C", top, "archive", "--format=tar", "--output="+archive, commit)
	if out, err := exec.CommandContext(t.Context(), "tar", "-xf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("unpack %s: %v\n%s", commit, err, out)
	}
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	return dir
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", args...).Output()
	if err != nil {
		t.Fatalf("git %s: %v; the test needs the clone's history", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}
