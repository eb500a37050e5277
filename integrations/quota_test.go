package integrations

import (
	"net/http"
	"testing"
)

func TestQuota(t *testing.T) {
	var q Quota
	for _, step := range []struct{ limit, remaining, want string }{
		{"", "", "no rate limit is told"}, {"", "17", "17 requests are left"}, {"200", "16", "16 of 200 requests are left"},
		{"", "", "16 of 200 requests are left"}, {"many", "few", "16 of 200 requests are left"},
	} {
		h := http.Header{}
		h.Set("X-Limit", step.limit)
		h.Set("X-Left", step.remaining)
		q.Note(h, "X-Limit", "X-Left")
		if got := q.Words(); got != step.want {
			t.Errorf("%+v: got %q", step, got)
		}
	}
}
