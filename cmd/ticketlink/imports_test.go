package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ticketlink/ticketlink/"

// allowed says which of our own rooms each room may import, the longest prefix
// counts. cmd may import all.
var allowed = []struct {
	room string
	from []string
}{
	{"cmd/", []string{"cmd/", "worker", "integrations", "schema"}},
	{"worker/match/offline", []string{"worker/match", "integrations"}},
	{"worker/match", nil},
	{"worker/impact", nil},
	{"worker/followup", nil},
	{"worker/report", []string{"worker/impact"}},
	{"worker/queue", nil},
	{"worker/embedded", nil},
	{"worker/config", nil},
	{"worker/web", []string{"worker/impact", "worker/match", "worker/followup"}},
	{"worker", []string{"worker/", "integrations", "schema"}},
	{"integrations/", []string{"integrations"}},
	{"integrations", nil},
	{"schema", nil},
}

// leaves are integrations: they meet in the package integrations only.
func leaf(path string) string {
	name, _ := strings.CutPrefix(path, "integrations/")
	name, _, _ = strings.Cut(name, "/")
	return name
}

// The house's rooms import one another only as the house is built. Packages
// that exist for tests (their names end in test or fake) may import anything.
func TestImportsKeepTheHouse(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for decoder.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		room := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasSuffix(room, "test") || strings.HasSuffix(room, "fake") {
			continue
		}
		for _, i := range p.Imports {
			if other, ours := strings.CutPrefix(i, module); ours && !mayImport(room, other) {
				t.Errorf("%s imports %s", room, other)
			}
		}
	}
}

func mayImport(room, other string) bool {
	for _, a := range allowed {
		if !strings.HasPrefix(room, a.room) {
			continue
		}
		if a.room == "integrations/" && other != "integrations" {
			return leaf(room) == leaf(other)
		}
		return slices.ContainsFunc(a.from, func(prefix string) bool { return strings.HasPrefix(other, prefix) })
	}
	return false
}
