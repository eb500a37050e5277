package config

import (
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFormats(t *testing.T) {
	tests := []struct {
		format  string
		valid   []string
		invalid []string
	}{
		{"redis", []string{"redis://h", "redis://:p@h:6379/3", "rediss://h:6380/", "redis-socket:///run/r.sock?db=1", "redis-sentinel://h1:26379,h2:26379?master=m", "redis-cluster://h1:6379,h2:6379"},
			[]string{"h:6379", "redis://", "redis://h/db", "redis-socket://x", "redis-sentinel://h1,h2", "redis-sentinel://?master=m", "redis-cluster://h1,", "http://h"}},
		{"postgres", []string{"postgres://u:p@h:5432/d?sslmode=require", "postgresql:///d", "postgres://h1:1,h2:2/d", "host=/run dbname=d"}, []string{"h/d", "mysql://h/d", "postgres://%zz"}},
		{"url", []string{"https://a.example", "http://[::1]:80/x"}, []string{"a.example", "ftp://a", "https://", "https://u@a", "https://a?b", "https://a?", "https://a#b", "https://:80"}},
		{"target", []string{"slack://hook:A-B-C@webhook", "generic+http://127.0.0.1:9000/hook", "smtp://u:p@h:587/?fromaddress=a@b&toaddresses=c@d", "telegram://1:A@telegram?chats=@x"}, []string{"slack", "://x", "mailto:a@b"}},
		{"email", []string{"bot@acme.example"}, []string{"bot", "Bot <bot@acme.example>", "a@b, c@d"}},
		{"listen", []string{":0", "[::]:65535", "localhost:80"}, []string{"80", ":65536", ":-1", ":http", "::1:80"}},
		{"clock", []string{"00:00", "23:59", "24:00"}, []string{"9:00", "24:01", "25:00", "09:60"}},
		{"holiday", []string{"2026-12-25", "ES", "DE-BY", "CA", "ECB"}, []string{"2026-02-30", "25.12.2026", "es", "Spain"}},
		{"timezone", []string{"UTC", "Europe/Madrid"}, []string{"Local", "Europe/Madrit"}},
		{"field", []string{"organization_fields.mrr", "ticket_fields.360001"}, []string{"mrr", "organization_fields.", "organization.mrr", "organization_fields.a.b"}},
		{"ticket_field", []string{"ticket_fields.360001"}, []string{"360001", "ticket_fields.", "organization_fields.spent", "ticket_fields.a.b"}},
		{"path", []string{"/", "/tickets?since={since}&after={cursor}", "/tickets/{id}"}, []string{"tickets", "https://a.example/tickets", "/a b", "/a#b", "/a\n"}},
		{"expression", []string{"id", "customer?.company?.id", `{1: "open"}[state] ?? "open"`, "map(labels, #.name)"}, []string{"id +", "{"}},
		{"condition", []string{"internal", "not internal", `author.role == "agent"`, "true"}, []string{"1", `"yes"`, "not"}},
		{"name", []string{"a", "support-2"}, []string{"", "A", "a_b", "a/b", "é"}},
	}
	for _, tt := range tests {
		for _, text := range tt.valid {
			if _, refused := formats[tt.format].refuses(text); refused {
				t.Errorf("%s refuses %q", tt.format, text)
			}
		}
		for _, text := range tt.invalid {
			if _, refused := formats[tt.format].refuses(text); !refused {
				t.Errorf("%s accepts %q", tt.format, text)
			}
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0s": 0, "0d": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "30d": 720 * time.Hour, "1d12h": 36 * time.Hour, "-1m": -time.Minute,
	} {
		if got, ok := parseDuration(text); !ok || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "5", "d", "1w", "1.5d", "100000d", "1h1d", "1 h", "5 minutes", "1d-100d"} {
		if got, ok := parseDuration(text); ok {
			t.Errorf("%s: accepted as %v", text, got)
		}
	}
}

func TestDurationsAreReadAsTheyArePrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := time.Duration(rapid.Int64().Draw(t, "ns"))
		if got, ok := parseDuration(want.String()); !ok || got != want {
			t.Fatalf("%v: %v, %v", want, got, ok)
		}
	})
}

func TestByteSizesAreReadAsTheyArePrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := ByteSize(rapid.Int64Range(0, 1<<40).Draw(t, "bytes"))
		if want >= 1<<31 {
			want = want >> 20 << 20
		}
		if got, ok := parseByteSize(want.String()); !ok || got != want {
			t.Fatalf("%v: %v, %v", want, got, ok)
		}
	})
}

func TestTimes(t *testing.T) {
	got, ok := parseTime("2026-01-01T02:00:00+02:00")
	if want := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); !ok || got != want {
		t.Errorf("%v, %v; want %v in UTC", got, ok, want)
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]Span{
		"0s": {}, "1h30m": {D: 90 * time.Minute}, "4h calendar": {D: 4 * time.Hour, Calendar: true}, "off": {Off: true}, "8784h": {D: 8784 * time.Hour},
	} {
		if got, ok := parseSpan(text); !ok || got != want {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "1d", "-1s", "8784h1s", "calendar", "4h business", "off calendar"} {
		if got, ok := parseSpan(text); ok {
			t.Errorf("%s: accepted as %v", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Example())
	f.Add("a: [1,\nb: |2\n  ? x")
	f.Add("&a [*a, !!str x, <<: *a]")
	f.Add("helpdesks: [{start_time: ${X}, weights: {? : }}]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("f", []byte(text), env{"X": "x"}.lookup, func(string) ([]byte, error) { return nil, os.ErrNotExist })
		if (c == nil) == (err == nil) {
			t.Errorf("config %v with error %v", c, err)
		}
	})
}
