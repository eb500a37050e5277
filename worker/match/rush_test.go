package match

import (
	"fmt"
	"testing"
	"time"
)

func TestSurges(t *testing.T) {
	w := newWorld(1, 0)
	c := w.corpus(DefaultPolicy())
	now := noon.Add(40 * time.Hour)
	if got := c.Surges(nil, now); len(got) != 0 {
		t.Fatalf("surges on a quiet day: %+v", got)
	}
	explained := map[string]bool{}
	for i := range 9 {
		id := fmt.Sprintf("s%d", i)
		c.Put(Ticket{ID: id, CreatedAt: now.Add(time.Duration(i-10) * time.Minute), Subject: "Payout never arrived", Tags: []string{"payouts"}, OrganizationID: fmt.Sprint(i)})
		explained[id] = true
	}
	got := c.Surges(nil, now)
	if len(got) != 1 || len(got[0].Tickets) != 9 || !got[0].Onset.Equal(now.Add(-10*time.Minute)) {
		t.Fatalf("want one surge of nine tickets: %+v", got)
	}
	if !got[0].Again(c.Surges(nil, now.Add(5*time.Minute))[0]) {
		t.Error("five minutes later it is another surge")
	}
	if got := c.Surges(explained, now); len(got) != 0 {
		t.Errorf("an incident explains them: %+v", got)
	}
}

// One customer who writes nine times is no surge.
func TestSurgesCountOrganizations(t *testing.T) {
	w := newWorld(1, 0)
	c := w.corpus(DefaultPolicy())
	now := noon.Add(40 * time.Hour)
	for i := range 9 {
		c.Put(Ticket{ID: fmt.Sprintf("s%d", i), CreatedAt: now.Add(time.Duration(i-10) * time.Minute), Subject: "Payout never arrived", Tags: []string{"payouts"}, OrganizationID: "one"})
	}
	if got := c.Surges(nil, now); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
