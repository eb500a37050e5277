package match

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCandidates(t *testing.T) {
	x := NewIndex([]Incident{
		{ID: "A", Title: "Payments fail", Services: []string{"payment-gateway"}, StartedAt: noon},
		{ID: "B", Title: "Search is slow", Tags: []string{"search"}, Keywords: []string{"ERR_TIMEOUT"}, StartedAt: noon},
		{ID: "C", Title: "Quiet", Organizations: []string{"o1"}, StartedAt: noon.Add(48 * time.Hour)},
	}, DefaultPolicy())
	tests := []struct {
		name   string
		ticket Ticket
		want   []string
	}{
		{"by tag, however spelled", Ticket{Tags: []string{"Payment_Gateways"}}, []string{"A"}},
		{"by a word of the title", Ticket{Subject: "my payment"}, []string{"A"}},
		{"by a keyword", Ticket{Body: "says err_timeout"}, []string{"B"}},
		{"each once", Ticket{Subject: "search slow search", Tags: []string{"search"}}, []string{"B"}},
		{"not before its window", Ticket{OrganizationID: "o1"}, nil},
		{"small words lead nowhere", Ticket{Subject: "is the"}, nil},
	}
	for _, test := range tests {
		test.ticket.CreatedAt = noon.Add(time.Hour)
		if diff := cmp.Diff(test.want, x.Candidates(test.ticket)); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

// Whatever shares a tag and a time with an incident is a candidate for it.
func TestCandidatesByTagAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.StringMatching(`[a-z]{3}_[a-z]{3}`)
		var incidents []Incident
		for i, tags := range rapid.SliceOfN(rapid.SliceOfN(tag, 1, 3), 1, 30).Draw(t, "incidents") {
			incidents = append(incidents, Incident{ID: fmt.Sprint(i), Tags: tags, StartedAt: noon})
		}
		k := rapid.IntRange(0, len(incidents)-1).Draw(t, "which")
		got := NewIndex(incidents, DefaultPolicy()).Candidates(Ticket{CreatedAt: noon, Tags: incidents[k].Tags[:1]})
		found := false
		for _, id := range got {
			found = found || id == incidents[k].ID
		}
		if !found {
			t.Fatalf("incident %d is not among %v", k, got)
		}
	})
}
