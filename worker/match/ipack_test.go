package match

import (
	"encoding/csv"
	"os"
	"slices"
	"testing"
	"time"
)

// pair is one labelled ticket and alert of the iPACK artefact (Liu et al.,
// ICSE 2023): real, from Azure, every word hashed.
type pair struct {
	lesson Lesson
	label  bool
}

func ipackPairs(t *testing.T) []pair {
	t.Helper()
	f, err := os.Open("../../../shared/corpora/ipack/ticket_alert_chunk.csv")
	if os.IsNotExist(err) && os.Getenv("CI") == "" {
		t.Skip("labelled pairs are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	var out []pair
	for _, r := range rows[1:] {
		at, err := time.Parse(time.DateTime, r[col["TicketCreateDate"]])
		if err != nil {
			t.Fatal(err)
		}
		p := pair{label: r[col["Label"]] == "1"}
		p.lesson.Ticket = Ticket{ID: r[col["TicketId"]], CreatedAt: at, Category: r[col["TicketCategory"]],
			Tags: []string{r[col["TicketProductName"]], "service " + r[col["TicketService"]]}}
		p.lesson.Incident = Incident{ID: r[col["AlertId"]], StartedAt: at, Services: []string{r[col["AlertOwningService"]]},
			Tags: []string{"component " + r[col["AlertOwningComponent"]], "monitor " + r[col["AlertMonitorId"]]}}
		p.lesson.Decision = Decision{TicketID: p.lesson.Ticket.ID, IncidentID: p.lesson.Incident.ID, Confirmed: p.label, At: at}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b pair) int { return a.lesson.At.Compare(b.lesson.At) })
	return out
}

// Associations learned from the earlier half of real decisions find the later ones.
func TestHistoryOnRealPairs(t *testing.T) {
	pairs := ipackPairs(t)
	half := len(pairs) / 2
	var lessons []Lesson
	for _, p := range pairs[:half] {
		lessons = append(lessons, p.lesson)
	}
	m := Model{}.Learn(lessons...)
	f1, threshold := bestF1(m, pairs[half:])
	t.Logf("later half: F1 %.3f at weight %.2f", f1, threshold)
	trained, at := bestF1(m, pairs[:half])
	t.Logf("threshold from the earlier half: F1 %.3f there, %.3f later", trained, f1At(weigh(m, pairs[half:]), pairs[half:], at))
	if f1 < 0.77 {
		t.Errorf("F1 = %.3f, want at least 0.77", f1)
	}
}

func bestF1(m Model, pairs []pair) (best, threshold float64) {
	weights := weigh(m, pairs)
	for w := -4.0; w <= 8; w += 0.25 {
		if f := f1At(weights, pairs, w); f > best {
			best, threshold = f, w
		}
	}
	return best, threshold
}

func weigh(m Model, pairs []pair) []float64 {
	weights := make([]float64, len(pairs))
	for i, p := range pairs {
		weights[i] = m.History(p.lesson.Ticket, p.lesson.Incident)
	}
	return weights
}

func f1At(weights []float64, pairs []pair, threshold float64) float64 {
	right, linked, members := 0, 0, 0
	for i, p := range pairs {
		if p.label {
			members++
		}
		if weights[i] >= threshold {
			linked++
			if p.label {
				right++
			}
		}
	}
	return 2 * float64(right) / float64(max(linked+members, 1))
}
