package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTextIsBrokenBetweenWords(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"exactly ten", []string{"exactly", "ten"}},
		{"ten of ten", []string{"ten of ten"}},
		{"ten of tens", []string{"ten of", "tens"}},
		{"größer als", []string{"größer als"}},
		{"unbreakable!", []string{"unbreakab…"}},
	} {
		if diff := cmp.Diff(tt.want, wrap(tt.text, 10)); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func TestAPlainScreenKeepsWhatIsWorthKeeping(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 5, 0, 0, time.UTC)
	tell := func(plain bool) string {
		var out strings.Builder
		s := Screen{Out: &out, Plain: plain}
		s.Live(at, "one", false)
		s.Live(at, "two", true)
		s.Say("done")
		return out.String()
	}
	if got, want := tell(true), "09:05  two\n       done\n"; got != want {
		t.Errorf("plain: %q, want %q", got, want)
	}
	if got, want := tell(false), "\r\x1b[K09:05  one\r\x1b[K09:05  two\n       done\n"; got != want {
		t.Errorf("terminal: %q, want %q", got, want)
	}
}

func TestTheStoryBeginsOnTheTuesdayBefore(t *testing.T) {
	tuesday := time.Date(2026, 11, 17, 8, 30, 0, 0, time.UTC)
	for now, want := range map[string]time.Time{
		"2026-11-18T00:00:00Z": tuesday,
		"2026-11-24T23:59:59Z": tuesday, // a Tuesday that is not over
		"2026-11-25T00:00:00Z": tuesday.AddDate(0, 0, 7),
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := Morning(at); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}
