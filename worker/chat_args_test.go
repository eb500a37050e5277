package worker

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestArgsOfACommand(t *testing.T) {
	for text, want := range map[string]args{
		"":                               {nil, map[string][]string{}},
		"Payments fail":                  {[]string{"Payments", "fail"}, map[string][]string{}},
		"Cards fail severity=sev1":       {[]string{"Cards", "fail"}, map[string][]string{"severity": {"sev1"}}},
		"SEV=sev2 a=b":                   {[]string{"a=b"}, map[string][]string{"severity": {"sev2"}}},
		`title="Nobody can pay" tag=a,b`: {nil, map[string][]string{"title": {"Nobody can pay"}, "tag": {"a,b"}}},
		"title=“Nobody can pay” x":       {[]string{"x"}, map[string][]string{"title": {"Nobody can pay"}}},
		`tag=a tag=b "open quote`:        {[]string{"open quote"}, map[string][]string{"tag": {"a", "b"}}},
		`""`:                             {[]string{""}, map[string][]string{}},
	} {
		if diff := cmp.Diff(want, parseArgs(text), cmp.AllowUnexported(args{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// Whatever people type, no word is lost, and none holds a space that was not quoted.
func TestArgsKeepEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-z]{1,8}`)).Draw(t, "words")
		text := ""
		for _, word := range words {
			text += rapid.SampledFrom([]string{" ", "  ", "\t", "\n"}).Draw(t, "space") + word
		}
		if diff := cmp.Diff(append([]string(nil), words...), parseArgs(text).words); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}
