package match

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func lesson(tag, service string, confirmed bool, logOdds float64) Lesson {
	return Lesson{
		Decision: Decision{TicketID: "t", IncidentID: "i", Confirmed: confirmed, At: noon},
		Ticket:   Ticket{ID: "t", Tags: []string{tag}, CreatedAt: noon.Add(-time.Hour)},
		Incident: Incident{ID: "i", Services: []string{service}, StartedAt: noon.Add(-4 * time.Hour), ResolvedAt: noon.Add(-3 * time.Hour)},
		LogOdds:  logOdds,
	}
}

func repeat(n int, l Lesson) []Lesson {
	out := make([]Lesson, n)
	for i := range out {
		out[i] = l
	}
	return out
}

func TestAssociationsNeedEvidence(t *testing.T) {
	base := Model{}.Learn(repeat(10, lesson("other", "other", false, math.NaN()))...)
	for n, want := range map[int]bool{minPair - 1: false, minPair: true} {
		lessons := repeat(n, lesson("payouts", "ledger", true, math.NaN()))
		for i := range lessons {
			lessons[i].At = noon.Add(time.Duration(i) * time.Minute)
		}
		m := base.Learn(lessons...)
		got := m.History(Ticket{Tags: []string{"payouts"}}, Incident{Services: []string{"ledger"}})
		if (got > 0) != want {
			t.Errorf("%d decisions weigh %.2f", n, got)
		}
	}
}

func TestHistoryIsEvidence(t *testing.T) {
	w := newWorld(1, 20)
	w.tickets = append(w.tickets, Ticket{ID: "x", CreatedAt: noon.Add(time.Hour), Subject: "Dark mode", Tags: []string{"ui"}})
	c, q := w.corpus(DefaultPolicy()), w.query()
	before := c.Explain(q, "x")[0]
	var lessons []Lesson
	for range 10 {
		lessons = append(lessons, lesson("ui", "payments", true, math.NaN()), lesson("ui", "search", false, math.NaN()))
	}
	q.Model = q.Model.Learn(lessons...)
	after := c.Explain(q, "x")[0]
	if after.IncidentID != "A" || after.LogOdds <= before.LogOdds {
		t.Errorf("after ten confirmed links: %s at %.2f; before: %s at %.2f", after.IncidentID, after.LogOdds, before.IncidentID, before.LogOdds)
	}
	found := false
	for _, e := range after.Evidence {
		found = found || e.Kind == "history" && e.Detail == "10 of 10 past links of tag ui with service payment were confirmed"
	}
	if !found {
		t.Errorf("history is not named: %+v", after.Evidence)
	}
}

func TestLearnLeavesTheOldModel(t *testing.T) {
	m := Model{}.Learn(repeat(60, lesson("payouts", "ledger", true, 1))...)
	copied, _ := json.Marshal(m)
	m.Learn(repeat(60, lesson("payouts", "ledger", false, 1))...)
	if now, _ := json.Marshal(m); string(now) != string(copied) {
		t.Error("Learn changed the model it was given")
	}
	var back Model
	if err := json.Unmarshal(copied, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, back); diff != "" {
		t.Errorf("not the same after JSON:\n%s", diff)
	}
}

func TestCountsFade(t *testing.T) {
	n := Counts{}.add(lesson("a", "b", true, 0)).faded(noon.Add(7 * 24 * time.Hour))
	if math.Abs(n.Confirmed-fadePerWeek) > 1e-9 {
		t.Errorf("after a week %v is left, want %v", n.Confirmed, fadePerWeek)
	}
}

func TestPlatt(t *testing.T) {
	tests := []struct {
		name string
		n    int
		// what people said to log-odds of 2, against what was claimed
		confirmed int
		lower     bool
	}{
		{"too few to act", minScores - 1, 0, false},
		{"too sure", 200, 80, true},
	}
	for _, test := range tests {
		lessons := append(repeat(test.confirmed, lesson("a", "b", true, 2)), repeat(test.n-test.confirmed, lesson("a", "b", false, 2))...)
		m := Model{}.Learn(lessons...)
		if got := m.Platt.apply(2) < usualPlatt.apply(2)-0.5; got != test.lower {
			t.Errorf("%s: 2 becomes %.2f", test.name, m.Platt.apply(2))
		}
		if m.Platt.apply(3) <= m.Platt.apply(2) {
			t.Errorf("%s: order is lost", test.name)
		}
	}
}

