package worker

import (
	"testing"
	"time"

	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func stored(told time.Time, over bool) []schema.IncidentAlert {
	a := schema.IncidentAlert{Source: "s", Fingerprint: "f", StartsAt: noon, ToldAt: told}
	if over {
		end := noon.Add(time.Minute)
		a.EndsAt = &end
	}
	return []schema.IncidentAlert{a}
}

func said(at time.Time, timed, over bool) word {
	a := integrations.Alert{Fingerprint: "f", StartsAt: noon}
	if over {
		a.EndsAt = at
	}
	return word{IncidentUpdate: integrations.IncidentUpdate{Alerts: []integrations.Alert{a}}, source: "s", at: at, timed: timed}
}

func TestWhatOneMoreWordChanges(t *testing.T) {
	later := noon.Add(time.Hour)
	tests := []struct {
		name         string
		stored       []schema.IncidentAlert
		said         word
		firesNow     bool // what is known after it
		fires, isOut bool // outcome.fires, outcome.over
	}{
		{"the first word", nil, said(later, false, false), true, true, false},
		{"the first word is the end", nil, said(later, false, true), false, false, false},
		{"a repeat", stored(later, false), said(later, false, false), true, false, false},
		{"the end", stored(noon, false), said(later, false, true), false, false, false},
		{"the end twice", stored(noon, true), said(later, false, true), false, false, false},
		{"fires again, in the last second of a late repeat", stored(later, true), said(later.Add(lateRepeat-time.Second), false, false), false, false, true},
		{"fires again, just after that", stored(later, true), said(later.Add(lateRepeat), false, false), true, true, false},
		{"its own clock: older than the end", stored(later, true), said(later.Add(-time.Second), true, false), false, false, true},
		{"its own clock: as old as the end", stored(later, true), said(later, true, false), false, false, true},
		{"its own clock: newer than the end", stored(later, true), said(later.Add(time.Second), true, false), true, true, false},
		{"its own clock: an end older than that it fires again", stored(later, false), said(later.Add(-time.Second), true, true), true, false, false},
		{"its own clock: an end as old", stored(later, false), said(later, true, true), false, false, false},
	}
	for _, tt := range tests {
		o := tt.said.settle(tt.stored)
		if got := o.rows[0].EndsAt == nil; got != tt.firesNow || o.fires != tt.fires || o.over != tt.isOut {
			t.Errorf("%s: fires %v, outcome %+v", tt.name, got, o)
		}
	}
}

func TestAnEndToldTwiceStays(t *testing.T) {
	o := said(noon.Add(time.Hour), false, true).settle(stored(noon, true))
	if want := noon.Add(time.Minute); !o.rows[0].EndsAt.Equal(want) || !o.last.Equal(want) {
		t.Errorf("ends at %v", o.rows[0].EndsAt)
	}
}

// With its own clock, a source's words may come in any order and any number.
func TestOrderDoesNotMatterWhereTheSourceTellsTheTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ends := rapid.SliceOfN(rapid.Bool(), 1, 8).Draw(t, "ends")
		inOrder := make([]int, len(ends))
		for i := range inOrder {
			inOrder[i] = i
		}
		mixed := append(rapid.Permutation(inOrder).Draw(t, "order"), rapid.SliceOf(rapid.SampledFrom(inOrder)).Draw(t, "repeats")...)
		after := func(order []int) bool {
			var known []schema.IncidentAlert
			for _, n := range order {
				row := said(noon.Add(time.Duration(n)*time.Second), true, ends[n]).settle(known).rows[0]
				known = []schema.IncidentAlert{{Source: row.Source, Fingerprint: row.Fingerprint, StartsAt: row.StartsAt, EndsAt: row.EndsAt, ToldAt: row.ToldAt}}
			}
			return known[0].EndsAt == nil
		}
		if got, want := after(mixed), after(inOrder); got != want {
			t.Fatalf("fires: %v, in order %v", got, want)
		}
	})
}

func TestTimesOfAWord(t *testing.T) {
	tomorrow := noon.Add(24*time.Hour + time.Second)
	w := wordOf(sourceUpdate{source: "s", received: noon, update: integrations.IncidentUpdate{At: tomorrow, StartedAt: tomorrow, DetectedAt: tomorrow, Resolved: true, ResolvedAt: tomorrow}})
	if !w.at.Equal(noon) || !w.timed || !w.StartedAt.Equal(noon) || !w.ResolvedAt.Equal(noon) || !w.DetectedAt.IsZero() {
		t.Errorf("a clock far ahead: %+v", w)
	}
	w = wordOf(sourceUpdate{source: "s", received: noon, update: integrations.IncidentUpdate{}})
	if !w.at.Equal(noon) || w.timed || !w.StartedAt.Equal(noon) {
		t.Errorf("no times at all: %+v", w)
	}
}
