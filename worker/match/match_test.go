package match

import (
	"math"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMembersAreLinked(t *testing.T) {
	w := newWorld(1, 24)
	links := w.corpus(DefaultPolicy()).Match(w.query())
	for ticket, incident := range w.members {
		if l, ok := find(links, ticket, incident); !ok || l.State != Auto {
			t.Errorf("%s and %s: %q at %.2f, want auto", ticket, incident, l.State, l.Confidence)
		}
	}
	for _, l := range links {
		if l.State == Auto && w.members[l.TicketID] == "" && l.Confidence > 0.97 {
			t.Errorf("%s is linked to %s at %.2f and is an ordinary ticket", l.TicketID, l.IncidentID, l.Confidence)
		}
	}
}

// addsUp requires that the weights and the log-odds are whole thousandths, that
// they add up without a rest, and that they make the confidence.
func addsUp(t interface{ Fatalf(string, ...any) }, l Link) {
	sum := 0.0 // of thousandths: whole numbers, whose sum is exact
	for _, e := range l.Evidence {
		if e.Weight != round(e.Weight) || e.Weight != 0 && math.Abs(e.Weight) < slight {
			t.Fatalf("%s and %s: %q weighs %v", l.TicketID, l.IncidentID, e.Detail, e.Weight)
		}
		sum += math.Round(1000 * e.Weight)
	}
	if sum/1000 != l.LogOdds || sigmoid(l.LogOdds) != l.Confidence {
		t.Fatalf("%s and %s: evidence adds up to %v, log-odds %v, confidence %v", l.TicketID, l.IncidentID, sum/1000, l.LogOdds, l.Confidence)
	}
}

// Whatever the query, the evidence adds up to the log-odds exactly.
func TestEvidenceAddsUp(t *testing.T) {
	w := newWorld(2, 16)
	w.tickets[380].Comments = []Comment{{noon.Add(40 * time.Minute), "Payment fails with an error at checkout"}}
	c := w.corpus(DefaultPolicy())
	taught := Model{}.Learn(slices.Concat(repeat(60, lesson("payments", "payments", true, 1.7)), repeat(20, lesson("ui", "payments", false, 0.3)))...)
	if taught.Platt.Slope == 0 {
		t.Fatal("the lessons do not calibrate")
	}
	rapid.Check(t, func(t *rapid.T) {
		q := w.query()
		q.Model = rapid.SampledFrom([]Model{{}, taught}).Draw(t, "model")
		q.Policy.Suggest = rapid.Float64Range(0, 1).Draw(t, "suggest")
		q.Policy.AutoLink = rapid.Float64Range(0, 1).Draw(t, "auto")
		q.Policy.Weights = rapid.MapOfN(rapid.SampledFrom(WeighedKinds()), rapid.Float64Range(0, 10), 0, 4).Draw(t, "weights")
		q.Policy.Rules = rapid.SliceOfN(rapid.SampledFrom([]Rule{{Tag: "search"}, {Never: true, Service: "payments", Tag: "ui"}, {Organization: "o1"}}), 0, 2).Draw(t, "rules")
		pair := Pair{rapid.SampledFrom([]string{"mA00", "mB01", "t400"}).Draw(t, "ticket"), rapid.SampledFrom([]string{"A", "B"}).Draw(t, "incident")}
		q.Decisions = []Decision{{pair.TicketID, pair.IncidentID, rapid.Bool().Draw(t, "confirmed"), noon}}
		q.Previous = map[Pair]State{{"t401", "A"}: Auto, {"mA02", "A"}: Suggested}
		for _, l := range slices.Concat(c.Match(q), c.Explain(q, pair.TicketID)) {
			addsUp(t, l)
		}
	})
}

// An incident that was declared twice gets no ticket twice: both are suggested
// what fits both, at even odds at most, and nothing is linked without asking.
func TestDeclaredTwice(t *testing.T) {
	w := newWorld(3, 20)
	q := w.query()
	again := q.Targets[0]
	again.ID = "again"
	q.Targets = append(q.Targets[:1:1], again)
	q.Rivals = nil
	suggested := 0
	for _, l := range w.corpus(DefaultPolicy()).Match(q) {
		if l.State == Auto || l.Confidence > 0.55 {
			t.Errorf("%s is %s to %s with %.2f", l.TicketID, l.State, l.IncidentID, l.Confidence)
		}
		suggested++
	}
	if suggested < 20 {
		t.Errorf("%d suggestions, want the incident's tickets in both", suggested)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	w := newWorld(3, 20)
	want := w.corpus(DefaultPolicy()).Match(w.query())
	for seed := range int64(3) {
		rnd := rand.New(rand.NewSource(seed))
		rnd.Shuffle(len(w.tickets), func(i, j int) { w.tickets[i], w.tickets[j] = w.tickets[j], w.tickets[i] })
		slices.Reverse(w.incidents)
		if diff := cmp.Diff(want, w.corpus(DefaultPolicy()).Match(w.query())); diff != "" {
			t.Fatalf("another order, another answer:\n%s", diff)
		}
	}
}

// A ticket that says more of what the incident says is not less likely.
func TestMoreEvidenceIsNotLess(t *testing.T) {
	steps := []struct{ text, tag string }{
		{"Where is the dark mode", "ui"},
		{"Something is odd at checkout", ""},
		{"Something is odd at checkout", "payments"},
		{"Payment fails at checkout", "payments"},
	}
	last := 0.0
	for _, s := range steps {
		w := newWorld(4, 20)
		var tags []string
		if s.tag != "" {
			tags = []string{s.tag}
		}
		w.tickets = append(w.tickets, Ticket{ID: "x", CreatedAt: noon.Add(time.Hour), Subject: s.text, Tags: tags})
		got := w.corpus(DefaultPolicy()).Explain(w.query(), "x")
		i := slices.IndexFunc(got, func(l Link) bool { return l.IncidentID == "A" })
		if got[i].Confidence < last {
			t.Errorf("%q tagged %q: %.3f, less than the step before, %.3f", s.text, s.tag, got[i].Confidence, last)
		}
		last = got[i].Confidence
	}
}

func TestDecisionsArePinned(t *testing.T) {
	w := newWorld(5, 20)
	c, q := w.corpus(DefaultPolicy()), w.query()
	q.Decisions = []Decision{{TicketID: "mA00", IncidentID: "A"}, {TicketID: "mA02", IncidentID: "A", Confirmed: true}, {TicketID: "mA04", IncidentID: "B", Confirmed: true}}
	links := c.Match(q)
	for _, ticket := range []string{"mA00", "mA02"} {
		if l, ok := find(links, ticket, "A"); ok {
			t.Errorf("%s is decided and was matched again as %s", ticket, l.State)
		}
	}
	if l, ok := find(links, "mA04", "A"); ok && l.State == Auto {
		t.Errorf("mA04 was confirmed for B and is linked to A at %.2f without asking", l.Confidence)
	}
	for _, l := range c.Explain(q, "mA00") {
		if l.IncidentID == "A" && l.State != Rejected {
			t.Errorf("explained as %q, want rejected", l.State)
		}
	}
}

func TestRules(t *testing.T) {
	tests := []struct {
		name   string
		rule   Rule
		ticket string
		want   State
	}{
		{"never takes a certain member out", Rule{Never: true, Tag: "Payments"}, "mA00", ""},
		{"always takes any ticket of the window in", Rule{Tag: "ui"}, "x", Auto},
		{"a rule for another service does not fit", Rule{Never: true, Tag: "payments", Service: "search"}, "mA00", Auto},
		{"every field must fit", Rule{Never: true, Tag: "payments", Organization: "nobody"}, "mA00", Auto},
		{"by service", Rule{Never: true, Service: "payments"}, "mA00", ""},
		{"by form", Rule{Form: "77"}, "x", Auto},
		{"by organization", Rule{Organization: "acme"}, "x", Auto},
		{"a rule without fields fits nothing", Rule{Never: true}, "mA00", Auto},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(6, 20)
			w.tickets = append(w.tickets, Ticket{ID: "x", CreatedAt: noon.Add(time.Hour), Subject: "Dark mode", Tags: []string{"ui"}, Form: "77", OrganizationID: "acme"})
			q := w.query()
			q.Targets, q.Policy.Rules = w.incidents[:1], []Rule{test.rule}
			got, _ := find(w.corpus(DefaultPolicy()).Match(q), test.ticket, "A")
			if got.State != test.want {
				t.Errorf("%s is %q at %.2f, want %q", test.ticket, got.State, got.Confidence, test.want)
			}
		})
	}
}

