package report

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/worker/impact"
	"pgregory.net/rapid"
)

func htmlOf(t *testing.T, r Report) string {
	t.Helper()
	var b strings.Builder
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdownIsAsPrinted(t *testing.T) {
	want, err := os.ReadFile("testdata/report.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), Markdown(sample())); diff != "" {
		t.Errorf("testdata/report.md (-want +got):\n%s", diff)
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	text := htmlOf(t, sample())
	for _, no := range []string{"<script", "<link", "<img", "src=", "@import", "url("} {
		if strings.Contains(text, no) {
			t.Errorf("the page has %s", no)
		}
	}
	for _, part := range []string{"prefers-color-scheme: dark", "viewport", `role="img"`, "Northwind", "certificate"} {
		if !strings.Contains(text, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
}

func TestWhatOthersWroteIsText(t *testing.T) {
	evil := `<script>alert(1)</script>|[x](javascript:alert(1))`
	r := sample()
	r.Incident.Title, r.Incident.Summary, r.Incident.Severity, r.Sections[0].Text = evil, evil, evil, evil
	r.Incident.URL = "javascript:alert(1)"
	r.Customers.Named[0].Name, r.References[0].Title, r.References[0].URL = evil, evil, "javascript:alert(1)"
	r.Timeline[0].Text, r.Timeline[0].Actor, r.Timeline[0].URL = evil, evil, "javascript:alert(1)"
	r = New(r)
	if text := htmlOf(t, r); strings.Contains(text, "<script") || strings.Contains(text, `href="javascript`) {
		t.Error("html: a script got through")
	}
	r.Sections[0].Text = "" // a person's own Markdown is left alone
	if text := Markdown(r); strings.Contains(text, "<script") || strings.Contains(strings.ReplaceAll(text, `\](`, ""), "](javascript") {
		t.Error("markdown: a script or its link got through")
	}
}

func TestJSONComesBackAsTheSame(t *testing.T) {
	raw, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), back); diff != "" {
		t.Error(diff)
	}
}

func TestSummaryFitsWhatIsKnown(t *testing.T) {
	lag := func(minutes float64) *float64 { return ptr(minutes * 60) }
	for name, c := range map[string]struct {
		change func(*Report)
		has    string
		lacks  string
	}{
		"customers first":      {func(r *Report) { r.Impact.DetectionLag = lag(1) }, "Customers knew first: the rush of tickets began 1 min before it was detected", "Monitoring"},
		"same time":            {func(r *Report) { r.Impact.DetectionLag = lag(0.9) }, "began at the time it was detected", "first:"},
		"monitoring first":     {func(r *Report) { r.Impact.DetectionLag = lag(-1) }, "Monitoring was first: it was detected 1 min before", "Customers knew"},
		"never detected":       {func(r *Report) { r.Incident.Detected = nil }, "before anybody declared it", "Monitoring"},
		"no tickets":           {func(r *Report) { r.Impact = impact.Impact{} }, "No ticket is linked to it.", "customers of"},
		"still open":           {func(r *Report) { r.Incident.Phases[1].End = nil }, "is not resolved", "lasted 2 h"},
		"one phase":            {func(r *Report) { r.Incident.Phases = r.Incident.Phases[:1] }, "lasted 1 h 35 min on", "phases"},
		"days apart":           {func(r *Report) { r.Incident.Phases[1].End = ptr(after(3 * 24 * 60)) }, "in 2 phases, between", "from"},
		"too few for a median": {func(r *Report) { r.Impact.Answered = few - 1 }, "4 tickets were answered", "Half of"},
		"enough":               {func(r *Report) { r.Impact.Answered = few }, "Half of the answered", "were answered"},
		"none answered":        {func(r *Report) { r.Impact.Answered, r.Impact.FirstReply = 0, nil }, "Nobody has been answered yet", "Half of"},
		"less than one more":   {func(r *Report) { r.Impact.Excess = 0.9 }, "414 tickets about it.", "than usual"},
		"one more":             {func(r *Report) { r.Impact.Excess = 1 }, "1 ticket more came than usual", "about it."},
		"nothing owed":         {func(r *Report) { r.FollowUps = nil }, "", "closing"},
	} {
		t.Run(name, func(t *testing.T) {
			r := sample()
			c.change(&r)
			got := New(r).Summary
			if !strings.Contains(got, c.has) || strings.Contains(got, c.lacks) {
				t.Errorf("got %q, want %q and not %q in it", got, c.has, c.lacks)
			}
		})
	}
}

func TestTicketsAreSummedOverTheNarrowestStepThatIsReadable(t *testing.T) {
	for span, want := range map[time.Duration]time.Duration{
		0: 15 * time.Minute, 6*time.Hour - time.Minute: 15 * time.Minute, 6 * time.Hour: time.Hour, 24*time.Hour - time.Minute: time.Hour,
		24 * time.Hour: 4 * time.Hour, 4 * 24 * time.Hour: 24 * time.Hour, 24 * 24 * time.Hour: 7 * 24 * time.Hour,
	} {
		h := Happenings{Arrivals: []impact.Arrivals{{Minute: began}, {Minute: began.Add(span)}}}
		if got := stepFor(h); got != want {
			t.Errorf("over %s: step %s, want %s", span, got, want)
		}
	}
}

// No ticket is lost or told twice, and the order is that of time.
func TestTimelineTellsEveryTicketOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.SliceOfN(rapid.IntRange(0, 5000), 1, 50).Draw(t, "minutes")
		slices.Sort(minutes)
		h := Happenings{Incident: Incident{Started: began, Declared: began}}
		for _, m := range minutes {
			h.Arrivals = append(h.Arrivals, impact.Arrivals{Minute: after(m), Tickets: 1})
		}
		events := Timeline(h)
		if !slices.IsSortedFunc(events, func(a, b Event) int { return a.At.Compare(b.At) }) {
			t.Fatal("not in order")
		}
		last := ""
		for _, e := range events {
			if e.Kind == "tickets" {
				last = e.Text
			}
		}
		total := count(len(minutes), "ticket")
		if !strings.HasPrefix(last, total+" ") && !strings.HasSuffix(last, " "+thousands(int64(len(minutes)))+" so far") {
			t.Fatalf("the last line says %q of %d tickets", last, len(minutes))
		}
	})
}

