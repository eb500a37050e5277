package match

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A corpus that has lived answers like one that was filled with what is left.
func TestCorpusForgets(t *testing.T) {
	w := newWorld(1, 20)
	lived := w.corpus(DefaultPolicy())
	lived.Put(Ticket{ID: "gone", CreatedAt: noon, Subject: "never mind", Tags: []string{"search"}})
	lived.Remove("gone")
	lived.Remove("unknown")
	changed := w.tickets[500]
	changed.Tags = []string{"payments", "vip"}
	lived.Put(changed)
	bound := noon.Add(-72 * time.Hour)
	lived.Forget(bound)

	fresh := NewCorpus(DefaultPolicy())
	for i, ticket := range w.tickets {
		if i == 500 {
			ticket = changed
		}
		if !ticket.CreatedAt.Before(bound) {
			fresh.Put(ticket)
		}
	}
	if lived.Len() != fresh.Len() {
		t.Fatalf("%d tickets are left, want %d", lived.Len(), fresh.Len())
	}
	if diff := cmp.Diff(fresh.Match(w.query()), lived.Match(w.query())); diff != "" {
		t.Errorf("-fresh +lived:\n%s", diff)
	}
}

func TestVocabularyShrinks(t *testing.T) {
	c := NewCorpus(Policy{})
	for i := range 500 {
		c.Put(Ticket{ID: time.Duration(i).String(), CreatedAt: noon.Add(time.Duration(i) * time.Minute), Subject: "typo" + string(rune('a'+i%26)) + string(rune('a'+i/26))})
	}
	before := len(c.names)
	c.Forget(noon.Add(450 * time.Minute))
	if len(c.names) > before/5 {
		t.Errorf("%d terms are left of %d for a tenth of the tickets", len(c.names), before)
	}
}

func TestEmptyCorpus(t *testing.T) {
	c := NewCorpus(DefaultPolicy())
	w := newWorld(1, 0)
	if got := c.Match(w.query()); len(got) != 0 {
		t.Errorf("%d links without tickets", len(got))
	}
	if got := c.Surges(nil, noon); len(got) != 0 {
		t.Errorf("%d surges without tickets", len(got))
	}
	c.Forget(noon)
}
