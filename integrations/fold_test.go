package integrations

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFoldTags(t *testing.T) {
	got := FoldTags([]string{" EU", "eu", "", " ", "A\x00B", "\x00 c", "é\xff"})
	if want := []string{"ab", "c", "eu", "é\uFFFD"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFoldTagsIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := FoldTags(rapid.SliceOf(rapid.String()).Draw(t, "tags"))
		if twice := FoldTags(once); !slices.Equal(once, twice) {
			t.Fatalf("%q became %q", once, twice)
		}
		if !slices.IsSorted(once) || slices.Contains(once, "") {
			t.Fatalf("not sorted or empty: %q", once)
		}
	})
}

func TestFoldTagsLimits(t *testing.T) {
	long := strings.Repeat("x", MaxTag)
	if got := FoldTags([]string{long + "y"}); got[0] != long {
		t.Errorf("a tag of %d bytes", len(got[0]))
	}
	many := make([]string, MaxTags+1)
	for i := range many {
		many[i] = strings.Repeat("t", i%150+1) + string(rune('a'+i/150))
	}
	if got := FoldTags(many); len(got) != MaxTags {
		t.Errorf("%d tags", len(got))
	}
}

func TestCleanTextIsCleanAndWithinItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		got := CleanText(in, limit)
		if len(got) > limit || !utf8.ValidString(got) {
			t.Fatalf("%q at %d became %q", in, limit, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' && r != '\t' {
				t.Fatalf("%q kept %q", in, r)
			}
		}
	})
}

func TestCleanJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"a": 1}`:                     `{"a": 1}`,
		`12345678901234567890.10`:      `12345678901234567890.10`,
		`"a\u0000b"`:                   `"ab"`,
		`"a\\u0000b"`:                  `"a\\u0000b"`,
		`"\ud800"`:                     "\"\uFFFD\"",
		`"\u00e9<"`:                    `"é<"`,
		"\"\xff\"":                     "\"\uFFFD\"",
		`{"k\u0000":[{"b":"\u0000"}]}`: `{"k":[{"b":""}]}`,
		`{"open":`:                     `null`,
		``:                             `null`,
	} {
		if got := CleanJSON(json.RawMessage(in)); string(got) != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
