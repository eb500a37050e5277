package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Everything that is said can be seen before, and what a team's own template
// does wrong is told with its file and what it may use.
func TestPreview(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{nil, "tell the customer that it is resolved (ticket 1001)"},
		{nil, "certificate was renewed"},
		{[]string{"--language", "de"}, "INC-42: dem Kunden sagen, dass die Störung behoben ist (Ticket 1001)"},
		{[]string{"--language", "de", "--kind", "first_reply", "--escalate"}, "Eskalation: INC-42: die erste Antwort geben (Ticket 1001)"},
		{[]string{"--language", "de", "--kind", "update", "--digest"}, "3 Rückmeldungen sind fällig: INC-42"},
		{[]string{"--language", "de", "--kind", "update", "--answer"}, "Guten Tag,"},
		{[]string{"--digest"}, "3 follow-ups are due"},
		{[]string{"--escalate"}, "Escalation: INC-42"},
		{[]string{"--answer"}, "certificate was renewed"},
	}
	for _, test := range tests {
		if out, err := run(t, append([]string{"preview"}, test.args...)...); err != nil || !strings.Contains(out, test.want) {
			t.Errorf("%v: %v, %q, want %q", test.args, err, out, test.want)
		}
	}
	dir := t.TempDir()
	own, config := filepath.Join(dir, "own.tmpl"), filepath.Join(dir, "ticketlink.yaml")
	if err := os.WriteFile(config, []byte("follow_up: {templates: "+own+"}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{{define "subject"}}{{.Customer}}{{end}}`: own + `: try the template "subject" on a first_reply: line 1:22:`,
		`{{define "sbject"}}hello{{end}}`:          own + `: template "sbject" is never said`,
	} {
		if err := os.WriteFile(own, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, "preview", "--config", config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
