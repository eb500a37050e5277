package main

import (
	"fmt"
	"slices"
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

// Where both fit, never goes before always.
func TestNeverGoesBeforeAlways(t *testing.T) {
	conf, err := config.Parse("test", []byte("matching: {always: [{when: {tag: a}, incident_service: b}], never: [{when: {form: c}}]}"), func(string) (string, bool) { return "", false }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := matchPolicy(conf.Matching).Rules, []match.Rule{{Never: true, Form: "c"}, {Tag: "a", Service: "b"}}; !slices.Equal(got, want) {
		t.Errorf("rules are %+v, want %+v", got, want)
	}
}
