package offline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ticketlink/ticketlink/worker/match"
)

// evalDir is a folder of labelled sets, skipped where it is not at hand.
func evalDir(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "..", "shared", "eval", name)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("labelled sets are missing: %v", err)
		}
		t.Skip("labelled sets are not here")
	}
	return dir
}

func evaluate(t *testing.T, set string, change func(*MatchOptions)) Report {
	t.Helper()
	dir, out := evalDir(t, set), filepath.Join(t.TempDir(), "links.jsonl")
	opts := MatchOptions{Incidents: filepath.Join(dir, "incidents.jsonl.gz"), Tickets: filepath.Join(dir, "tickets.jsonl.gz"),
		Organizations: filepath.Join(dir, "orgs.jsonl.gz"), Out: out, Policy: match.DefaultPolicy(), Auto: true}
	if change != nil {
		change(&opts)
	}
	if _, err := Match(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	r, err := Evaluate(EvaluateOptions{Labels: filepath.Join(dir, "labels.jsonl.gz"), Links: out,
		Incidents: opts.Incidents, Tickets: filepath.Join(dir, "tickets.jsonl.gz")})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%-14s auto P %.3f R %.3f F1 %.3f, any %.3f, calibration error %.3f, %.2f false per 1,000", set,
		r.Auto.Precision, r.Auto.Recall, r.Auto.F1, r.Any.Recall, r.ECE, r.FalsePer1k)
	return r
}

// The bars of the product, on labelled sets: macro over those with members.
func TestQuality(t *testing.T) {
	var precision, f1, any, rows, off float64
	sets := []string{"concurrent", "late_declared", "untagged"}
	for _, set := range sets {
		r := evaluate(t, set, nil)
		n := float64(len(sets))
		precision, f1, any = precision+r.Auto.Precision/n, f1+r.Auto.F1/n, any+r.Any.Recall/n
		rows, off = rows+float64(r.Any.Links), off+r.ECE*float64(r.Any.Links)
	}
	if precision < 0.92 || f1 < 0.58 || any < 0.75 || off/rows > 0.08 {
		t.Errorf("precision %.3f, F1 %.3f, recall with suggestions %.3f, calibration error %.3f; want 0.92, 0.58, 0.75, 0.08",
			precision, f1, any, off/rows)
	}
	if quiet := evaluate(t, "quiet", nil); quiet.FalsePer1k > 0.3 {
		t.Errorf("%.2f false links per 1,000 tickets where all are false, want at most 0.3", quiet.FalsePer1k)
	}
}

// A replay learns of everything in its own time and is judged on the way.
func TestReplay(t *testing.T) {
	r := evaluate(t, "untagged", func(o *MatchOptions) { o.Events = filepath.Join(filepath.Dir(o.Tickets), "events.jsonl.gz") })
	if len(r.Checkpoints) != len(checkpoints) {
		t.Fatalf("%d checkpoints, want %d", len(r.Checkpoints), len(checkpoints))
	}
	for _, c := range r.Checkpoints {
		t.Logf("%4d min: auto P %.3f R %.3f, any %.3f", c.Minutes, c.Auto.Precision, c.Auto.Recall, c.Any.Recall)
	}
	if r.Auto.Precision < 0.9 || r.Auto.F1 < 0.55 {
		t.Errorf("after the replay precision %.3f, F1 %.3f", r.Auto.Precision, r.Auto.F1)
	}
}
