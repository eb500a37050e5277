package match

import (
	"fmt"
	"testing"
	"time"
)

// Tickets of one failure that are tagged and worded in four ways are one surge:
// their terms go with one tag in ordinary tickets.
func TestSurgeOfATheme(t *testing.T) {
	c := newWorld(1, 0).corpus(DefaultPolicy())
	put := func(id string, at time.Time, text string, tags ...string) {
		c.Put(Ticket{ID: id, CreatedAt: at, Subject: text, Tags: tags})
	}
	for i := range 12 {
		at := noon.Add(time.Duration(i-100) * time.Hour)
		put(fmt.Sprintf("a%d", i), at, "Where do attachments go", "storage")
		put(fmt.Sprintf("f%d", i), at, "How large may folders be", "storage")
		put(fmt.Sprintf("u%d", i), at, "Which uploads are allowed", "storage", "files")
		put(fmt.Sprintf("l%d", i), at, "Thank you for the prompt answer", "lang_es")
	}
	now := noon.Add(40 * time.Hour)
	if got := c.Surges(nil, now); len(got) != 0 {
		t.Fatalf("surges on a quiet day: %+v", got)
	}
	for i := range 2 {
		at := now.Add(time.Duration(i-3) * time.Minute)
		put(fmt.Sprintf("s%d1", i), at, "The attachment is gone")
		put(fmt.Sprintf("s%d2", i), at, "Folders are empty")
		put(fmt.Sprintf("s%d3", i), at, "Nothing of ours is there", "files")
		put(fmt.Sprintf("s%d4", i), at, "We see nothing", "storage")
	}
	got := c.Surges(nil, now)
	if len(got) != 1 || got[0].Kind != "theme" || got[0].Term != "storage" || len(got[0].Tickets) != 8 {
		t.Fatalf("want one surge of the theme storage: %+v", got)
	}
	// A rise of another term of the theme is the same one.
	all, seen := Join(got, []Surge{{Kind: "word", Term: "attachment", Theme: "storage", Tickets: []string{"s5", "s6"}}})
	if len(all) != 1 || len(seen) != 1 || len(all[0].Tickets) != 10 || len(all[0].Also) != 1 || all[0].Also[0] != "attachment" {
		t.Errorf("joined: %+v", all)
	}
}

// An incident that has a third of the tickets that share a term explains the
// others, one that has fewer does not.
func TestSurgeExplainedInPart(t *testing.T) {
	for explained, want := range map[int]int{2: 1, 4: 0} {
		c := newWorld(1, 0).corpus(DefaultPolicy())
		now, belongs := noon.Add(40*time.Hour), map[string]bool{}
		for i := range 10 {
			id := fmt.Sprintf("s%d", i)
			c.Put(Ticket{ID: id, CreatedAt: now.Add(time.Duration(i-11) * time.Minute), Subject: "Payout never arrived", Tags: []string{"payouts"}})
			belongs[id] = i < explained
		}
		if got := c.Surges(belongs, now); len(got) != want {
			t.Errorf("%d of 10 explained: %d surges, want %d", explained, len(got), want)
		}
	}
}

// What is told once stays one surge whatever is found of it later.
func TestAgain(t *testing.T) {
	told := Surge{Kind: "tag", Term: "cards", Symptom: "slow", Theme: "cards", Tickets: []string{"1", "2", "3", "4"}}
	tests := []struct {
		name string
		now  Surge
		want bool
	}{
		{"the same term with another symptom", Surge{Kind: "tag", Term: "cards", Symptom: "down"}, true},
		{"another term of the theme", Surge{Kind: "word", Term: "pin", Theme: "cards"}, true},
		{"another term without a theme", Surge{Kind: "word", Term: "pin"}, false},
		{"half of its tickets", Surge{Kind: "word", Term: "pin", Tickets: []string{"3", "4", "5", "6"}}, true},
		{"fewer of them", Surge{Kind: "word", Term: "pin", Tickets: []string{"4", "5", "6"}}, false},
		{"a third of those that could be its own", Surge{Kind: "word", Term: "pin", touched: []string{"3", "4", "5", "6", "7", "8"}}, true},
		{"fewer of those", Surge{Kind: "word", Term: "pin", touched: []string{"3", "4", "5", "6", "7", "8", "9"}}, false},
		{"one of those, failing in the same way", Surge{Kind: "word", Term: "pin", Symptom: "slow", touched: []string{"4", "5", "6", "7"}}, true},
		{"none of them, failing in the same way", Surge{Kind: "word", Term: "pin", Symptom: "slow", touched: []string{"5", "6"}}, false},
	}
	for _, test := range tests {
		if got := told.Again(test.now); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
