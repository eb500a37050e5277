package match

import (
	"testing"
	"time"
)

func TestWindowsBoundTheCandidates(t *testing.T) {
	inc := Incident{ID: "A", Title: "Payments fail", Services: []string{"payments"}, StartedAt: noon, DeclaredAt: noon, ResolvedAt: noon.Add(time.Hour)}
	tests := []struct {
		name string
		at   time.Duration // from the start
		want bool
	}{
		{"before", -3 * time.Hour, true},
		{"just before", -3*time.Hour - time.Second, false},
		{"after", 6 * time.Hour, true},
		{"just after", 6*time.Hour + time.Second, false},
	}
	for _, test := range tests {
		p := DefaultPolicy()
		p.Windows = Windows{Before: 3 * time.Hour, After: 5 * time.Hour}
		w := newWorld(1, 20)
		w.tickets = append(w.tickets, Ticket{ID: "x", CreatedAt: noon.Add(test.at), Subject: "Payment fails", Tags: []string{"payments"}})
		q := Query{Targets: []Incident{inc}, Policy: p, Now: noon.Add(48 * time.Hour)}
		if got := len(w.corpus(p).Explain(q, "x")) == 1; got != test.want {
			t.Errorf("%s: a candidate is %v, want %v", test.name, got, test.want)
		}
	}
}

// explainX is what speaks for ticket x and incident A.
func explainX(w world, weights Weights, m Model) Link {
	q := w.query()
	q.Policy.Weights, q.Model = weights, m
	for _, l := range w.corpus(q.Policy).Explain(q, "x") {
		if l.IncidentID == "A" {
			return l
		}
	}
	return Link{}
}

// A kind of evidence counts as often as the operator says, and not at all at 0.
func TestWeightsOfEvidence(t *testing.T) {
	w := newWorld(2, 20)
	w.incidents[0].Organizations = []string{"acme"}
	w.tickets = append(w.tickets, Ticket{ID: "x", CreatedAt: noon.Add(time.Hour), Subject: "Payment fails with an error", Tags: []string{"checkout"},
		OrganizationID: "acme", Region: "eu", Form: "77"})
	m := Model{}
	for range 10 {
		l := lesson("ui", "payments", true, 1)
		l.Ticket.Form = "77"
		m = m.Learn(l, lesson("ui", "search", false, 1))
	}
	plain := explainX(w, nil, m)
	for _, kind := range WeighedKinds() {
		usual := sumOf(plain, kind)
		if got := sumOf(explainX(w, Weights{kind: 0}, m), kind); got != 0 {
			t.Errorf("%s still weighs %.2f at a factor of 0", kind, got)
		}
		switch kind {
		case "surge", "similar", "topic": // these depend on which tickets and terms come first
			continue
		}
		if got := sumOf(explainX(w, Weights{kind: 2}, m), kind); usual == 0 || got/usual < 1.9 || got/usual > 2.1 {
			t.Errorf("%s weighs %.2f, and %.2f at a factor of 2", kind, usual, got)
		}
	}
}

func sumOf(l Link, kind string) (sum float64) {
	for _, e := range l.Evidence {
		if e.Kind == kind {
			sum += e.Weight
		}
	}
	return sum
}
