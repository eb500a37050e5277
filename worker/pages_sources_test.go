package worker

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/schema/schematest"
	"github.com/ticketlink/ticketlink/worker/web"
)

var quietMonday = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Only where everything that could tell of an incident is heard, no open
// incident means that there is none.
func TestSilenceIsNotCalm(t *testing.T) {
	heard := sourceRow{Name: "support", State: "heard"}
	for _, c := range []struct {
		name    string
		sources []sourceRow
		inbox   schema.InboxStateRow
		dead    map[string]int64
		calm    bool
	}{
		{"every source is heard", []sourceRow{heard, heard}, schema.InboxStateRow{}, map[string]int64{"write_back": 1}, true},
		{"there is no source", nil, schema.InboxStateRow{}, nil, false},
		{"a source never said anything", []sourceRow{heard, {State: "unheard"}}, schema.InboxStateRow{}, nil, false},
		{"a helpdesk is late", []sourceRow{heard, {State: "late"}}, schema.InboxStateRow{}, nil, false},
		{"a helpdesk fails", []sourceRow{heard, {State: "failing"}}, schema.InboxStateRow{}, nil, false},
		{"a webhook could not be read", []sourceRow{heard}, schema.InboxStateRow{}, map[string]int64{"webhook": 1}, false},
		{"webhooks wait for a minute", []sourceRow{heard}, schema.InboxStateRow{Pending: 1, Oldest: quietMonday.Add(-time.Minute)}, nil, true},
		{"webhooks wait for longer", []sourceRow{heard}, schema.InboxStateRow{Pending: 1, Oldest: quietMonday.Add(-time.Minute - 1)}, nil, false},
	} {
		page := homePage{Page: web.Page{Now: quietMonday}, Sources: c.sources}
		if page.judge(c.inbox, c.dead); page.Calm() != c.calm {
			t.Errorf("%s: calm is %v", c.name, page.Calm())
		}
	}
}

// A source that sends nothing is heard where its helpdesk is.
func TestSourcesWithoutAlerts(t *testing.T) {
	desks := []sourceRow{{Name: "support", State: "late"}}
	alerts := []schema.LastAlertsRow{{Source: "prometheus", At: quietMonday}}
	for _, c := range []struct {
		source Source
		want   string
	}{
		{Source{Name: "prometheus"}, "heard"},
		{Source{Name: "pagerduty"}, "unheard"},
		{Source{Name: "problems", Problems: &ProblemSource{Helpdesk: "support"}}, "late"},
	} {
		if got := alertState(c.source, alerts, desks).State; got != c.want {
			t.Errorf("%s is %s, want %s", c.source.Name, got, c.want)
		}
	}
}

// An open page hears of a helpdesk that falls silent, though nothing is written.
func TestFallingSilentIsAChange(t *testing.T) {
	now := quietMonday
	w := New(Options{Database: schematest.New(t), Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Metrics: NewMetrics(), Helpdesks: []Helpdesk{{Name: "support", PollInterval: time.Minute}}})
	if _, err := w.Database.Exec(t.Context(), "insert into helpdesks (name, start_time, polled_at, caught_up_at, webhook_at) values ('support', $1, $1, $1, $1)", now); err != nil {
		t.Fatal(err)
	}
	said := func() uint64 {
		state, err := w.liveState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return state["now"]
	}
	at := said()
	if now = quietMonday.Add(5 * time.Minute); said() != at {
		t.Error("something changed while the helpdesk was still heard")
	}
	if now = now.Add(time.Second); said() == at {
		t.Error("the helpdesk is late, and pages are not told")
	}
}
