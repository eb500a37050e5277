package match

import (
	"math"
	"testing"
)

// What a mixture finds in noise must not look like a small incident.
func TestFewTicketsCountLess(t *testing.T) {
	tests := []struct {
		name     string
		cands    int
		total, p float64 // expected members, and the asking ticket's own part
		low, hi  float64 // weight in natural log-odds
	}{
		{"itself only", 1500, 1, 1, -3, -2.5},
		{"half of what is found is chance", 1500, fewTickets - priorMembers, 0, -math.Ln2, -math.Ln2},
		{"a small one", 1500, 6, 0.5, -1.5, -1},
		{"a usual one", 1500, 40, 0.9, -0.1, -0.05},
		{"a small one among few", 100, 6, 0.5, -0.05, 0},
		{"a large one", 1500, 400, 0.9, -0.01, 0},
	}
	for _, test := range tests {
		s := &scene{cands: make([]candidate, test.cands), bins: bins{total: test.total}}
		if w := s.sizeWeight(&candidate{p: test.p}); w < test.low-1e-9 || w > test.hi+1e-9 {
			t.Errorf("%s: weight %.3f, want between %.2f and %.2f", test.name, w, test.low, test.hi)
		}
	}
}

// What two customers have in common says little of the third; a ticket does not
// teach what its own likeness is.
func TestFewTicketsTeachLittle(t *testing.T) {
	tests := []struct{ n, own, want float64 }{
		{0, 0, 0}, {1, 1, 0}, {2, 1, 1.0 / 3}, {fewTaught, 0, 0.5}, {18, 0, 0.9},
	}
	for _, test := range tests {
		if got := (&lifts{n: test.n}).trust(test.own); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("a group of %.0f teaches %.3f of what it has in common, want %.3f", test.n, got, test.want)
		}
	}
}

// A handful among many that lie together by chance are no surge; many are, and
// so are most of the few that there are.
func TestSurgeTrust(t *testing.T) {
	tests := []struct{ found, candidates, low, high float64 }{
		{0, 1500, fewTrust, fewTrust}, {trustTickets, 1500, 0.65, 0.65}, {1e6, 1e7, 0.99, 1}, {4, 5, 0.99, 1}, {4, 1500, 0.4, 0.5},
	}
	for _, test := range tests {
		if got := surgeTrust(test.found, test.candidates); got < test.low-1e-3 || got > test.high+1e-3 {
			t.Errorf("%.0f of %.0f tickets found: trust %.3f, want %.2f to %.2f", test.found, test.candidates, got, test.low, test.high)
		}
	}
}