// However sure the engine was of what people reject, experience lowers it.
func TestPlattConverges(t *testing.T) {
	for _, claimed := range []float64{1, 3, 6, 9} {
		for _, confirmed := range []int{0, 10, 30} {
			m := Model{}.Learn(append(repeat(confirmed, lesson("a", "b", true, claimed)), repeat(60-confirmed, lesson("a", "b", false, claimed))...)...)
			if got, usual := m.Platt.apply(claimed), usualPlatt.apply(claimed); got > usual-0.5 {
				t.Errorf("%d of 60 confirmed where %v was claimed: it becomes %.2f, and %.2f without them", confirmed, claimed, got, usual)
			}
		}
	}
}

func TestReset(t *testing.T) {
	full := Model{}.Learn(repeat(60, lesson("ledger", "ledger", true, 1))...)
	tests := map[string]func(Model) bool{
		"associations": func(m Model) bool { return m.Pairs == nil && m.Platt.Slope != 0 },
		"tag":          func(m Model) bool { return m.Tag == TagHits{} && m.Pairs != nil },
		"lag":          func(m Model) bool { return m.Lag == Lag{} && m.Pairs != nil },
		"platt":        func(m Model) bool { return m.Platt.Scores == nil && m.Pairs != nil },
		"all":          func(m Model) bool { return m.Decisions == 0 && m.Pairs == nil },
	}
	for part, ok := range tests {
		if m := full.Reset(part); !ok(m) || m.Version != full.Version+1 {
			t.Errorf("reset %s: %+v", part, m)
		}
	}
	if m := full.Reset("nothing"); m.Version != full.Version {
		t.Error("an unknown part was reset")
	}
}

func TestLagIsLearned(t *testing.T) {
	m := Model{}.Learn(repeat(minLags-1, lesson("a", "b", true, 1))...)
	if m.Lag.tail() != usualLag {
		t.Error("acts too early")
	}
	m = m.Learn(repeat(100, lesson("a", "b", true, 1))...)
	if got := m.Lag.tail().quick; got <= usualLag.quick {
		t.Errorf("tickets come two hours late and the lag is %.2f h", got)
	}
}

func TestTagWeightsNeedEvidence(t *testing.T) {
	for n, want := range map[int]bool{minTagHits - 1: false, minTagHits: true} {
		m := Model{}.Learn(repeat(n, lesson("ledger", "ledger", true, math.NaN()))...)
		if got := m.Tag.scale(); (got > 1) != want {
			t.Errorf("%d confirmed tickets with their incident's tag: its tags count %.2f times", n, got)
		}
	}
	m := Model{}.Learn(repeat(minTagHits, lesson("other", "ledger", true, math.NaN()))...)
	if got := m.Tag.scale(); got >= 1 {
		t.Errorf("confirmed tickets without their incident's tag: its tags count %.2f times", got)
	}
}

// A word that is taken back has taught nothing, whichever part it taught.
func TestWithdrawnLessonsAreForgotten(t *testing.T) {
	before := Model{}.Learn(append(repeat(60, lesson("ledger", "ledger", true, 1)), repeat(10, lesson("other", "ledger", false, 2))...)...)
	for name, l := range map[string]Lesson{"yes": lesson("ledger", "ledger", true, 1.5), "no": lesson("other", "ledger", false, 1.5)} {
		back := l
		back.Withdrawn, back.LogOdds = true, 1.4 // scored again since
		after := before.Learn(l).Learn(back)
		after.Version = before.Version
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s, taken back, has taught:\n%s", name, diff)
		}
	}
	forgotten := before.Reset("all").Learn(Lesson{Decision: Decision{Confirmed: true, At: noon}, Withdrawn: true})
	if forgotten.Base.Confirmed != 0 || forgotten.Decisions != 0 {
		t.Errorf("a word from before the reset, taken back after it: %+v", forgotten)
	}
}
