package impact

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// week returns bins of five weeks that end an hour after monday, with n tickets in each.
func week(n int) Bins {
	b := Bins{Since: monday.Add(-5 * 7 * 24 * time.Hour), Until: monday.Add(time.Hour), Linked: map[int]int{}, First: map[int]time.Time{}}
	b.Known = b.Since
	b.All = make([]int, b.At(b.Until))
	for k := range b.All {
		b.All[k] = n
	}
	return b
}

func TestMoneyIsReadAsPeopleTypeIt(t *testing.T) {
	for text, want := range map[string]struct {
		amount float64
		code   string
	}{
		"1200": {1200, "EUR"}, " 1,200.50 ": {1200.5, "EUR"}, "$1200": {1200, "USD"}, "€ 5": {5, "EUR"}, "300 usd": {300, "USD"},
		"GBP 7": {7, "GBP"}, "0": {0, "EUR"}, ".5": {0.5, "EUR"},
	} {
		if amount, code, ok := ParseMoney(text, "EUR"); !ok || amount != want.amount || code != want.code {
			t.Errorf("%q: got %v %s (%v), want %v", text, amount, code, ok, want)
		}
	}
	for _, text := range []string{"", "-5", "free", "1200 EUR USD", "$5€", "1e9", "12.3.4", "EURO 5", "NaN"} {
		if amount, code, ok := ParseMoney(text, "EUR"); ok {
			t.Errorf("%q: got %v %s, want none", text, amount, code)
		}
	}
	if _, code, _ := ParseMoney("$5", "CAD"); code != "CAD" {
		t.Errorf("a dollar is %s where the books are in CAD", code)
	}
}

func TestUsualIsTheMeanOfTheWeeksBefore(t *testing.T) {
	b := week(3)
	n := b.At(monday)
	if got := b.Usual(n); got != 3 {
		t.Errorf("four like weeks: %v, want 3", got)
	}
	b.All[n-binsPerWeek] = 7
	if got := b.Usual(n); got != 4 {
		t.Errorf("one week of four is 7: %v, want 4", got)
	}
	b.Known = monday.Add(-8 * 24 * time.Hour)
	if got := b.Usual(n); got != 7 {
		t.Errorf("only last week is known: %v, want 7", got)
	}
	b.Known = monday.Add(-6 * 24 * time.Hour)
	if got := b.Usual(n); got != 3 {
		t.Errorf("less than a week is known: %v, want the day before's 3", got)
	}
	b.Known = monday
	if got := b.Usual(n); got != 0 {
		t.Errorf("nothing is known: %v, want 0", got)
	}
}

func TestExcessCountsOfABinWhatHasPassedOfIt(t *testing.T) {
	b := week(4)
	n := b.At(monday)
	b.All[n], b.All[n+1] = 10, 2
	b.All = b.All[:n+2]
	for passed, want := range map[time.Duration]float64{
		30 * time.Minute: 10 - 4 + 2 - 4, 15 * time.Minute: 10 - 4 + 2, 22*time.Minute + 30*time.Second: 10 - 4 + 2 - 2,
	} {
		b.Until = monday.Add(passed)
		if got := b.excess([]Span{{monday, monday.Add(29 * time.Minute)}}); math.Abs(got-want) > 1e-9 {
			t.Errorf("after %s: %v, want %v", passed, got, want)
		}
	}
	b.Until = monday.Add(30 * time.Minute)
	apart := []Span{{monday, monday.Add(time.Minute)}, {monday.Add(2 * time.Minute), monday.Add(14 * time.Minute)}}
	if got, want := b.excess(apart), b.excess([]Span{{monday, monday.Add(14 * time.Minute)}}); got != want {
		t.Errorf("two spans in one bin: %v, want it once: %v", got, want)
	}
	if got := b.excess([]Span{{monday.Add(15 * time.Minute), monday.Add(29 * time.Minute)}}); got != 0 {
		t.Errorf("fewer than usual: %v, want 0", got)
	}
}

// The rush begins where tickets exceed usual + 2 standard deviations + 1.
func TestOnsetIsTheFirstBinAboveUsual(t *testing.T) {
	for all, rises := range map[int]bool{9: false, 10: true} { // 4 + 2*2 + 1
		b := week(4)
		n := b.At(monday)
		b.All[n], b.Linked[n], b.First[n] = all, 2, monday.Add(time.Minute)
		first := monday.Add(-time.Hour)
		onset, peak := b.onset(first)
		if onset.Equal(monday.Add(time.Minute)) != rises || !rises && !onset.Equal(first) || peak != 2 {
			t.Errorf("%d tickets: onset %s, peak %d; want it there: %v", all, onset, peak, rises)
		}
	}
}