// A later change sets the end right that it is about: the last one, not one that
// was followed by a reopening.
func TestTheLastEndIsSetRight(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }
	ended := func(action string, told, end int) Deed {
		return Deed{At: at(told), Action: action, Detail: map[string]any{"resolved_at": at(end).Format(time.RFC3339)}}
	}
	reopened := Deed{At: at(11), Action: "reopened"}
	for name, test := range map[string]struct {
		deeds []Deed
		ends  []time.Time
	}{
		"set right":                        {[]Deed{ended("resolved", 10, 10), ended("updated", 13, 9)}, []time.Time{at(9)}},
		"the second one":                   {[]Deed{ended("resolved", 10, 10), reopened, ended("resolved", 13, 13), ended("updated", 14, 12)}, []time.Time{at(10), at(12)}},
		"reopened, and ended with another": {[]Deed{ended("resolved", 10, 10), reopened, ended("updated", 13, 13)}, []time.Time{at(10)}},
	} {
		var ends []time.Time
		for _, e := range Timeline(Happenings{Incident: Incident{Started: at(8), Declared: at(8)}, Deeds: test.deeds}) {
			if e.Kind == "resolved" {
				ends = append(ends, e.At)
			}
		}
		if diff := cmp.Diff(test.ends, ends); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Names of moments never lie on one another, and stay inside the plot.
func TestMarksStandApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := func(at time.Time) float64 { return left + at.Sub(began).Minutes() }
		var all []mark
		for range rapid.IntRange(1, 8).Draw(t, "n") {
			all = append(all, mark{at: after(rapid.IntRange(0, 300).Draw(t, "at")), name: "declared"})
		}
		slices.SortFunc(all, func(a, b mark) int { return a.at.Compare(b.at) })
		place(all, x, 340)
		for n, a := range all {
			from, to := nameSpan(a, x, 340)
			if to > 340 && from > left {
				t.Fatalf("%v reaches out of the plot", a)
			}
			for _, b := range all[n+1:] {
				if f, u := nameSpan(b, x, 340); a.row == b.row && f < to && from < u {
					t.Fatalf("%v and %v overlap", a, b)
				}
			}
		}
	})
}

func TestSeriesHoldsEveryBarWithinItsLimit(t *testing.T) {
	b := bins(nil)
	for _, hours := range []int{1, 24, 29, 30, 31, 24 * 14} {
		s := NewSeries(b, nil, after(300).Add(-time.Duration(hours)*time.Hour), after(300))
		if 24*time.Hour%s.step() != 0 || !s.Start.Equal(s.Start.Truncate(s.step())) {
			t.Errorf("%d hours: steps of %s from %s", hours, s.step(), s.Start)
		}
		if len(s.All) == 0 || len(s.All) > maxSteps || len(s.All) != len(s.Usual) || len(s.All) != len(s.Customers) {
			t.Errorf("%d hours: %d steps, %d usual, %d customers", hours, len(s.All), len(s.Usual), len(s.Customers))
		}
	}
}
