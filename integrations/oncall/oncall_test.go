package oncall

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticketlink/ticketlink/integrations"
)

// calendar makes one from the lines of its events.
func calendar(events ...string) string {
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
	for _, e := range events {
		text += "BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n" + strings.ReplaceAll(strings.TrimSpace(e), "\n", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return text + "END:VCALENDAR\r\n"
}

const (
	plain   = "UID:1\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z\nSUMMARY:Grace Hopper"
	people  = "UID:2\nDTSTART:20260302T080000Z\nDTEND:20260302T170000Z\nSUMMARY:Duty\nATTENDEE;CN=Ada L:mailto:ada@acme.example"
	weekly  = "UID:3\nDTSTART;TZID=Europe/Madrid:20260223T090000\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE;TZID=Europe/Madrid:20260309T090000\nSUMMARY:Weekly"
	moved   = "UID:3\nRECURRENCE-ID;TZID=Europe/Madrid:20260316T090000\nDTSTART;TZID=Europe/Madrid:20260317T090000\nDURATION:PT8H\nSUMMARY:Moved"
	day     = "UID:4\nDTSTART;VALUE=DATE:20260302\nSUMMARY:All day"
	outlook = "UID:5\nDTSTART;TZID=W. Europe Standard Time:20260302T090000\nDTEND;TZID=W. Europe Standard Time:20260302T170000\nSUMMARY:Outlook"
	dropped = "UID:6\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z\nSTATUS:CANCELLED\nSUMMARY:Nobody"
	broken  = "UID:7\nDTSTART:soon\nSUMMARY:Broken"
)

func TestWhoHasDuty(t *testing.T) {
	for _, c := range []struct {
		name, text, at string
		want           []string
	}{
		{"before it begins", calendar(plain), "2026-03-02T08:59:59Z", nil},
		{"when it begins", calendar(plain), "2026-03-02T09:00:00Z", []string{"Grace Hopper"}},
		{"when it ends", calendar(plain), "2026-03-02T17:00:00Z", nil},
		{"attendees come before the title, the earlier event first", calendar(plain, people), "2026-03-02T10:00:00Z",
			[]string{"ada@acme.example", "Ada L", "Duty", "Grace Hopper"}},
		{"every week, on the clock of its zone", calendar(weekly), "2026-03-02T08:00:00Z", []string{"Weekly"}},
		{"and not before it began", calendar(weekly), "2026-02-16T08:00:00Z", nil},
		{"after the clocks went forward", calendar(weekly), "2026-03-30T07:00:00Z", []string{"Weekly"}},
		{"not on an exception", calendar(weekly), "2026-03-09T08:00:00Z", nil},
		{"not where it was moved from", calendar(weekly, moved), "2026-03-16T08:00:00Z", nil},
		{"but where it was moved to", calendar(weekly, moved), "2026-03-17T08:00:00Z", []string{"Moved"}},
		{"a whole day", calendar(day), "2026-03-02T23:59:59Z", []string{"All day"}},
		{"and not the next", calendar(day), "2026-03-03T00:00:00Z", nil},
		{"a zone that is not IANA's", calendar(outlook), "2026-03-02T09:00:00Z", []string{"Outlook"}},
		{"cancelled", calendar(dropped), "2026-03-02T10:00:00Z", nil},
		{"unreadable beside a good one", calendar(broken, plain), "2026-03-02T10:00:00Z", []string{"Grace Hopper"}},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := new(Calendar).OnDuty(c.text, at)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

func FuzzOnDuty(f *testing.F) {
	for _, e := range []string{plain, people, weekly, moved, day, outlook, dropped, broken} {
		f.Add(calendar(e))
	}
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "SECONDLY") || strings.Contains(text, "MINUTELY") {
			return // years of seconds only cost time
		}
		_, _ = new(Calendar).OnDuty(text, at)
	})
}

func TestACalendarIsAFileOrAURL(t *testing.T) {
	file := filepath.Join(t.TempDir(), "duty.ics")
	if err := os.WriteFile(file, []byte(calendar(plain)), 0o600); err != nil {
		t.Fatal(err)
	}
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(calendar(plain)))
	}))
	defer server.Close()
	for _, address := range []string{file, server.URL + "/SECRET.ics"} {
		c, err := New(address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := c.Fetch(t.Context()); err != nil || text != calendar(plain) {
			t.Errorf("%d bytes (%v)", len(text), err)
		}
	}
	c, err := New(server.URL+"/SECRET.ics", nil)
	if err != nil {
		t.Fatal(err)
	}
	status = http.StatusForbidden
	if _, err := c.Fetch(t.Context()); integrations.KindOf(err) != integrations.Unauthorized || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("a refusal is %v", err)
	}
	server.Close()
	if _, err := c.Fetch(t.Context()); err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("no answer is %v", err)
	}
	for _, bad := range []string{" ", "https://", "http://%zz"} {
		if _, err := New(bad, nil); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
