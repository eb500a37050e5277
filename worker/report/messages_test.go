package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrivacyDecidesWhatOfTheChatIsTold(t *testing.T) {
	said := []Message{{after(5), "Ada", "Jane@acme.example called from +44 20 7946 0958:\nsince 2026-11-23 09:04 nothing from 10.0.0.12 gets through", "https://chat.example/p1"}, {after(6), "Linus", "On it", ""}}
	for privacy, want := range map[string][]string{
		"none":          {"2 messages in the incident's chat"},
		"organizations": {"(left out) called from (left out): since 2026-11-23 09:04 nothing from 10.0.0.12 gets through", "On it"},
		"all":           {"Jane@acme.example called from +44 20 7946 0958: since 2026-11-23 09:04 nothing from 10.0.0.12 gets through", "On it"},
	} {
		var got []string
		for _, e := range Timeline(Happenings{Incident: Incident{Started: began, Declared: began}, Messages: said, Privacy: privacy}) {
			if e.Kind == "message" {
				got = append(got, e.Text)
				if named := e.Actor != ""; named != (privacy != "none") {
					t.Errorf("%s: said by %q", privacy, e.Actor)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", privacy, diff)
		}
	}
}

func TestContactsAreLeftOutAndNothingElseIs(t *testing.T) {
	for text, want := range map[string]string{
		"mail ops@x.io now": "mail (left out) now", "call 0171 234 5678": "call (left out)", "(555) 123-4567": "(left out)", "555-123-4567.": "(left out).",
		"error 500 of 12345678": "error 500 of 12345678", "at 10:00, 2026-11-24": "at 10:00, 2026-11-24", "v1.2.3 @here": "v1.2.3 @here", "+3 %": "+3 %",
	} {
		if got := withoutContacts(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestManyMessagesAreCounted(t *testing.T) {
	var said []Message
	for n := range messagesTold {
		said = append(said, Message{At: after(n / 30), Text: "x"})
	}
	if got := messages(said, "all", stepFor(Happenings{})); len(got) != messagesTold {
		t.Errorf("%d lines of %d messages, want each", len(got), messagesTold)
	}
	got := messages(append(said, said[0]), "all", stepFor(Happenings{}))
	if len(got) != 1 || got[0].Text != "61 messages in the incident's chat" {
		t.Errorf("got %+v, want one line that counts 61", got)
	}
}

func TestLongMessagesAreCutAtACharacter(t *testing.T) {
	if s := strings.Repeat("ü", messageLength); shorten(s) != s {
		t.Error("a message of the whole length was cut")
	}
	if got := []rune(shorten(strings.Repeat("ü", messageLength+1))); len(got) != messageLength || got[len(got)-1] != '…' {
		t.Errorf("got %d characters ending in %q, want %d and …", len(got), got[len(got)-1], messageLength)
	}
}
