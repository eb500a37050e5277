package integrations

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferencesAreKnownByTheirForm(t *testing.T) {
	for text, want := range map[string]Reference{
		"https://github.com/acme/shop/issues/12":                {"issue", "acme/shop#12", "https://github.com/acme/shop/issues/12"},
		"https://github.com/acme/shop/issues/12#issuecomment-3": {"issue", "acme/shop#12", "https://github.com/acme/shop/issues/12"},
		"https://github.com/acme/shop/pull/7/files":             {"pull_request", "acme/shop#7", "https://github.com/acme/shop/pull/7/files"},
		"https://gitlab.example.com/a/b/c/-/issues/3":           {"issue", "a/b/c#3", "https://gitlab.example.com/a/b/c/-/issues/3"},
		"https://gitlab.com/a/b/-/merge_requests/3":             {"pull_request", "a/b!3", "https://gitlab.com/a/b/-/merge_requests/3"},
		"https://acme.atlassian.net/browse/PAY-7":               {"issue", "PAY-7", "https://acme.atlassian.net/browse/PAY-7"},
		"https://acme.slack.com/archives/C1/p17":                {"chat", "https://acme.slack.com/archives/C1/p17", "https://acme.slack.com/archives/C1/p17"},
		"https://status.acme.example/incidents/x":               {"status_page", "https://status.acme.example/incidents/x", "https://status.acme.example/incidents/x"},
		"https://example.com/issues/12":                         {"link", "https://example.com/issues/12", "https://example.com/issues/12"},
		"acme/shop#12":                                          {"issue", "acme/shop#12", ""},
		"group/sub/project!7":                                   {"pull_request", "group/sub/project!7", ""},
		" PAY-7 ":                                               {"issue", "PAY-7", ""},
	} {
		if got, ok := ParseReference(text); !ok || got != want {
			t.Errorf("%s: got %+v (%v), want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "PAY", "PAY-", "PAY-0", "pay-7", "P-7", "shop#12", "acme/shop#0", "javascript:alert(1)", "ftp://example.com/x",
		"https://", "https://user:secret@example.com/", "https://example.com/" + strings.Repeat("x", 2000)} {
		if got, ok := ParseReference(text); ok {
			t.Errorf("%q: got %+v, want none", text, got)
		}
	}
}

func TestNotesAreReadForIssues(t *testing.T) {
	text := `Same as PAY-7 (see https://github.com/acme/shop/issues/12). Again PAY-7, acme/api#4; not UTF-8, SHA-256, INC-42,
order A-1, docs at https://docs.example.com/pay, PAY-07, thread: https://acme.slack.com/archives/C1/p17!`
	var names []string
	for _, r := range FindReferences(text) {
		names = append(names, r.Name)
	}
	want := []string{"acme/shop#12", "https://acme.slack.com/archives/C1/p17", "PAY-7", "acme/api#4"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if n := len(FindReferences(strings.Repeat("AB-1 ", 3) + manyKeys(50))); n != maxReferences {
		t.Errorf("%d references, want at most %d", n, maxReferences)
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" KEY" + string(rune('A'+i%26)) + "-" + strings.Repeat("1", 1+i/26))
	}
	return b.String()
}

func FuzzFindReferences(f *testing.F) {
	f.Add("see PAY-7, acme/shop#12 and https://github.com/acme/shop/pull/7.")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range FindReferences(text) {
			if r.Kind == "" || r.Name == "" || r.URL != "" && !strings.HasPrefix(r.URL, "http") {
				t.Errorf("%q: %+v", text, r)
			}
			if again, ok := ParseReference(r.Name); !ok || again.Name != r.Name && r.URL != r.Name {
				t.Errorf("%q: name %q is read as %+v", text, r.Name, again)
			}
		}
	})
}
