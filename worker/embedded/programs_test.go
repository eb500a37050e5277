package embedded

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewestVersionComesFirst(t *testing.T) {
	base := t.TempDir()
	for _, v := range []string{"9", "17", "15"} {
		if err := os.MkdirAll(filepath.Join(base, v, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(base)
	want := []string{"17/bin", "15/bin", "9/bin"}
	if diff := cmp.Diff(want, newestFirst("*/bin")); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestProgramsOfTheVersionThatWroteTheData(t *testing.T) {
	bin := t.TempDir()
	fakeProgram(t, bin, "initdb", "")
	fakeProgram(t, bin, "postgres", "postgres (PostgreSQL) 16.4 (Debian 16.4-1)")
	t.Setenv(binVariable, bin)
	for major, ok := range map[string]bool{"": true, "16": true, "15": false, "17": false, "1": false} {
		dir, err := findPrograms(t.Context(), major)
		if (err == nil) != ok {
			t.Errorf("data of version %q: %q, %v; want success %v", major, dir, err, ok)
		}
	}
}

func TestVersionInThePath(t *testing.T) {
	for path, want := range map[string]string{
		"usr/lib/postgresql/15/bin":                 "15",
		"usr/pgsql-16/bin":                          "16",
		"usr/libexec/postgresql17":                  "17",
		"opt/homebrew/opt/postgresql@14/bin":        "14",
		"opt/homebrew/Cellar/postgresql@14/1.2/bin": "14",
		"srv/2026/bin":                              "9", // only the program tells
	} {
		dir := filepath.Join(t.TempDir(), path)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		fakeProgram(t, dir, "initdb", "")
		fakeProgram(t, dir, "postgres", "postgres (PostgreSQL) 9.6")
		if got, err := majorVersion(t.Context(), dir); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", path, got, err, want)
		}
	}
}

func fakeProgram(t *testing.T, dir, name, output string) {
	t.Helper()
	script := "#!/bin/sh\necho '" + output + "'\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}
