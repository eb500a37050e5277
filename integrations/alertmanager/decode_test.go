package alertmanager

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/sourcetest"
)

// Alerts of one rule on two machines, and a group of them.
const (
	firing   = `{"status": "firing", "labels": {"alertname": "HighErrorRate", "service": "Checkout", "severity": "warning", "region": "eu-1"}, "annotations": {}, "startsAt": "2026-03-01T10:00:00.123456789Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "https://prometheus.example/graph?g0.expr=x", "fingerprint": "f1"}`
	resolved = `{"status": "resolved", "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical", "region": "us-1"}, "annotations": {}, "startsAt": "2026-03-01T11:55:00+02:00", "endsAt": "2026-03-01T10:30:00Z", "generatorURL": "", "fingerprint": "f2"}`
)

func group(status string, alerts ...string) string {
	return fmt.Sprintf(`{"version": "4", "groupKey": "{}:{alertname=\"HighErrorRate\"}", "truncatedAlerts": 0, "status": %q, "receiver": "ticketlink",
		"groupLabels": {}, "commonLabels": {"alertname": "HighErrorRate"}, "commonAnnotations": {"summary": "Checkout fails", "description": "5xx above 5 %%"},
		"externalURL": "http://alertmanager.example", "alerts": [%s]}`, status, strings.Join(alerts, ","))
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

func decode(t *testing.T, body string) integrations.IncidentUpdate {
	t.Helper()
	u, err := Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestGroupFiresWhileOneAlertIsResolved(t *testing.T) {
	want := integrations.IncidentUpdate{
		SourceKey: `{}:{alertname="HighErrorRate"}`,
		Event:     "firing",
		Title:     "Checkout fails",
		Summary:   "5xx above 5 %",
		Severity:  "critical",
		Services:  []string{"checkout"},
		Tags:      []string{},
		Regions:   []string{"eu-1", "us-1"},
		URL:       "https://prometheus.example/graph?g0.expr=x",
		Alerts: []integrations.Alert{
			{Fingerprint: "f1", Name: "HighErrorRate", StartsAt: at("2026-03-01T10:00:00.123456Z")},
			{Fingerprint: "f2", Name: "HighErrorRate", StartsAt: at("2026-03-01T09:55:00Z"), EndsAt: at("2026-03-01T10:30:00Z")},
		},
		StartedAt: at("2026-03-01T09:55:00Z"),
	}
	if diff := cmp.Diff(want, decode(t, group("firing", resolved, firing))); diff != "" {
		t.Error(diff)
	}
}

func TestResolved(t *testing.T) {
	later := strings.NewReplacer("f2", "f3", "10:30:00Z", "10:45:00Z").Replace(resolved)
	noEnd := strings.Replace(resolved, "2026-03-01T10:30:00Z", "0001-01-01T00:00:00Z", 1)
	truncated := strings.Replace(group("resolved", resolved), `"truncatedAlerts": 0`, `"truncatedAlerts": 1`, 1)
	tests := []struct {
		name, body string
		resolved   bool
		at         string
	}{
		{"the last end counts", group("resolved", later, resolved), true, "2026-03-01T10:45:00Z"},
		{"without an end it is over when it began", group("resolved", noEnd), true, "2026-03-01T09:55:00Z"},
		{"one alert still fires", group("resolved", resolved, firing), false, ""},
		{"the group still fires", group("firing", resolved), false, ""},
		{"alerts were left out, which may fire", truncated, false, ""},
		{"an unknown state does not close anything", group("muted", resolved), false, ""},
		{"an alert in an unknown state does not", group("resolved", strings.Replace(resolved, `"resolved"`, `"muted"`, 1)), false, ""},
	}
	for _, tt := range tests {
		want := time.Time{}
		if tt.resolved {
			want = at(tt.at)
		}
		if u := decode(t, tt.body); u.Resolved != tt.resolved || !u.ResolvedAt.Equal(want) {
			t.Errorf("%s: resolved %v at %v", tt.name, u.Resolved, u.ResolvedAt)
		}
	}
}

func TestOneAlertTwiceIsOneAlert(t *testing.T) {
	again := strings.Replace(firing, "T10:00", "T12:00", 1)
	if u := decode(t, group("firing", firing, firing, again)); len(u.Alerts) != 2 {
		t.Errorf("want one alert for each start, got %v", u.Alerts)
	}
}

func TestTitleAndSummary(t *testing.T) {
	const first = `"startsAt": "2026-03-01T10:00:00Z", "labels": {"alertname": "A"}, "annotations": {"title": "first", "message": "why"}`
	tests := []struct{ name, body, title, summary string }{
		{"common summary", `"commonAnnotations": {"summary": "s", "title": "t", "description": "d"}, "commonLabels": {"alertname": "C"}`, "s", "d"},
		{"common title", `"commonAnnotations": {"title": "t", "message": "m"}, "commonLabels": {"alertname": "C"}`, "t", "m"},
		{"common alertname", `"commonAnnotations": null, "commonLabels": {"alertname": "C"}`, "C", "why"},
		{"the first alert's", `"commonLabels": {}`, "first", "why"},
	}
	for _, tt := range tests {
		u := decode(t, `{"version": "4", "groupKey": "g", "status": "firing", "alerts": [{`+first+`}], `+tt.body+`}`)
		if u.Title != tt.title || u.Summary != tt.summary {
			t.Errorf("%s: %q, %q", tt.name, u.Title, u.Summary)
		}
	}
}

func TestLabels(t *testing.T) {
	tests := []struct {
		name, labels            string
		severity                string
		services, tags, regions []string
	}{
		{"service before job", `{"service": "pay", "job": "node"}`, "", []string{"pay"}, nil, nil},
		{"job where there is nothing better", `{"job": "node"}`, "", []string{"node"}, nil, nil},
		{"region before cluster", `{"region": "EU", "cluster": "c1"}`, "", nil, nil, []string{"eu"}},
		{"cluster", `{"cluster": "c1"}`, "", nil, nil, []string{"c1"}},
		{"tags", `{"tags": "Login, sso,", "component": "auth"}`, "", nil, []string{"auth", "login", "sso"}, nil},
		{"priority for severity", `{"priority": " P1 "}`, "p1", nil, nil, nil},
		{"no labels", `null`, "", nil, nil, nil},
	}
	for _, tt := range tests {
		u := decode(t, group("firing", `{"startsAt": "2026-03-01T10:00:00Z", "labels": `+tt.labels+`}`))
		got := [][]string{{u.Severity}, u.Services, u.Tags, u.Regions}
		want := [][]string{{tt.severity}, tt.services, tt.tags, tt.regions}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestWorstSeverity(t *testing.T) {
	tests := []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"", "info"}, "info"},
		{[]string{"info", "warning"}, "warning"},
		{[]string{"Warning", "CRITICAL", "error"}, "critical"},
		{[]string{"critical", "page"}, "page"},
		{[]string{"urgent-ish"}, "urgent-ish"},
		{[]string{"urgent-ish", "none"}, "none"},
		{[]string{"p1", "critical"}, "critical"},
	}
	for _, tt := range tests {
		var alerts []alert
		for _, word := range tt.words {
			alerts = append(alerts, alert{Labels: labels{"severity": word}})
		}
		if got := worst(alerts); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.words, got, tt.want)
		}
	}
}

