package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker/config"
	"github.com/ticketlink/ticketlink/worker/match"
)

func TestMatchingIsConfigured(t *testing.T) {
	text := "matching:\n  windows: {before: 1h, after: 2h}\n  weights:\n"
	for i, kind := range match.WeighedKinds() {
		text += fmt.Sprintf("    %s: %d\n", kind, i)
	}
	conf, err := config.Parse("test", []byte(text), func(string) (string, bool) { return "", false }, nil)
	if err != nil {
		t.Fatal(err) // a kind of evidence that the configuration does not know
	}
	p := matchPolicy(conf.Matching)
	if p.Windows != (match.Windows{Before: time.Hour, After: 2 * time.Hour}) {
		t.Errorf("windows %+v", p.Windows)
	}
	for i, kind := range match.WeighedKinds() {
		if p.Weights[kind] != float64(i) {
			t.Errorf("%s has the factor %v, want %d", kind, p.Weights[kind], i)
		}
	}
	if usual, err := config.Parse("test", nil, func(string) (string, bool) { return "", false }, nil); err != nil ||
		matchPolicy(usual.Matching).Windows != match.DefaultPolicy().Windows {
		t.Errorf("the configuration's usual windows are not the engine's: %v", err)
	}
}
