package offline

import (
	"math/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/worker/match"
)

// evalDir is a folder of labelled sets, skipped where it is not at hand.
func evalDir(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "..", "shared", "eval", name)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("labelled sets are missing: %v", err)
		}
		t.Skip("labelled sets are not here")
	}
	return dir
}

// A labelled set, and what is made of it.
type labelled struct {
	tickets   []match.Ticket
	incidents []match.Incident
	truth     map[string]string // ticket to incident, "" for none
}

func readLabelled(t *testing.T, set string) (l labelled) {
	t.Helper()
	file := func(name string) string { return filepath.Join(evalDir(t, set), name+".jsonl.gz") }
	regions, err := loadRegions(file("orgs"), "")
	if err == nil {
		_, l.incidents, err = loadIncidents(file("incidents"))
	}
	if err == nil {
		err = eachLine(file("tickets"), func(r ticketRecord) error {
			ticket, err := r.ticket(regions)
			l.tickets = append(l.tickets, ticket)
			return err
		})
	}
	l.truth = map[string]string{}
	if err == nil {
		err = eachLine(file("labels"), func(r labelRecord) error {
			l.truth[r.TicketID.Text] = r.IncidentID.Text
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// report matches the set, linking from a confidence on, and judges it.
func (l labelled) report(t *testing.T, name string, auto float64) Report {
	t.Helper()
	policy := match.DefaultPolicy()
	policy.AutoLink = auto
	corpus, now := match.NewCorpus(policy), l.tickets[0].CreatedAt
	j := &judge{truth: l.truth, members: map[string]int{}, titles: map[string]string{}, known: l.incidents, tickets: map[string]ticketRecord{}}
	for _, ticket := range l.tickets {
		corpus.Put(ticket)
		now = latest(now, ticket.CreatedAt)
		j.tickets[ticket.ID] = ticketRecord{CreatedAt: moment{ticket.CreatedAt}, Tags: ticket.Tags}
		if inc := l.truth[ticket.ID]; inc != "" {
			j.members[inc]++
		}
	}
	for _, inc := range l.incidents {
		now = latest(now, inc.DeclaredAt, inc.ResolvedAt)
	}
	for _, link := range corpus.Match(match.Query{Targets: l.incidents, Policy: policy, Now: now}) {
		j.links = append(j.links, linkRecord{TicketID: ID{Text: link.TicketID}, IncidentID: ID{Text: link.IncidentID},
			Confidence: link.Confidence, State: link.State})
	}
	r := j.report()
	t.Logf("%-22s auto P %.3f R %.3f F1 %.3f, any %.3f, calibration error %.3f, %.2f false per 1,000; tag rule P %.3f F1 %.3f", name,
		r.Auto.Precision, r.Auto.Recall, r.Auto.F1, r.Any.Recall, r.ECE, r.FalsePer1k, r.TagRule.Precision, r.TagRule.F1)
	return r
}

// From what confidence on tickets are linked: as the contract has it, and as the
// offline command does.
const contractAuto, warmedUp = 0.9, 0.85

// sparse keeps one to five tickets of each incident.
func (l labelled) sparse(rnd *rand.Rand) (out labelled) {
	out.incidents, out.truth = l.incidents, map[string]string{}
	left := map[string]int{}
	for _, inc := range l.incidents {
		left[inc.ID] = 1 + rnd.Intn(5)
	}
	for _, i := range rnd.Perm(len(l.tickets)) {
		ticket := l.tickets[i]
		inc := l.truth[ticket.ID]
		if left[inc]--; inc == "" || left[inc] >= 0 {
			out.tickets, out.truth[ticket.ID] = append(out.tickets, ticket), inc
		}
	}
	return out
}

// long stretches each incident to four days; customers write at any time of
// them, some hours late.
func (l labelled) long(rnd *rand.Rand) (out labelled) {
	const lasts = 96 * time.Hour
	out.truth = l.truth
	start := map[string]time.Time{}
	for _, inc := range l.incidents {
		start[inc.ID] = startOf(inc)
		inc.Phases, inc.ResolvedAt = nil, startOf(inc).Add(lasts)
		out.incidents = append(out.incidents, inc)
	}
	for _, ticket := range l.tickets {
		if inc := l.truth[ticket.ID]; inc != "" {
			late := time.Duration(rnd.ExpFloat64() * 1.5 * float64(time.Hour))
			ticket.CreatedAt = start[inc].Add(time.Duration(rnd.Int63n(int64(lasts))) + late)
		}
		out.tickets = append(out.tickets, ticket)
	}
	return out
}

// The bars of the product, on labelled sets: macro over those with members.
func TestQuality(t *testing.T) {
	t.Parallel()
	var precision, f1, any, rows, off float64
	sets := []string{"concurrent", "late_declared", "untagged"}
	for _, set := range sets {
		r := readLabelled(t, set).report(t, set, contractAuto)
		n := float64(len(sets))
		precision, f1, any = precision+r.Auto.Precision/n, f1+r.Auto.F1/n, any+r.Any.Recall/n
		rows, off = rows+float64(r.Any.Links), off+r.ECE*float64(r.Any.Links)
	}
	if precision < 0.92 || f1 < 0.58 || any < 0.75 || off/rows > 0.08 {
		t.Errorf("precision %.3f, F1 %.3f, recall with suggestions %.3f, calibration error %.3f; want 0.92, 0.58, 0.75, 0.08",
			precision, f1, any, off/rows)
	}
	if quiet := readLabelled(t, "quiet").report(t, "quiet", contractAuto); quiet.FalsePer1k > 0.3 {
		t.Errorf("%.2f false links per 1,000 tickets where all are false, want at most 0.3", quiet.FalsePer1k)
	}
}

// A tag rule links whatever shares a tag and never abstains. Where incidents last
// four days we find more than it does; where they have one to five tickets, nearly
// as much (four fifths of its F1), at three times its precision. The variations
// are our own; the engine's constants were chosen on others of the same sets.
func TestBesideATagRule(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		vary          func(labelled, *rand.Rand) labelled
		f1, precision float64 // at least, in those of the rule
	}{
		{"long", labelled.long, 1, 3},
		{"sparse", labelled.sparse, 0.8, 3},
	}
	sets := []string{"concurrent", "late_declared", "untagged"}
	for _, test := range tests {
		var ours, rule Score
		for _, set := range sets {
			r := test.vary(readLabelled(t, set), rand.New(rand.NewSource(11))).report(t, set+", "+test.name, warmedUp)
			ours, rule = mean(ours, r.Auto), mean(rule, *r.TagRule)
		}
		t.Logf("%s: precision %.3f, F1 %.3f; the tag rule's %.3f, %.3f", test.name, ours.Precision, ours.F1, rule.Precision, rule.F1)
		if ours.F1 < test.f1*rule.F1 || ours.Precision < test.precision*rule.Precision {
			t.Errorf("%s: %+v, the tag rule's %+v", test.name, ours, rule)
		}
	}
}

// mean adds one of three sets to the macro mean.
func mean(sum, s Score) Score {
	sum.Precision, sum.F1 = sum.Precision+s.Precision/3, sum.F1+s.F1/3
	return sum
}

// A replay learns of everything in its own time and is judged on the way. It
// goes by files, as `match` and `evaluate` do.
func TestReplay(t *testing.T) {
	t.Parallel()
	dir, out := evalDir(t, "untagged"), filepath.Join(t.TempDir(), "links.jsonl")
	file := func(name string) string { return filepath.Join(dir, name+".jsonl.gz") }
	_, err := Match(t.Context(), MatchOptions{Incidents: file("incidents"), Tickets: file("tickets"), Events: file("events"),
		Organizations: file("orgs"), Out: out, Policy: match.DefaultPolicy(), Auto: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Evaluate(EvaluateOptions{Labels: file("labels"), Links: out, Incidents: file("incidents"), Tickets: file("tickets")})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Checkpoints) != len(checkpoints) {
		t.Fatalf("%d checkpoints, want %d", len(r.Checkpoints), len(checkpoints))
	}
	for _, c := range r.Checkpoints {
		t.Logf("%4d min: auto P %.3f R %.3f, any %.3f", c.Minutes, c.Auto.Precision, c.Auto.Recall, c.Any.Recall)
	}
	if r.Auto.Precision < 0.9 || r.Auto.F1 < 0.55 {
		t.Errorf("after the replay precision %.3f, F1 %.3f", r.Auto.Precision, r.Auto.F1)
	}
}