// A rule's link stays, however little comes above usual; it counts there.
func TestTheCapLeavesRulesAlone(t *testing.T) {
	links := twelve()
	for i := range 4 {
		links[i].Evidence = []Evidence{{"rule", "always tag vip service payments", 9}}
	}
	capAuto(links, 2, nil)
	for i, l := range links {
		if (l.State == Auto) != (i < 4) {
			t.Errorf("link %d of 12, four of them by a rule, is %s", i, l.State)
		}
	}
}

// A rule holds before the machine may link, and the first that fits counts.
func TestRulesInACarefulStart(t *testing.T) {
	w := newWorld(6, 20)
	w.tickets = append(w.tickets, Ticket{ID: "x", CreatedAt: noon.Add(time.Hour), Subject: "Dark mode", Tags: []string{"ui", "training"}})
	q := w.query()
	q.Targets, q.Policy.AutoAllowed = w.incidents[:1], false
	always, never := Rule{Tag: "ui", Service: "payments"}, Rule{Never: true, Tag: "training"}
	for state, rules := range map[State][]Rule{Auto: {always}, "": {never, always}} {
		q.Policy.Rules = rules
		if got, _ := find(w.corpus(DefaultPolicy()).Match(q), "x", "A"); got.State != state {
			t.Errorf("by %v it is %q, want %q", rules, got.State, state)
		}
	}
}

