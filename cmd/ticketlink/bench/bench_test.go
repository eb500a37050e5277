package bench

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/integrations/zendesk"
)

func TestTheLoaderSendsWhatTheServiceTakes(t *testing.T) {
	r := loader{address: "127.0.0.1:1", path: "/webhooks/support", secret: "s"}.newRequest()
	seen := map[string]bool{}
	for n := range uint64(3) {
		r.next(n << 32)
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(r.raw)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := zendesk.Verify(req.Header, body, integrations.Check{Secret: "s", Now: time.Now(), MaxAge: time.Minute}); err != nil {
			t.Error(err)
		}
		id, err := zendesk.Peek(body)
		if err != nil || seen[id] {
			t.Errorf("id %q (seen: %v), %v", id, seen[id], err)
		}
		seen[id] = true
	}
}

func TestAnswers(t *testing.T) {
	ok := "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for answers, good := range map[string]bool{
		ok: true, ok + ok: true, "HTTP/1.1 401 Unauthorized\r\n\r\n": false, "HTTP/1.1 200 OK\r\n": false, "": false,
	} {
		if err := readOK(bufio.NewReader(strings.NewReader(answers))); (err == nil) != good {
			t.Errorf("%q: %v", answers, err)
		}
	}
}

func TestGoalsAtTheirLimits(t *testing.T) {
	for _, tt := range []struct {
		goal Goal
		want bool
	}{
		{Goal{Measured: 0.9, Limit: 0.9}, true},
		{Goal{Measured: 0.89, Limit: 0.9}, false},
		{Goal{Measured: 2, Limit: 2, AtMost: true}, true},
		{Goal{Measured: 2.01, Limit: 2, AtMost: true}, false},
	} {
		if tt.goal.reached() != tt.want {
			t.Errorf("%+v: reached is %v", tt.goal, !tt.want)
		}
	}
}

func TestRoundsAreSummedUpByTheirMedians(t *testing.T) {
	ms := time.Millisecond
	got := medianOf([]Figure{{"a", 3, 9 * ms, 30 * ms, ""}, {"a", 1, 7 * ms, 10 * ms, ""}, {"a", 2, 8 * ms, 20 * ms, ""}})
	if diff := cmp.Diff(Figure{"a", 2, 8 * ms, 20 * ms, ""}, got); diff != "" {
		t.Error(diff)
	}
	sorted := []time.Duration{1, 2, 3, 4}
	for part, want := range map[float64]time.Duration{0: 1, 0.5: 3, 0.99: 4, 1: 4} {
		if p := percentile(sorted, part); p != want {
			t.Errorf("part %v: %d, want %d", part, p, want)
		}
	}
	if percentile(nil, 0.5) != 0 {
		t.Error("none have no percentile")
	}
}

func TestTimesHaveTheirUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "-", 18800: "18.8 us", 1_500_000: "1.50 ms", -2 * time.Second: "-2.00 s", 63 * time.Second: "63.00 s"} {
		if got := inUnits(d); got != want {
			t.Errorf("%d is %s, want %s", d, got, want)
		}
	}
}
