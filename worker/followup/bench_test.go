package followup

import (
	"fmt"
	"testing"
	"time"
)

// A big incident: 2,000 customers with two tickets each, in business hours with
// a country's holidays.
func BenchmarkPlan(b *testing.B) {
	in := story()
	in.Policy.Hours = madrid(b, "ES")
	in.Tickets = nil
	for n := range 4000 {
		t := ticket(fmt.Sprint(n), fmt.Sprint(n%2000), "09:50")
		t.Replies = []time.Time{clockTime("10:10")}
		in.Tickets = append(in.Tickets, t)
	}
	in.resolve("13:00")
	in.plan()
	for b.Loop() {
		Plan(in)
	}
}

func BenchmarkHoursAdd(b *testing.B) {
	h := madrid(b, "ES")
	for b.Loop() {
		h.Add(clockTime("10:00"), 24*time.Hour)
	}
}