// A rule that names what nothing has is told of, in any spelling of what it names.
func TestUnmetRules(t *testing.T) {
	w := newWorld(1, 0)
	seen := w.corpus(DefaultPolicy()).Seen(w.incidents)
	for _, test := range []struct {
		rule Rule
		want string
	}{
		{Rule{Tag: "Web-Forms", Service: "Payment", Organization: "o1"}, ""},
		{Rule{Tag: "ui", Service: "pyaments"}, `the rule "always tag ui service pyaments" fits nothing: no incident has the service "pyaments"`},
		{Rule{Never: true, Tag: "u_i", Form: "7"}, `the rule "never tag u_i form 7" fits nothing: no ticket has the tag "u_i", no ticket has the form "7"`},
	} {
		if got := test.rule.Unmet(seen); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func TestCarefulStartOnlySuggests(t *testing.T) {
	w := newWorld(7, 20)
	q := w.query()
	q.Policy.AutoAllowed = false
	for _, l := range w.corpus(q.Policy).Match(q) {
		if l.State != Suggested {
			t.Fatalf("%s is %s before it is allowed", l.TicketID, l.State)
		}
	}
}

func TestIgnoredTagsAreNoEvidence(t *testing.T) {
	for _, tag := range []string{"WEB_form", "incident_a"} {
		w := newWorld(8, 20)
		p := DefaultPolicy()
		p.IgnoreTags = []string{"web_form"}
		with := Ticket{ID: "x", CreatedAt: noon.Add(time.Hour), Subject: "Hello there", Tags: []string{tag}}
		without := with
		without.Tags = nil
		c := w.corpus(p)
		c.Put(without)
		want := c.Explain(w.query(), "x")
		c.Put(with)
		if diff := cmp.Diff(want, c.Explain(w.query(), "x")); diff != "" {
			t.Errorf("tag %s counts:\n%s", tag, diff)
		}
	}
}

func TestSettle(t *testing.T) {
	p := Policy{AutoLink: 0.9, Suggest: 0.25, AutoAllowed: true}
	tests := []struct {
		previous   State
		confidence float64
		want       State // "" for dropped
	}{
		{"", 0.9, Auto}, {"", 0.899, Suggested}, {"", 0.25, Suggested}, {"", 0.249, ""},
		{Auto, 0.6, Auto}, {Auto, 0.599, Suggested}, {Auto, 0.15, Suggested}, {Auto, 0.149, ""},
		{Suggested, 0.9, Auto}, {Suggested, 0.899, Suggested}, {Suggested, 0.15, Suggested}, {Suggested, 0.149, ""},
		{Confirmed, 0.001, Confirmed}, {Rejected, 0.999, Rejected},
	}
	for _, test := range tests {
		got, ok := Settle(test.previous, Link{Confidence: test.confidence}, p)
		if got.State != test.want || ok != (test.want != "") {
			t.Errorf("from %q at %v: %q, want %q", test.previous, test.confidence, got.State, test.want)
		}
	}
}