func TestMeasureFollowsItsDefinitions(t *testing.T) {
	at := func(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }
	got := Measure(Input{
		Counts: Counts{Tickets: Tickets{Suggested: 2, Auto: 3, Confirmed: 4, Rejected: 1}, Expected: 7.5, Variance: 0.25, Customers: 6,
			Organizations: 2, Answered: 3, FirstReplyMedian: 60, FirstReplyP90: 90, Ratings: Ratings{3, 1}, FirstTicket: at(5), LastTicket: at(50)},
		Accounts: []Account{{"pro", "eu", "100", 2, 4}, {"", "", "$7", 1, 1}, {"", "", "", 0, 1}},
		Currency: "EUR", Started: at(0), Detected: at(3), Open: []Span{{at(0), at(60)}}, Bins: week(0), FollowUps: FollowUps{OnTime: 1},
	})
	if got.Linked != 7 || *got.FirstTicketLag != 300 || *got.DetectionLag != -120 || *got.SatisfactionDuring != 0.75 || got.SatisfactionBefore != nil {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(map[string]float64{"EUR": 200, "USD": 7}, got.Revenue); diff != "" {
		t.Error("revenue:", diff)
	}
	if diff := cmp.Diff(map[string]int64{"pro": 4, "unknown": 2}, got.CustomersByPlan); diff != "" {
		t.Error("customers by plan:", diff)
	}
	if diff := cmp.Diff(map[string]int64{"pro": 2, "unknown": 1}, got.ByPlan); diff != "" {
		t.Error("organizations by plan:", diff)
	}
	if math.Abs(got.ExpectedHigh-8.1408) > 1e-3 || math.Abs(got.ExpectedLow-6.8592) > 1e-3 {
		t.Errorf("interval %v to %v, want 7.5 ± 1.2816*0.5", got.ExpectedLow, got.ExpectedHigh)
	}
}

func TestNothingIsKnownOfAnIncidentWithoutTickets(t *testing.T) {
	got := Measure(Input{Started: monday, Detected: monday, Open: []Span{{monday, monday}}})
	if got.FirstTicketAt != nil || got.DetectionLag != nil || got.FirstReply != nil || got.Excess != 0 || got.SatisfactionDuring != nil {
		t.Errorf("got %+v", got)
	}
}

// A correction exists exactly where today's links disagree, and says what they say.
func TestCorrectionsAgreeWithTodaysLinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 3), 1, 20).Draw(t, "arrivals")
		var links []Arrivals
		var known []Snapshot
		var sum int64
		wrong := 0
		for n, c := range counts {
			at := monday.Add(time.Duration(n) * time.Minute)
			sum += c
			links = append(links, Arrivals{at, c, c, 0})
			told := sum + rapid.Int64Range(-1, 1).Draw(t, "error")
			if told != sum {
				wrong++
			}
			known = append(known, Snapshot{at, Standing{told, sum, 0}})
		}
		corrections := Corrections(known, links)
		if len(corrections) != wrong {
			t.Fatalf("%d corrections, want %d", len(corrections), wrong)
		}
		for _, c := range corrections {
			if c.Tickets != c.Customers { // customers were told right
				t.Fatalf("%s is corrected to %d, want %d", c.At, c.Tickets, c.Customers)
			}
		}
	})
}

func TestTrendsNameThoseWhoFailAgain(t *testing.T) {
	lag := func(s float64) *float64 { return &s }
	got := TrendsOf([]Past{
		{Key: "A", Services: []string{"pay", "web"}, Severity: "sev1", Started: monday, Open: 90 * time.Minute, Impact: Impact{Linked: 5, DetectionLag: lag(1)}},
		{Key: "B", Services: []string{"pay"}, Severity: "sev1", Started: monday.Add(48 * time.Hour), Impact: Impact{Linked: 3, DetectionLag: lag(0)}},
		{Key: "C", Started: monday.AddDate(0, 1, 0)},
	}, []Month{{Month: monthOf(monday), Tickets: 16, IncidentTickets: 8}, {Month: monthOf(monday.AddDate(0, 1, 0))}})
	if diff := cmp.Diff([]Offender{{"pay", []string{"A", "B"}, 8, 2}}, got.Repeated); diff != "" {
		t.Error("repeat offenders:", diff)
	}
	if *got.Months[0].Share != 0.5 || got.Months[0].Incidents != 2 || got.Months[1].Share != nil || got.Months[1].Incidents != 1 {
		t.Errorf("months: %+v", got.Months)
	}
	want := Trend{Service: "pay", Severity: "sev1", Month: monthOf(monday), Incidents: 2, Tickets: 8, CustomersFirst: 1, Hours: 1.5}
	if diff := cmp.Diff(want, got.Services[1]); diff != "" {
		t.Error("pay:", diff)
	}
}

// No more tickets can belong than there are linked and suggested ones, and no
// fewer than people confirmed.
func TestExpectedStaysPossible(t *testing.T) {
	got := Measure(Input{Counts: Counts{Tickets: Tickets{Auto: 2, Suggested: 1, Confirmed: 37}, Expected: 38.6, Variance: 4}})
	if got.ExpectedLow != 37 || got.ExpectedHigh != 40 {
		t.Errorf("expected %v to %v, want 37 to 40", got.ExpectedLow, got.ExpectedHigh)
	}
}
