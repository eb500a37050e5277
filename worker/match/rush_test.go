package match

import (
	"fmt"
	"strings"
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

// What an unrelated rush would bring is only suggested. The limit moves with every
// hour: what was linked does not come and go with it.
func TestCapDoesNotFlap(t *testing.T) {
	previous, changes := map[Pair]State{}, 0
	for n, limit := range []int{10, 8, 10, 7, 11, 8, 10} {
		links := twelve()
		capAuto(links, limit, previous)
		for _, l := range links {
			pair := Pair{l.TicketID, l.IncidentID}
			if n > 0 && previous[pair] != l.State {
				changes++
			}
			previous[pair] = l.State
		}
	}
	if changes != 1 || previous[Pair{"t10", "A"}] != Auto || previous[Pair{"t11", "A"}] != Suggested {
		t.Errorf("%d changes, want one: the eleventh is linked once there is room for it; now %v", changes, previous)
	}
	for _, test := range []struct{ limit, linked int }{{7, 11}, {6, 9}, {4, 6}} {
		links := twelve()
		capAuto(links, test.limit, previous)
		linked := 0
		for _, l := range links {
			if l.State == Auto {
				linked++
			}
		}
		if linked != test.linked {
			t.Errorf("%d of 11 stay linked where %d tickets came above usual, want %d", linked, test.limit, test.linked)
		}
	}
}

// twelve are links that are all sure enough.
func twelve() []Link {
	links := make([]Link, 12)
	for i := range links {
		links[i] = Link{TicketID: fmt.Sprintf("t%02d", i), IncidentID: "A", LogOdds: 5 - float64(i)/10, State: Auto}
	}
	return links
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

// Tags that say nothing, and those that we write ourselves, are no rise.
func TestIgnoredTagsAreNoSurge(t *testing.T) {
	for tag, want := range map[string]int{"Web_form": 0, "incident_inc-7": 0, "payouts": 1} {
		p := DefaultPolicy()
		p.IgnoreTags = []string{"web_FORM"}
		c, now := newWorld(1, 0).corpus(p), noon.Add(40*time.Hour)
		for i := range 9 {
			c.Put(Ticket{ID: fmt.Sprintf("s%d", i), CreatedAt: now.Add(time.Duration(i-10) * time.Minute),
				Subject: strings.Repeat(string(rune('b'+i)), 5), Tags: []string{tag}})
		}
		if got := c.Surges(nil, now); len(got) != want {
			t.Errorf("%s: %+v", tag, got)
		}
	}
}