func TestURLIsAWebAddress(t *testing.T) {
	for generator, want := range map[string]string{
		"https://p.example/graph": "https://p.example/graph",
		"":                        "http://alertmanager.example",
		"javascript:alert(1)":     "http://alertmanager.example",
		"/graph":                  "http://alertmanager.example",
		"https://p.example/" + strings.Repeat("x", integrations.MaxURL): "http://alertmanager.example",
	} {
		body := strings.Replace(firing, "https://prometheus.example/graph?g0.expr=x", generator, 1)
		if u := decode(t, group("firing", body)); u.URL != want {
			t.Errorf("%.40s: %.60s, want %s", generator, u.URL, want)
		}
	}
}

func TestGrafanaSendsTheSameShape(t *testing.T) {
	u := decode(t, `{"receiver": "ticketlink", "status": "firing", "orgId": 1, "alerts": [{"status": "firing", "labels": {"alertname": "Slow", "grafana_folder": "Shop"},
		"annotations": {"summary": "Checkout is slow"}, "startsAt": "2026-03-01T10:00:00.5+01:00", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "https://grafana.example/alerting/x/edit",
		"fingerprint": "57c6d9296de2ad39", "silenceURL": "https://grafana.example/s", "dashboardURL": "", "values": {"B": 22.1}, "valueString": "[ var='B' ]"}],
		"groupLabels": {"alertname": "Slow"}, "commonLabels": {"alertname": "Slow"}, "commonAnnotations": {"summary": "Checkout is slow"}, "externalURL": "https://grafana.example/",
		"version": "1", "groupKey": "{}:{alertname=\"Slow\"}", "truncatedAlerts": 0, "title": "[FIRING:1] Slow", "state": "alerting", "message": "**Firing**"}`)
	if u.Title != "Checkout is slow" || !u.StartedAt.Equal(at("2026-03-01T09:00:00.5Z")) || u.StartedAt.Location() != time.UTC || u.Alerts[0].Fingerprint != "57c6d9296de2ad39" {
		t.Errorf("%+v", u)
	}
}

