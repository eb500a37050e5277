package worker

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
	"github.com/ticketlink/ticketlink/worker/report"
)

// What was said is told once, as edited last, until it is deleted; and goes on
// in the incident that another was merged into.
func TestChatMessagesAreTold(t *testing.T) {
	w := New(Options{Database: schematest.New(t), Metrics: NewMetrics(), Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	var first, other int64
	for key, id := range map[string]*int64{"INC-1": &first, "INC-2": &other} {
		err := w.Database.QueryRow(t.Context(), `insert into incidents (key, title, started_at, declared_at, created_at, updated_at)
			values ($1, 'Payments fail', $2, $2, $2, $2) returning id`, key, at).Scan(id)
		if err != nil {
			t.Fatal(err)
		}
	}
	say := func(incident int64, id, text string) {
		t.Helper()
		err := w.inTx(t.Context(), func(q *schema.Queries) error {
			return w.AcceptChat(t.Context(), q, incident, "slack", []integrations.ChatMessage{{ID: id, Author: "Ada", Text: text, At: at, URL: "https://chat.example/" + id}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	told := func(want ...string) {
		t.Helper()
		var h report.Happenings
		if err := w.saidInChat(t.Context(), first, &h); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range h.Messages {
			got = append(got, m.Author+": "+m.Text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	say(first, "1", "Looking at the certificate")
	say(first, "1", "Looking at the certificate")
	told("Ada: Looking at the certificate")
	say(first, "1", "It was the certificate")
	say(other, "2", "Same here")
	told("Ada: It was the certificate")
	if _, err := w.Database.Exec(t.Context(), "update incidents set merged_into = $1 where id = $2", first, other); err != nil {
		t.Fatal(err)
	}
	told("Ada: It was the certificate", "Ada: Same here")
	say(first, "1", "")
	told("Ada: Same here")
}
