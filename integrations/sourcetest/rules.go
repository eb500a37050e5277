package sourcetest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
)

// repeats: the same delivery means the same.
func (s Source) repeats(t *testing.T) {
	if diff := cmp.Diff(s.Read(t, s.Firing), s.Read(t, s.Firing)); diff != "" {
		t.Errorf("a repeat means something else: %s", diff)
	}
}

// Read decodes a delivery, and requires it to be clean.
func (s Source) Read(t *testing.T, body string) integrations.IncidentUpdate {
	t.Helper()
	u, err := s.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	ExpectClean(t, "", u)
	return u
}

// life: one incident opens and ends. Where the source says when it spoke, the
// end is not said before the beginning, so that disorder can be put right.
func (s Source) life(t *testing.T) {
	firing, resolved := s.Read(t, s.Firing), s.Read(t, s.Resolved)
	if firing.SourceKey == "" || firing.Title == "" || firing.Resolved || firing.Detail {
		t.Errorf("the first delivery opens nothing: %+v", firing)
	}
	if resolved.SourceKey != firing.SourceKey || !resolved.Resolved || resolved.Detail {
		t.Errorf("the last delivery does not end what the first began: %+v", resolved)
	}
	if resolved.At.Before(firing.At) || firing.At.IsZero() != resolved.At.IsZero() {
		t.Errorf("said at %v, over at %v", firing.At, resolved.At)
	}
}

// unknown: what nobody knows yet is kept and changes nothing.
func (s Source) unknown(t *testing.T) {
	if s.Unknown == "" {
		return
	}
	u := s.Read(t, s.Unknown)
	if u.SourceKey != "" && !u.Detail {
		t.Errorf("an unknown kind opens or resolves something: %+v", u)
	}
	if _, err := s.DedupKey(http.Header{}, []byte(s.Unknown), Now); err != nil {
		t.Errorf("an unknown kind is refused: %v", err)
	}
}

func expectCleanOrRefused(t *testing.T, name string, u integrations.IncidentUpdate, err error) {
	t.Helper()
	if err == nil {
		ExpectClean(t, name, u)
	} else if !errors.Is(err, integrations.ErrBadFormat) {
		t.Errorf("%s: %v", name, err)
	}
}

// ExpectClean requires the form that IncidentUpdate.Clean promises.
func ExpectClean(t *testing.T, name string, u integrations.IncidentUpdate) {
	t.Helper()
	alerts := u.Alerts
	if diff := cmp.Diff(u.Clean(), u); diff != "" {
		t.Errorf("%s: is not clean: %s", name, diff)
	}
	for _, text := range []string{u.SourceKey, u.Event, u.Title, u.Summary, u.Message, u.Severity, u.URL} {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > integrations.MaxSummary {
			t.Errorf("%s: %d bytes, %.60q", name, len(text), text)
		}
	}
	for _, a := range alerts {
		if a.StartsAt.IsZero() || !a.EndsAt.IsZero() && a.EndsAt.Before(a.StartsAt) {
			t.Errorf("%s: alert from %v to %v", name, a.StartsAt, a.EndsAt)
		}
	}
}
