package offline

import (
	"math/rand"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ticketlink/ticketlink/worker/match"
)

// The order in which tickets are put changes no link and no reason.
func TestOrderOfRealTicketsDoesNotMatter(t *testing.T) {
	t.Parallel()
	l := readLabelled(t, "concurrent")
	last := l.tickets[len(l.tickets)-1].CreatedAt
	links := func() []match.Link {
		corpus := match.NewCorpus(match.DefaultPolicy())
		for _, ticket := range l.tickets {
			corpus.Put(ticket)
		}
		return corpus.Match(match.Query{Targets: l.incidents, Policy: match.DefaultPolicy(), Now: last})
	}
	want := links()
	rand.New(rand.NewSource(1)).Shuffle(len(l.tickets), func(i, j int) { l.tickets[i], l.tickets[j] = l.tickets[j], l.tickets[i] })
	if diff := cmp.Diff(want, links()); diff != "" {
		t.Errorf("shuffled tickets change the answer:\n%s", diff)
	}
}