func TestHostileTextIsCleanedAndCut(t *testing.T) {
	body := strings.NewReplacer("HighErrorRate", `x\u0000\u0007`+strings.Repeat("é", 2000), "Checkout", `a\u0000b`).Replace(group("firing", firing))
	u := decode(t, body)
	for _, text := range []string{u.SourceKey, u.Title, u.Summary, u.Alerts[0].Name, u.Services[0]} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x07") || len(text) > integrations.MaxSubject {
			t.Errorf("%d bytes: %.80q", len(text), text)
		}
	}
	other := decode(t, strings.Replace(body, `\"}"`, `!\"}"`, 1))
	if u.SourceKey == other.SourceKey || len(u.SourceKey) > integrations.MaxSourceKey {
		t.Errorf("long keys of two groups are cut to one: %.60q", u.SourceKey)
	}
}

func TestThousandsOfAlerts(t *testing.T) {
	alerts := make([]string, maxAlerts+1)
	for i := range alerts {
		alerts[i] = fmt.Sprintf(`{"status": "firing", "startsAt": "2026-03-01T10:00:00Z", "labels": {"service": "s%d", "instance": "%d"}}`, i, i)
	}
	u := decode(t, group("firing", alerts...))
	if len(u.Alerts) != maxAlerts || len(u.Services) != integrations.MaxTags {
		t.Errorf("%d alerts, %d services", len(u.Alerts), len(u.Services))
	}
}

func TestRecordedDelivery(t *testing.T) {
	body := sourcetest.Recorded(t, "grafana-oncall/alertmanager_example_payload.json")
	var w webhook
	if err := json.Unmarshal(body, &w); err != nil {
		t.Fatal(err)
	}
	for _, a := range w.Alerts {
		if got := a.Labels.fingerprint(); got != a.Fingerprint {
			t.Errorf("%s, recorded %s", got, a.Fingerprint)
		}
	}
	u := decode(t, string(body))
	if u.Title != "InstanceDown" || u.Severity != "critical" || len(u.Alerts) != 2 || !u.StartedAt.Equal(at("2023-06-12T08:24:38.326Z")) || u.Resolved {
		t.Errorf("%+v", u)
	}
}

// The values are those that github.com/prometheus/common computes.
func TestFingerprintIsPrometheussOwn(t *testing.T) {
	set := labels{"job": "node", "group": "production", "instance": "localhost:8081", "severity": "critical", "alertname": "InstanceDown"}
	if got := set.fingerprint(); got != "f404ecabc8dd5cd7" {
		t.Errorf("five labels: %s", got)
	}
	if got := (labels{}).fingerprint(); got != "cbf29ce484222325" {
		t.Errorf("no label: %s", got)
	}
}

func TestFingerprintDependsOnLabelsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "labels")
		other := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "others")
		if same := labels(set).fingerprint() == labels(other).fingerprint(); same != cmp.Equal(set, other) {
			t.Fatalf("%v and %v: same fingerprint %v", set, other, same)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(group("firing", firing, resolved)))
	f.Add([]byte(group("resolved", resolved)))
	f.Add([]byte(`{"version": "1", "groupKey": "\u0000", "status": "x", "alerts": [{"startsAt": "9999-12-31T23:59:59-23:59"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := Decode(body)
		if err != nil {
			if !errors.Is(err, integrations.ErrBadFormat) {
				t.Fatal(err)
			}
			return
		}
		if u.StartedAt.IsZero() || u.Resolved != !u.ResolvedAt.IsZero() || u.Resolved && u.ResolvedAt.Before(u.StartedAt) {
			t.Errorf("started %v, resolved %v at %v", u.StartedAt, u.Resolved, u.ResolvedAt)
		}
		if len(u.SourceKey) > integrations.MaxSourceKey || !utf8.ValidString(u.Title) || strings.Contains(u.Title+u.SourceKey+u.URL, "\x00") {
			t.Errorf("not clean: %q %q %q", u.SourceKey, u.Title, u.URL)
		}
	})
}
