package web

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestAway(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "just now"}, {59 * time.Second, "just now"}, {-59 * time.Second, "just now"},
		{time.Minute, "in 1 min"}, {-time.Minute, "1 min ago"}, {-59 * time.Minute, "59 min ago"},
		{-time.Hour, "1 h 0 min ago"}, {-47*time.Hour - 59*time.Minute, "47 h 59 min ago"}, {-48 * time.Hour, "2 days ago"},
	} {
		if got := Away(c.d); got != c.want {
			t.Errorf("%s: got %q, want %q", c.d, got, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "−1,000"} {
		if got := Count(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		in               map[string]float64
		amount, currency string
	}{
		{nil, "–", ""}, {map[string]float64{"EUR": 1499.5}, "1,500", "EUR"},
		{map[string]float64{"USD": 2, "EUR": 1}, "EUR 1, USD 2", ""},
	} {
		if amount, currency := Money(c.in); amount != c.amount || currency != c.currency {
			t.Errorf("%v: got %q, %q", c.in, amount, currency)
		}
	}
}

// Grid lines stand on round numbers, at most five of them, the highest at or
// above the highest bar.
func TestPlotScale(t *testing.T) {
	for _, highest := range []int{0, 1, 4, 5, 7, 12, 22, 34, 99, 100, 101, 480, 5000} {
		top, step := Plot{Bins: []Bin{{All: highest}}}.top()
		if top < float64(highest) || top/step > 5 || top/step < 2 {
			t.Errorf("highest %d: top %v, step %v", highest, top, step)
		}
	}
}

func TestPlotPlacesNamesWhereTheyDoNotMeet(t *testing.T) {
	p := Plot{Step: time.Hour, Bins: []Bin{{At: monday}, {At: monday.Add(time.Hour)}, {At: monday.Add(9 * time.Hour)}}}
	for _, m := range []time.Duration{0, time.Minute, 2 * time.Minute, 5 * time.Hour} {
		p.Marks = append(p.Marks, Mark{At: monday.Add(m), Label: "x"})
	}
	rows := p.markRows()
	if want := []int{0, 1, 2, 0}; rows[0] != want[0] || rows[1] != want[1] || rows[2] != want[2] || rows[3] != want[3] {
		t.Errorf("rows are %v, want %v", rows, want)
	}
}

// What customers write must not become markup.
func TestDrawingsEscape(t *testing.T) {
	evil := `"><script>`
	drawn := string(Waterfall([]Step{{Label: evil, Detail: evil, Weight: 1}})) +
		string(Plot{Step: time.Hour, Bins: []Bin{{At: monday}}, Marks: []Mark{{At: monday, Label: evil}}}.SVG())
	if strings.Contains(drawn, "<script>") {
		t.Error(drawn)
	}
}

// What is read adds up to the total that is read, to the hundredth.
func TestWaterfallEndsWithTheSum(t *testing.T) {
	for _, weights := range [][]float64{{2, -3.5}, {0.334, 0.334, 0.334, -0.006}, {-4.605, 3.312, 1.045, 0, -0.255}} {
		var steps []Step
		for _, w := range weights {
			steps = append(steps, Step{Label: "a", Weight: w})
		}
		drawn := string(Waterfall(steps))
		var read []float64
		for _, part := range strings.Split(drawn, `<span class="fall-weight">`)[1:] {
			text, _, _ := strings.Cut(strings.Replace(part, "−", "-", 1), "<")
			w, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, math.Round(100*w))
		}
		total, sum := read[len(read)-1], 0.0
		for _, w := range read[:len(read)-1] {
			sum += w
		}
		if len(read) != len(weights)+1 || sum != total || !strings.Contains(drawn, `<li class="total">`) {
			t.Errorf("%v reads as %v hundredths, which add up to %v", weights, read, sum)
		}
	}
}

// Nobody is told that the machine is certain.
func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{
		0: "0 %", 0.004: "under 1 %", 0.0099: "under 1 %", 0.01: "1 %", 0.256: "26 %", 0.99: "99 %", 0.9901: "over 99 %", 0.9999: "over 99 %", 1: "100 %",
	} {
		if got := Percent(p); got != want {
			t.Errorf("%v is %q, want %q", p, got, want)
		}
	}
}
