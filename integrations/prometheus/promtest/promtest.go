// Package promtest checks PromQL: that Prometheus's own parser takes it, and
// that it reads only metrics that ticketlink has.
package promtest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Promtool runs promtool in a directory and fails the test with what it says.
func Promtool(t testing.TB, dir string, args ...string) {
	t.Helper()
	program, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatal("promtool is missing; on Debian: apt-get install prometheus")
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Parse checks the syntax and types of expressions, as recording rules in a
// rule file: promtool has no other way to parse one.
func Parse(t testing.TB, exprs []string) {
	t.Helper()
	type rule struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	rules := make([]rule, len(exprs))
	for i, e := range exprs {
		rules[i] = rule{"expression:" + strconv.Itoa(i), e}
	}
	// JSON is YAML.
	file, err := json.Marshal(map[string]any{"groups": []any{map[string]any{"name": "all", "rules": rules}}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rules.yml"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	Promtool(t, dir, "check", "rules", "rules.yml")
}

var (
	metric = regexp.MustCompile(`[a-z_:0-9]*ticketlink_[a-z_:0-9]+`)
	part   = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// KnownMetrics checks that every metric of an expression is in known.
func KnownMetrics(t testing.TB, expr string, known map[string]bool) {
	t.Helper()
	for _, name := range metric.FindAllString(expr, -1) {
		if !known[name] && !known[part.ReplaceAllString(name, "")] {
			t.Errorf("nothing exports %s, which is read by %s", name, expr)
		}
	}
}

// Metrics returns the names that the Go files in dir could export: ticketlink_
// before every string constant of theirs. The worker names each metric so.
func Metrics(t testing.TB, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("Go files in %s: %v, %v", dir, files, err)
	}
	known := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				known["ticketlink_"+strings.Trim(lit.Value, `"`)] = true
			}
			return true
		})
	}
	return known
}
