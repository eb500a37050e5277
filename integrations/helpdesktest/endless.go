package helpdesktest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
)

// Endless requires that a list which names the same next page for ever is an
// error that is tried later, rather than read for ever. The vendor answers each
// path with the same always.
func Endless[C Client](t *testing.T, connect func(url, token string, l integrations.Line) (C, error), answers map[string]string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answers[r.URL.Path]) // the client may be gone
	}))
	t.Cleanup(server.Close)
	client, err := connect(server.URL, token, integrations.Line{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := client.Export(t.Context(), "", time.Now().Add(-time.Hour))
	if err != nil || page.End {
		t.Fatalf("the first page: %+v, %v", page, err)
	}
	if _, err = client.Export(t.Context(), page.Cursor, time.Time{}); integrations.KindOf(err) != integrations.Temporary {
		t.Errorf("the same page again: %v, want an error to be tried later", err)
	}
}
